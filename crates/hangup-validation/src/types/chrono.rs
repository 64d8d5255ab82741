//! The types of `chrono`.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use serde_json::Value;

use super::temporal::{aware, naive};
use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for NaiveDate {}
impl TakesStrict for NaiveTime {}
impl TakesStrict for NaiveDateTime {}
impl TakesStrict for DateTime<FixedOffset> {}
impl TakesStrict for DateTime<Utc> {}
impl TakesStrict for TimeDelta {}

/// What the type cannot hold, although Python's can. Not met with what the parser lets through.
fn range() -> Invalid {
    Invalid::value_error("value is out of range")
}

impl Param for NaiveDate {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        date(speedate::Date::parse(text, rules)?)
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date")
    }
}

/// Without an offset: one that is given is `timezone_naive`.
impl Param for NaiveTime {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::Time::parse(text, rules)?;
        naive(&parsed)?;
        time(parsed)
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("time")
    }
}

/// Without an offset, as pydantic's `NaiveDatetime`.
impl Param for NaiveDateTime {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        naive(&parsed.time)?;
        Ok(date(parsed.date)?.and_time(time(parsed.time)?))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

/// With an offset, as pydantic's `AwareDatetime`.
impl Param for DateTime<FixedOffset> {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        let offset = FixedOffset::east_opt(aware(&parsed)?).ok_or_else(range)?;
        let local = date(parsed.date)?.and_time(time(parsed.time)?);
        offset.from_local_datetime(&local).single().ok_or_else(range)
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

/// With an offset, as pydantic's `AwareDatetime`, turned into UTC.
impl Param for DateTime<Utc> {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        DateTime::<FixedOffset>::parse(text, rules).map(|datetime| datetime.to_utc())
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

impl Param for TimeDelta {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::Duration::parse(text, rules)?;
        let seconds = i64::from(parsed.day) * 86400 + i64::from(parsed.second);
        let delta = Self::new(seconds, parsed.microsecond * 1000).ok_or_else(range)?;
        Ok(if parsed.positive { delta } else { -delta })
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("duration")
    }
}

fn date(date: speedate::Date) -> Result<NaiveDate, Invalid> {
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        .ok_or_else(range)
}

fn time(time: speedate::Time) -> Result<NaiveTime, Invalid> {
    let (hour, minute, second) = (
        u32::from(time.hour),
        u32::from(time.minute),
        u32::from(time.second),
    );
    NaiveTime::from_hms_micro_opt(hour, minute, second, time.microsecond).ok_or_else(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chrono_gets_what_was_parsed() {
        let rules = Rules::new();
        assert_eq!(
            NaiveDate::parse("86400", &rules).unwrap().to_string(),
            "1970-01-02"
        );
        assert_eq!(
            NaiveTime::parse("03:04:05.5", &rules).unwrap().to_string(),
            "03:04:05.500"
        );
        let datetime = DateTime::<Utc>::parse("2024-01-02T03:04:05+05:30", &rules).unwrap();
        assert_eq!(datetime.timestamp(), 1_704_144_845);
        assert_eq!(
            TimeDelta::parse("-P1DT1S", &rules).unwrap(),
            TimeDelta::seconds(-86401)
        );
        assert_eq!(
            DateTime::<Utc>::parse("2024-01-02", &rules).unwrap_err().kind,
            "timezone_aware"
        );
        assert_eq!(
            NaiveDateTime::parse("2024-01-02T03:04Z", &rules)
                .unwrap_err()
                .kind,
            "timezone_naive"
        );
    }
}
