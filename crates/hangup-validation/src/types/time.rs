//! The types of the crate `time`.

use serde_json::Value;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::temporal::{aware, naive};
use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for Date {}
impl TakesStrict for Time {}
impl TakesStrict for PrimitiveDateTime {}
impl TakesStrict for OffsetDateTime {}
impl TakesStrict for Duration {}

/// What the type cannot hold, although Python's can. Not met with what the parser lets through.
fn range(error: time::error::ComponentRange) -> Invalid {
    Invalid::value_error(error)
}

impl Param for Date {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        date(speedate::Date::parse(text, rules)?)
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date")
    }
}

/// Without an offset: one that is given is `timezone_naive`.
impl Param for Time {
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
impl Param for PrimitiveDateTime {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        naive(&parsed.time)?;
        Ok(date(parsed.date)?.with_time(time(parsed.time)?))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

/// With an offset, as pydantic's `AwareDatetime`.
impl Param for OffsetDateTime {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        let offset = UtcOffset::from_whole_seconds(aware(&parsed)?).map_err(range)?;
        Ok(date(parsed.date)?
            .with_time(time(parsed.time)?)
            .assume_offset(offset))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

impl Param for Duration {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::Duration::parse(text, rules)?;
        let seconds = i64::from(parsed.day) * 86400 + i64::from(parsed.second);
        let duration = Self::seconds(seconds) + Self::microseconds(i64::from(parsed.microsecond));
        Ok(if parsed.positive { duration } else { -duration })
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("duration")
    }
}

fn date(date: speedate::Date) -> Result<Date, Invalid> {
    let month = Month::try_from(date.month).map_err(range)?;
    Date::from_calendar_date(i32::from(date.year), month, date.day).map_err(range)
}

fn time(time: speedate::Time) -> Result<Time, Invalid> {
    Time::from_hms_micro(time.hour, time.minute, time.second, time.microsecond).map_err(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_gets_what_was_parsed() {
        let rules = Rules::new();
        assert_eq!(Date::parse("86400", &rules).unwrap().to_string(), "1970-01-02");
        assert_eq!(
            Time::parse("03:04:05.5", &rules).unwrap().to_string(),
            "3:04:05.5"
        );
        let datetime = OffsetDateTime::parse("2024-01-02T03:04:05+05:30", &rules).unwrap();
        assert_eq!(datetime.unix_timestamp(), 1_704_144_845);
        assert_eq!(
            Duration::parse("-P1DT1S", &rules).unwrap(),
            Duration::seconds(-86401)
        );
        assert_eq!(
            OffsetDateTime::parse("2024-01-02", &rules).unwrap_err().kind,
            "timezone_aware"
        );
        assert_eq!(
            PrimitiveDateTime::parse("2024-01-02T03:04Z", &rules)
                .unwrap_err()
                .kind,
            "timezone_naive"
        );
    }
}
