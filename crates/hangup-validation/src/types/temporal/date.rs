//! Dates: `YYYY-MM-DD`, or a date-time or timestamp at midnight.

use speedate::{Date, DateConfig, DateTime, DateTimeConfig, ParseError};

use super::parser::{config, words, year_zero};
use crate::invalid::Invalid;

pub(super) fn parse(text: &str, is_json: bool) -> Result<Date, Invalid> {
    let date = match plain(text) {
        Ok(date) => date,
        Err(error) if is_json => {
            return Err(Invalid::parsing(
                "date_parsing",
                "a valid date in the format YYYY-MM-DD",
                words(&error),
            ));
        }
        Err(_) => from_datetime(text)?,
    };
    if date.year == 0 {
        return Err(year_zero("date_parsing", "a valid date in the format YYYY-MM-DD"));
    }
    Ok(date)
}

/// A date or the timestamp of a midnight.
pub(super) fn plain(text: &str) -> Result<Date, ParseError> {
    Date::parse_bytes_with_config(text.as_bytes(), &DateConfig::default())
}

fn from_datetime(text: &str) -> Result<Date, Invalid> {
    let config = DateTimeConfig {
        time_config: config(),
        ..DateTimeConfig::default()
    };
    let parsed = DateTime::parse_bytes_with_config(text.as_bytes(), &config);
    let DateTime { date, time } = parsed.map_err(|error| {
        Invalid::parsing(
            "date_from_datetime_parsing",
            "a valid date or datetime",
            words(&error),
        )
    })?;
    if time.hour == 0 && time.minute == 0 && time.second == 0 && time.microsecond == 0 {
        Ok(date)
    } else {
        Err(Invalid::new(
            "date_from_datetime_inexact",
            "Datetimes provided to dates should have zero time - e.g. be exact dates",
        ))
    }
}

#[cfg(test)]
mod tests {
    fn parse(text: &str) -> Result<speedate::Date, crate::invalid::Invalid> {
        super::parse(text, false)
    }

    #[test]
    fn midnights_are_dates() {
        for (text, date) in [
            ("2024-02-29", "2024-02-29"),
            ("2024-01-02T00:00:00Z", "2024-01-02"),
            ("86400", "1970-01-02"),
            ("86400000000", "1972-09-27"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), date, "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for (text, kind) in [
            ("2023-02-29", "date_from_datetime_parsing"),
            ("2024-01-02 ", "date_from_datetime_parsing"),
            ("20240102", "date_from_datetime_inexact"),
            ("0000-01-01", "date_parsing"),
        ] {
            assert_eq!(parse(text).unwrap_err().kind, kind, "{text}");
        }
    }
}
