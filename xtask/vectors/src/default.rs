//! Defaults of types that have no literal. A default that cannot be made is a mistake of the vector's, so it panics.

use hangup::params::{Param, Rules};
use speedate::Duration;

/// The value that this text is.
pub fn parsed<T: Param>(text: &str) -> T {
    match T::parse(text, &Rules::new()) {
        Ok(value) => value,
        Err(invalid) => panic!("`{text}` is no default: {invalid:?}"),
    }
}

/// A duration.
pub fn microseconds(count: i128) -> Duration {
    let part = |size: u128, of: u128| u32::try_from(count.unsigned_abs() / size % of).unwrap_or(u32::MAX);
    Duration {
        positive: count >= 0,
        day: part(86_400_000_000, u128::MAX),
        second: part(1_000_000, 86_400),
        microsecond: part(1, 1_000_000),
    }
}
