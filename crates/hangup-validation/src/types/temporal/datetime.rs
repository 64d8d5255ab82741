//! Date-times: RFC 3339 and its relatives, a date, or a timestamp in seconds or milliseconds.

use speedate::{DateTime, DateTimeConfig, Time};

use super::date;
use super::parser::{config, words, year_zero};
use crate::invalid::Invalid;

pub(super) fn parse(text: &str, is_json: bool) -> Result<DateTime, Invalid> {
    let config = DateTimeConfig {
        time_config: config(),
        ..DateTimeConfig::default()
    };
    let datetime = match DateTime::parse_bytes_with_config(text.as_bytes(), &config) {
        Ok(datetime) => datetime,
        Err(error) if is_json => {
            return Err(Invalid::parsing(
                "datetime_parsing",
                "a valid datetime",
                words(&error),
            ));
        }
        Err(_) => from_date(text)?,
    };
    if datetime.date.year == 0 {
        return Err(year_zero("datetime_parsing", "a valid datetime"));
    }
    Ok(datetime)
}

/// A date is its midnight; the error is the date's.
fn from_date(text: &str) -> Result<DateTime, Invalid> {
    match date::plain(text) {
        Ok(date) => Ok(DateTime {
            date,
            time: Time {
                hour: 0,
                minute: 0,
                second: 0,
                microsecond: 0,
                tz_offset: None,
            },
        }),
        Err(error) => Err(Invalid::parsing(
            "datetime_from_date_parsing",
            "a valid datetime or date",
            words(&error),
        )),
    }
}

/// For a type that needs an offset from UTC: pydantic's `AwareDatetime`.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub(in crate::types) fn aware(datetime: &DateTime) -> Result<i32, Invalid> {
    datetime
        .time
        .tz_offset
        .ok_or_else(|| Invalid::new("timezone_aware", "Input should have timezone info"))
}

/// For a type that has no offset from UTC: pydantic's `NaiveDatetime`.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub(in crate::types) fn naive(time: &Time) -> Result<(), Invalid> {
    match time.tz_offset {
        None => Ok(()),
        Some(_) => Err(Invalid::new(
            "timezone_naive",
            "Input should not have timezone info",
        )),
    }
}

#[cfg(test)]
mod tests {
    fn parse(text: &str) -> Result<speedate::DateTime, crate::invalid::Invalid> {
        super::parse(text, false)
    }

    #[test]
    fn many_spellings() {
        for (text, shown) in [
            ("2024-01-02T03:04", "2024-01-02T03:04:00"),
            ("2024-01-02_03:04:05+0530", "2024-01-02T03:04:05+05:30"),
            ("2024-01-02T03:04:05.1234567", "2024-01-02T03:04:05.123456"),
            ("2024-01-02", "2024-01-02T00:00:00"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("253402300799999", "9999-12-31T23:59:59.999000Z"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn the_error_is_of_the_date() {
        let invalid = parse("now").unwrap_err();
        assert_eq!(invalid.kind, "datetime_from_date_parsing");
        assert_eq!(
            invalid.msg,
            "Input should be a valid datetime or date, input is too short"
        );
        assert_eq!(parse("0000-01-01T00:00").unwrap_err().kind, "datetime_parsing");
    }
}
