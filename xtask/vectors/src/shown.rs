//! Values as the vectors write them: JSON, with a tag on what JSON cannot hold.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use hangup::params::{Decimal, Email};
use serde_json::{Map, Number, Value, json};
use speedate::{Date, DateTime, Duration, Time};
use url::Url;
use uuid::Uuid;

/// A value as the vectors write it.
pub trait Shown {
    /// The JSON of the value.
    fn shown(&self) -> Value;
}

/// The JSON of a group of values.
pub fn object<const N: usize>(values: [(&str, Value); N]) -> Value {
    Value::Object(Map::from_iter(
        values.map(|(name, value)| (name.to_owned(), value)),
    ))
}

macro_rules! shown {
    ($($type:ty: |$value:ident| $json:expr;)*) => {$(
        impl Shown for $type {
            fn shown(&self) -> Value {
                let $value = self;
                $json
            }
        }
    )*};
}

shown! {
    i64: |value| Value::from(*value);
    i128: |value| integer(*value, i64::try_from(*value).ok());
    u128: |value| integer(*value, i64::try_from(*value).ok());
    f64: |value| float(*value);
    bool: |value| Value::from(*value);
    String: |value| Value::from(value.as_str());
    Uuid: |value| text(value);
    Url: |value| text(value);
    Email: |value| text(value);
    Ipv4Addr: |value| text(value);
    Ipv6Addr: |value| Value::from(ipv6(*value));
    Decimal: |value| json!({"$decimal": value.to_string()});
    Date: |value| Value::from(date(value));
    Time: |value| Value::from(time(value));
    DateTime: |value| Value::from(format!("{}T{}", date(&value.date), time(&value.time)));
    Duration: |value| json!({"$us": microseconds(value)});
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shown::shown)
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

impl<T: Shown> Shown for BTreeSet<T> {
    fn shown(&self) -> Value {
        json!({"$set": self.iter().map(Shown::shown).collect::<Value>()})
    }
}

macro_rules! tuple {
    ($($type:ident)+) => {
        impl<$($type: Shown),+> Shown for ($($type,)+) {
            #[allow(non_snake_case, reason = "the variables of the macro are its type parameters")]
            fn shown(&self) -> Value {
                let ($($type,)+) = self;
                Value::Array(vec![$($type.shown()),+])
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);

fn text(value: &impl ToString) -> Value {
    Value::from(value.to_string())
}

fn integer(value: impl ToString, small: Option<i64>) -> Value {
    small.map_or_else(|| json!({"$int": value.to_string()}), Value::from)
}

fn float(value: f64) -> Value {
    if value.is_nan() {
        return json!({"$float": "nan"});
    }
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value > 0.0 => json!({"$float": "inf"}),
        None => json!({"$float": "-inf"}),
    }
}

/// Python's `isoformat`.
fn date(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// Python's `isoformat`: six digits of a second if there are any, and the offset if there is one.
fn time(time: &Time) -> String {
    let mut out = format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    if time.microsecond > 0 {
        out.push_str(&format!(".{:06}", time.microsecond));
    }
    if let Some(offset) = time.tz_offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.unsigned_abs();
        out.push_str(&format!("{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60));
        if offset % 60 > 0 {
            out.push_str(&format!(":{:02}", offset % 60));
        }
    }
    out
}

/// Python's `str`, which up to 3.12 writes an address of IPv4 in hexadecimal as any other.
fn ipv6(address: Ipv6Addr) -> String {
    match (address.to_ipv4_mapped(), address.segments()) {
        (Some(_), [.., high, low]) => format!("::ffff:{high:x}:{low:x}"),
        (None, _) => address.to_string(),
    }
}

/// A number that JSON parsers read in the same way: an integer, or a float beyond 64 bits.
fn microseconds(duration: &Duration) -> Value {
    let seconds = i128::from(duration.day) * 86_400 + i128::from(duration.second);
    let count = seconds * 1_000_000 + i128::from(duration.microsecond);
    let count = if duration.positive { count } else { -count };
    match (i64::try_from(count), u64::try_from(count)) {
        (Ok(count), _) => Value::from(count),
        (_, Ok(count)) => Value::from(count),
        _ => Value::from(count as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::default;

    #[test]
    fn what_json_cannot_hold_is_tagged() {
        assert_eq!(f64::NEG_INFINITY.shown(), json!({"$float": "-inf"}));
        assert_eq!(1.0.shown().to_string(), "1.0");
        assert_eq!(5i128.shown(), json!(5));
        assert_eq!(i128::MAX.shown(), json!({"$int": i128::MAX.to_string()}));
        assert_eq!(BTreeSet::from([2i64, 1]).shown(), json!({"$set": [1, 2]}));
        assert_eq!(
            default::microseconds(-90_000_000_001).shown(),
            json!({"$us": -90_000_000_001i64})
        );
    }

    #[test]
    fn addresses_are_pythons() {
        let mapped: Ipv6Addr = default::parsed("::ffff:1.2.3.4");
        assert_eq!(mapped.shown(), "::ffff:102:304");
        assert_eq!(Ipv6Addr::LOCALHOST.shown(), "::1");
    }

    #[test]
    fn times_are_pythons() {
        let parsed: DateTime = default::parsed("2024-01-02T03:04:05.5-05:30");
        assert_eq!(parsed.shown(), "2024-01-02T03:04:05.500000-05:30");
        let parsed: Time = default::parsed("03:04Z");
        assert_eq!(parsed.shown(), "03:04:00+00:00");
    }
}
