//! Durations: ISO 8601, `1 day, 03:04:05` and `03:04:05`. A year has 365 days, a month 30.

use serde_json::Value;
use speedate::Duration;

use super::parser::{config, words};
use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Constraint;
use crate::rules::Rules;

pub(super) fn parse(text: &str, is_json: bool) -> Result<Duration, Invalid> {
    Duration::parse_bytes_with_config(text.as_bytes(), &config()).map_err(|error| {
        let expected = if is_json {
            "a valid duration"
        } else {
            "a valid timedelta"
        };
        Invalid::parsing("time_delta_parsing", expected, words(&error))
    })
}

impl TakesStrict for std::time::Duration {}

/// As if `ge = 0` were declared: the type has no negative durations.
impl Param for std::time::Duration {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let parsed = Duration::parse(text, rules)?;
        let seconds = u64::from(parsed.day) * 86400 + u64::from(parsed.second);
        let duration = Self::new(seconds, parsed.microsecond * 1000);
        if parsed.positive || duration.is_zero() {
            Ok(duration)
        } else {
            Err(Invalid::bound(Constraint::Ge, "0 seconds", "0 seconds"))
        }
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("duration")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_and_pythons_own() {
        for (text, seconds) in [
            ("P1Y", 31_536_000),
            ("P1M", 2_592_000),
            ("-P1D", -86400),
            ("1 day, 3:04:05", 97445),
            ("-2 days 12:00:00", -216_000),
            ("24:00:00", 86400),
        ] {
            let duration = super::parse(text, false).unwrap();
            let total = i64::from(duration.day) * 86400 + i64::from(duration.second);
            assert_eq!(if duration.positive { total } else { -total }, seconds, "{text}");
        }
        assert_eq!(
            super::parse("86400", false).unwrap_err().kind,
            "time_delta_parsing"
        );
    }

    #[test]
    fn std_has_no_negative_durations() {
        let parse = |text| <std::time::Duration as Param>::parse(text, &Rules::new());
        assert_eq!(parse("PT1.5S"), Ok(std::time::Duration::from_millis(1500)));
        assert_eq!(
            parse("-P1D").unwrap_err().msg,
            "Input should be greater than or equal to 0 seconds"
        );
    }
}
