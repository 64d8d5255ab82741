//! The types of `jiff`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::temporal::{aware, naive};
use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for Date {}
impl TakesStrict for Time {}
impl TakesStrict for DateTime {}
impl TakesStrict for Timestamp {}
impl TakesStrict for SignedDuration {}

/// What the type cannot hold, although Python's can.
fn range(error: jiff::Error) -> Invalid {
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
impl Param for DateTime {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        naive(&parsed.time)?;
        Ok(date(parsed.date)?.to_datetime(time(parsed.time)?))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

/// With an offset, as pydantic's `AwareDatetime`.
impl Param for Timestamp {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::DateTime::parse(text, rules)?;
        let offset = Offset::from_seconds(aware(&parsed)?).map_err(range)?;
        let local = date(parsed.date)?.to_datetime(time(parsed.time)?);
        offset.to_timestamp(local).map_err(range)
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("date-time")
    }
}

impl Param for SignedDuration {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = speedate::Duration::parse(text, rules)?;
        let sign = if parsed.positive { 1 } else { -1 };
        let seconds = i64::from(parsed.day) * 86400 + i64::from(parsed.second);
        let nanoseconds = i64::from(parsed.microsecond) * 1000;
        Ok(Self::from_secs(sign * seconds) + Self::from_nanos(sign * nanoseconds))
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("duration")
    }
}

fn date(date: speedate::Date) -> Result<Date, Invalid> {
    let year = i16::try_from(date.year).unwrap_or(i16::MAX);
    Date::new(year, date.month.cast_signed(), date.day.cast_signed()).map_err(range)
}

fn time(time: speedate::Time) -> Result<Time, Invalid> {
    let nanosecond = i32::try_from(time.microsecond * 1000).unwrap_or(i32::MAX);
    Time::new(
        time.hour.cast_signed(),
        time.minute.cast_signed(),
        time.second.cast_signed(),
        nanosecond,
    )
    .map_err(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jiff_gets_what_was_parsed() {
        let rules = Rules::new();
        assert_eq!(Date::parse("86400", &rules).unwrap().to_string(), "1970-01-02");
        assert_eq!(
            Time::parse("03:04:05.5", &rules).unwrap().to_string(),
            "03:04:05.5"
        );
        assert_eq!(
            Timestamp::parse("2024-01-02T03:04:05+05:30", &rules)
                .unwrap()
                .to_string(),
            "2024-01-01T21:34:05Z"
        );
        assert_eq!(
            SignedDuration::parse("-P1DT1S", &rules).unwrap(),
            SignedDuration::from_secs(-86401)
        );
        assert_eq!(
            Timestamp::parse("2024-01-02", &rules).unwrap_err().kind,
            "timezone_aware"
        );
        assert_eq!(
            DateTime::parse("2024-01-02T03:04Z", &rules).unwrap_err().kind,
            "timezone_naive"
        );
    }
}
