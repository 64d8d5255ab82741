//! How `speedate` is set up, and its errors in words.

use speedate::{MicrosecondsPrecisionOverflowBehavior, ParseError, TimeConfig};
use strum::EnumMessage;

use crate::invalid::Invalid;

/// More than six digits of a second are cut; a timestamp is in UTC.
pub(super) fn config() -> TimeConfig {
    TimeConfig {
        microseconds_precision_overflow_behavior: MicrosecondsPrecisionOverflowBehavior::Truncate,
        unix_timestamp_offset: Some(0),
    }
}

pub(super) fn words(error: &ParseError) -> &'static str {
    error.get_documentation().unwrap_or_default()
}

/// What Python cannot hold, since its years begin with 1.
pub(super) fn year_zero(kind: &'static str, expected: &'static str) -> Invalid {
    Invalid::parsing(kind, expected, "year 0 is out of range")
}
