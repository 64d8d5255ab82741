//! The integers, from `i8` to `u128`.

use std::cmp::Ordering;

use serde_json::{Number as JsonNumber, Value};

use crate::fits::{TakesBound, TakesStrict, Whole};
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Constraint;
use crate::rules::{Number, Rules};

/// The most digits that Python turns into an integer.
const MAX_DIGITS: usize = 4300;

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl TakesBound<Whole> for $type {}
        impl TakesStrict for $type {}

        /// White space around it, a sign, leading zeros, single underscores and a fraction of zeros are allowed.
        ///
        /// Python's integers have no end; a value that the type does not hold is reported as if the type's limits
        /// were declared as `ge` and `le`.
        impl Param for $type {
            fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
                if let Some(value) = simple(text).filter(|_| !rules.has_numbers() && !rules.strict)
                    && let Ok(value) = Self::try_from(value)
                {
                    return Ok(value);
                }
                let integer = Integer::parse(text, rules)?;
                integer.check(rules)?;
                let value = match (integer.negative, integer.magnitude) {
                    (false, Some(magnitude)) => Self::try_from(magnitude).ok(),
                    (true, Some(magnitude)) => {
                        0i128.checked_sub_unsigned(magnitude).and_then(|value| Self::try_from(value).ok())
                    }
                    (_, None) => None,
                };
                value.ok_or_else(|| match integer.negative {
                    false => Invalid::bound(Constraint::Le, Self::MAX, json(Self::MAX)),
                    true => Invalid::bound(Constraint::Ge, Self::MIN, json(Self::MIN)),
                })
            }

            fn json_schema(rules: &Rules) -> Value {
                json::integer(rules, limit(Self::MIN), limit(Self::MAX))
            }

            fn to_json(&self) -> Option<Value> {
                number(*self).map(Value::Number)
            }
        }
    )*};
}

integer!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

/// A number of JSON with 64 bits at most.
fn number<T: TryInto<i64> + TryInto<u64> + Copy>(value: T) -> Option<JsonNumber> {
    let signed: Option<i64> = value.try_into().ok();
    let unsigned: Option<u64> = value.try_into().ok();
    signed.map(JsonNumber::from).or(unsigned.map(JsonNumber::from))
}

/// A limit of a type, unless it is beyond what JavaScript's numbers tell apart (2^53).
fn limit<T: TryInto<i64> + Copy>(value: T) -> Option<JsonNumber> {
    let value: i64 = value.try_into().ok()?;
    (value.unsigned_abs() <= 1 << 53).then(|| value.into())
}

/// A few plain digits without a leading zero.
fn simple(text: &str) -> Option<u64> {
    let plain = matches!(text.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.len() < 18);
    if plain { text.parse().ok() } else { None }
}

/// An integer of any size, as far as it is needed to answer like pydantic.
#[derive(Debug)]
struct Integer<'a> {
    negative: bool,
    /// `None`: more than 128 bits.
    magnitude: Option<u128>,
    /// The digits, perhaps with underscores in between.
    digits: &'a str,
}

impl<'a> Integer<'a> {
    fn parse(text: &'a str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::new("int_type", "Input should be a valid integer"));
        }
        let bad = || {
            Invalid::new(
                "int_parsing",
                "Input should be a valid integer, unable to parse string as an integer",
            )
        };
        if is_plain(text) {
            let (negative, digits) = strip_minus(text);
            if digits.len() > MAX_DIGITS {
                return Err(Invalid::new(
                    "int_parsing_size",
                    "Unable to parse input string as an integer, exceeded maximum size",
                ));
            }
            return Ok(Self {
                negative,
                magnitude: magnitude(digits),
                digits,
            });
        }
        let (negative, digits) = clean(text).ok_or_else(bad)?;
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        if count > MAX_DIGITS {
            return Err(bad());
        }
        Ok(Self {
            negative,
            magnitude: magnitude(digits),
            digits,
        })
    }

    fn check(&self, rules: &Rules) -> Result<(), Invalid> {
        for (constraint, number) in rules.numbers() {
            let bound = match number {
                Number::Whole(bound) => bound,
                Number::Fraction(bound) => bound as i128,
                Number::Digits(text) => text.parse().unwrap_or(0),
            };
            let order = self.cmp(bound);
            let holds = match constraint {
                Constraint::MultipleOf => self.is_multiple(bound.unsigned_abs()),
                Constraint::Le => order.is_le(),
                Constraint::Lt => order.is_lt(),
                Constraint::Ge => order.is_ge(),
                Constraint::Gt => order.is_gt(),
            };
            if !holds {
                return Err(Invalid::bound(constraint, bound, json(bound)));
            }
        }
        Ok(())
    }

    fn cmp(&self, bound: i128) -> Ordering {
        let magnitude = self.magnitude.unwrap_or(u128::MAX);
        match (self.negative && magnitude > 0, bound < 0) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude.cmp(&bound.unsigned_abs()),
            (true, true) => bound.unsigned_abs().cmp(&magnitude),
        }
    }

    fn is_multiple(&self, of: u128) -> bool {
        if of == 0 {
            return true;
        }
        match self.magnitude {
            Some(magnitude) => magnitude % of == 0,
            None if of > u128::from(u64::MAX) => false,
            None => digits(self.digits).fold(0, |rest, digit| (rest * 10 + digit) % of) == 0,
        }
    }
}

/// Whether a number that was read obeys the rules.
pub(crate) fn obeys<T: TryInto<u128> + TryInto<i128> + Copy>(value: T, rules: &Rules) -> bool {
    let magnitude = match (TryInto::<u128>::try_into(value), TryInto::<i128>::try_into(value)) {
        (Ok(magnitude), _) => (false, magnitude),
        (_, Ok(negative)) => (true, negative.unsigned_abs()),
        _ => return false,
    };
    let integer = Integer {
        negative: magnitude.0,
        magnitude: Some(magnitude.1),
        digits: "",
    };
    integer.check(rules).is_ok()
}

/// Whether this is an integer in JSON's spelling.
fn is_plain(text: &str) -> bool {
    match strip_minus(text).1.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn strip_minus(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest))
}

/// Takes off what pydantic allows around and inside an integer: the sign, and digits with single underscores.
fn clean(text: &str) -> Option<(bool, &str)> {
    let text = text.trim();
    let text = match text.strip_prefix('+') {
        Some(rest) if rest.starts_with('-') => return None,
        Some(rest) => rest,
        None => text,
    };
    let (mut negative, text) = strip_minus(text);
    if text.starts_with(['+', '-']) {
        return None;
    }
    let mut text = strip_zeros(text)?;
    if let Some((whole, fraction)) = text.split_once('.')
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte == b'0')
    {
        text = whole;
    }
    let underscores = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    if let Some(rest) = text.strip_prefix('-').filter(|_| !negative) {
        (negative, text) = (true, rest);
    }
    let spelled = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut figures = text.bytes().filter(u8::is_ascii_digit);
    let (first, second) = (figures.next(), figures.next());
    let leading = first == Some(b'0') && second.is_some();
    (first.is_some() && !underscores && spelled && !leading).then_some((negative, text))
}

/// Strips leading zeros, and underscores between them, but leaves one zero of a zero.
///
/// A minus may follow the zeros: pydantic reads `0-1` as -1.
fn strip_zeros(text: &str) -> Option<&str> {
    if !text.starts_with('0') {
        return text.starts_with(|c: char| c.is_ascii_digit()).then_some(text);
    }
    let end = text.bytes().position(|byte| !matches!(byte, b'0' | b'_'));
    let Some(end) = end else {
        return text.get(text.len() - 1..);
    };
    match text.as_bytes().get(end) {
        Some(b'1'..=b'9' | b'-') => text.get(end..),
        Some(b'.') => text.get(end - 1..),
        _ => None,
    }
}

fn digits(text: &str) -> impl Iterator<Item = u128> {
    text.bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| u128::from(byte - b'0'))
}

fn magnitude(text: &str) -> Option<u128> {
    digits(text).try_fold(0u128, |value, digit| value.checked_mul(10)?.checked_add(digit))
}

/// A bound in `ctx`: exact if 64 bits hold it, else as a float.
fn json(value: impl Copy + ToString + TryInto<i64> + TryInto<u64>) -> Value {
    match (TryInto::<i64>::try_into(value), TryInto::<u64>::try_into(value)) {
        (Ok(value), _) => Value::from(value),
        (_, Ok(value)) => Value::from(value),
        _ => value.to_string().parse::<f64>().map_or(Value::Null, Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<i128, Invalid> {
        i128::parse(text, &Rules::new())
    }

    #[test]
    fn spellings_of_pydantic() {
        for (text, value) in [
            ("1", 1),
            ("-0", 0),
            ("+5", 5),
            ("\t1\n", 1),
            ("\u{a0}5\u{a0}", 5),
            ("1.0", 1),
            ("-1.000", -1),
            ("010", 10),
            ("-007", -7),
            ("1_000", 1000),
            ("1_0.0", 10),
            ("0_0", 0),
            ("0__1", 1),
            ("00.0", 0),
            ("0-1", -1),
            ("0-_1", -1),
            ("99999999999999999999", 99_999_999_999_999_999_999),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_pydantic_refuses() {
        for text in [
            "", " ", "--1", "+-1", "-+1", ".0", "1.", "1.5", "1e0", "0x10", "1__0", "1_", "_1", "0_", "1_.0",
            "0_.0", "1,0", "\u{661}", "1\0", "5a", "nan", "-", "+", "0-01", "0-_01", "-0-1",
        ] {
            assert_eq!(parse(text).unwrap_err().kind, "int_parsing", "{text}");
        }
    }

    #[test]
    fn a_type_has_limits() {
        let over = u8::parse("256", &Rules::new()).unwrap_err();
        assert_eq!(
            (&*over.kind, &*over.msg),
            ("less_than_equal", "Input should be less than or equal to 255")
        );
        let under = u64::parse("-1", &Rules::new()).unwrap_err();
        assert_eq!(under.msg, "Input should be greater than or equal to 0");
        let huge = format!("-1{}", "0".repeat(60));
        assert_eq!(
            i64::parse(&huge, &Rules::new()).unwrap_err().msg,
            format!("Input should be greater than or equal to {}", i64::MIN)
        );
        assert_eq!(i64::parse("-9223372036854775808", &Rules::new()), Ok(i64::MIN));
        assert_eq!(u128::parse(&u128::MAX.to_string(), &Rules::new()), Ok(u128::MAX));
        assert_eq!(i128::parse(&i128::MIN.to_string(), &Rules::new()), Ok(i128::MIN));
    }

    #[test]
    fn too_many_digits() {
        assert_eq!(parse(&"1".repeat(4301)).unwrap_err().kind, "int_parsing_size");
        assert_eq!(
            parse(&format!(" {}", "1".repeat(4301))).unwrap_err().kind,
            "int_parsing"
        );
        assert_eq!(parse(&format!("{}1", "0".repeat(5000))), Ok(1));
    }

    #[test]
    fn constraints_hold_for_integers_that_do_not_fit() {
        let rules = Rules {
            ge: Some(Number::whole(0)),
            multiple_of: Some(Number::whole(3)),
            ..Rules::new()
        };
        let huge = format!("-3{}", "0".repeat(60));
        assert_eq!(
            i64::parse(&huge, &rules).unwrap_err().msg,
            "Input should be greater than or equal to 0"
        );
        let huge = format!("1{}", "0".repeat(60));
        assert_eq!(i64::parse(&huge, &rules).unwrap_err().kind, "multiple_of");
        assert_eq!(i64::parse("8", &rules).unwrap_err().kind, "multiple_of");
        assert_eq!(i64::parse("-3", &rules).unwrap_err().kind, "greater_than_equal");
    }
}
