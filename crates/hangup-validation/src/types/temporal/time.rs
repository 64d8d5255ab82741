//! Times of day.

use speedate::Time;

use super::parser::{config, words};
use crate::invalid::Invalid;

pub(super) fn parse(text: &str, _: bool) -> Result<Time, Invalid> {
    Time::parse_bytes_with_config(text.as_bytes(), &config()).map_err(|error| {
        let error = words(&error);
        Invalid::new(
            "time_parsing",
            format!("Input should be in a valid time format, {error}"),
        )
        .with_ctx("error", error)
    })
}

#[cfg(test)]
mod tests {
    fn parse(text: &str) -> Result<speedate::Time, crate::invalid::Invalid> {
        super::parse(text, false)
    }

    #[test]
    fn with_and_without_an_offset() {
        assert_eq!(parse("03:04").unwrap().to_string(), "03:04:00");
        assert_eq!(
            parse("03:04:05.1234567+05:30").unwrap().to_string(),
            "03:04:05.123456+05:30"
        );
        assert_eq!(parse("24:00").unwrap_err().kind, "time_parsing");
        assert_eq!(
            parse("0").unwrap_err().msg,
            "Input should be in a valid time format, input is too short"
        );
    }
}
