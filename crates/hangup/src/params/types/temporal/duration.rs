//! Durations: ISO 8601, `1 day, 03:04:05` and `03:04:05`. A year has 365 days, a month 30.

use speedate::Duration;

use super::{config, words};
use crate::params::Invalid;

pub(super) fn parse(text: &str) -> Result<Duration, Invalid> {
    Duration::parse_bytes_with_config(text.as_bytes(), &config())
        .map_err(|error| Invalid::parsing("time_delta_parsing", "a valid timedelta", words(&error)))
}

#[cfg(test)]
mod tests {
    use super::parse;

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
            let duration = parse(text).unwrap();
            let total = i64::from(duration.day) * 86400 + i64::from(duration.second);
            assert_eq!(if duration.positive { total } else { -total }, seconds, "{text}");
        }
        assert_eq!(parse("86400").unwrap_err().kind, "time_delta_parsing");
    }
}
