//! Dates, times and durations, parsed by pydantic's own crate `speedate`.
//!
//! The types of `chrono`, `jiff` and `time` are made from what is parsed here.

mod date;
mod datetime;
mod duration;
mod parser;
mod time;

use serde_json::Value;

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub(super) use self::datetime::{aware, naive};

macro_rules! param {
    ($($type:ty: $format:literal $kind:literal $expected:literal $parse:path;)*) => {$(
        impl TakesStrict for $type {}

        impl Param for $type {
            fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
                match rules.strict {
                    true => Err(Invalid::new($kind, concat!("Input should be a valid ", $expected))),
                    false => $parse(text, rules.is_json),
                }
            }

            fn json_schema(_: &Rules) -> Value {
                json::text_in($format)
            }
        }
    )*};
}

param! {
    speedate::Date: "date" "date_type" "date" date::parse;
    speedate::Time: "time" "time_type" "time" time::parse;
    speedate::DateTime: "date-time" "datetime_type" "datetime" datetime::parse;
    speedate::Duration: "duration" "time_delta_type" "timedelta" duration::parse;
}
