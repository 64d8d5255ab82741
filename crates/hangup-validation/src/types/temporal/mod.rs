//! Dates, times and durations, parsed by pydantic's own crate `speedate`.
//!
//! The types of `chrono`, `jiff` and `time` are made from what is parsed here.

mod date;
mod datetime;
mod duration;
mod time;

use speedate::{MicrosecondsPrecisionOverflowBehavior, ParseError, TimeConfig};
use strum::EnumMessage;

use crate::params::fits::TakesStrict;
use crate::params::{Invalid, Param, Rules};

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub(super) use self::datetime::{aware, naive};

/// More than six digits of a second are cut; a timestamp is in UTC.
fn config() -> TimeConfig {
    TimeConfig {
        microseconds_precision_overflow_behavior: MicrosecondsPrecisionOverflowBehavior::Truncate,
        unix_timestamp_offset: Some(0),
    }
}

fn words(error: &ParseError) -> &'static str {
    error.get_documentation().unwrap_or_default()
}

macro_rules! param {
    ($($type:ty: $kind:literal $expected:literal $parse:path;)*) => {$(
        impl TakesStrict for $type {}

        impl Param for $type {
            fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
                match rules.strict {
                    true => Err(Invalid::new($kind, concat!("Input should be a valid ", $expected))),
                    false => $parse(text),
                }
            }
        }
    )*};
}

param! {
    speedate::Date: "date_type" "date" date::parse;
    speedate::Time: "time_type" "time" time::parse;
    speedate::DateTime: "datetime_type" "datetime" datetime::parse;
    speedate::Duration: "time_delta_type" "timedelta" duration::parse;
}

/// What Python cannot hold, since its years begin with 1.
fn year_zero(kind: &'static str, expected: &'static str) -> Invalid {
    Invalid::parsing(kind, expected, "year 0 is out of range")
}
