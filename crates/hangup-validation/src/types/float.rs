//! `f64` and `f32`.

use serde_json::Value;

use crate::fits::{Fraction, TakesBound, TakesInfNan, TakesStrict, Whole};
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Constraint;
use crate::rules::{Number, Rules};

macro_rules! float {
    ($type:ty, |$value:ident| $convert:expr) => {
        impl TakesBound<Whole> for $type {}
        impl TakesBound<Fraction> for $type {}
        impl TakesInfNan for $type {}
        impl TakesStrict for $type {}

        /// White space around it and single underscores inside are allowed; `inf` and `nan` are floats unless
        /// `allow_inf_nan = false`.
        impl Param for $type {
            fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
                let $value = parse(text, rules)?;
                check($value, rules)?;
                Ok($convert)
            }

            fn json_schema(rules: &Rules) -> Value {
                json::number(rules)
            }

            fn to_json(&self) -> Option<Value> {
                Some((*self).into())
            }
        }
    };
}

float!(f64, |value| value);
float!(f32, |value| value as f32);

fn parse(text: &str, rules: &Rules) -> Result<f64, Invalid> {
    if rules.strict {
        return Err(Invalid::new("float_type", "Input should be a valid number"));
    }
    let value = text
        .trim()
        .parse()
        .ok()
        .or_else(|| without_underscores(text)?.parse().ok());
    match value {
        Some(value) if f64::is_finite(value) || rules.allow_inf_nan != Some(false) => Ok(value),
        Some(_) => Err(Invalid::finite_number()),
        None => Err(Invalid::new(
            "float_parsing",
            "Input should be a valid number, unable to parse string as a number",
        )),
    }
}

/// The text without its underscores, if they are single and inside.
fn without_underscores(text: &str) -> Option<String> {
    let placed = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    (placed && text.contains('_')).then(|| text.replace('_', ""))
}

fn check(value: f64, rules: &Rules) -> Result<(), Invalid> {
    for (constraint, number) in rules.numbers() {
        let bound = as_f64(number);
        let holds = match constraint {
            Constraint::MultipleOf => is_multiple(value, bound),
            Constraint::Le => value <= bound,
            Constraint::Lt => value < bound,
            Constraint::Ge => value >= bound,
            Constraint::Gt => value > bound,
        };
        if !holds {
            return Err(Invalid::bound(constraint, bound, Value::from(bound)));
        }
    }
    Ok(())
}

/// Whether a number that was read obeys the rules.
pub(crate) fn obeys(value: f64, rules: &Rules) -> bool {
    (value.is_finite() || rules.allow_inf_nan != Some(false)) && check(value, rules).is_ok()
}

/// Within pydantic's tolerance. An infinity is a multiple of everything: the difference is no number.
fn is_multiple(value: f64, of: f64) -> bool {
    let difference = (value - (value / of).round() * of).abs();
    difference.is_nan() || difference <= 1e-9
}

fn as_f64(number: Number) -> f64 {
    match number {
        Number::Whole(value) => value as f64,
        Number::Fraction(value) => value,
        Number::Digits(text) => text.parse().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<f64, Invalid> {
        f64::parse(text, &Rules::new())
    }

    #[test]
    fn spellings_of_pydantic() {
        for (text, value) in [
            (" 1.5\n", 1.5),
            ("1_0.5", 10.5),
            ("1_.0", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e400", f64::INFINITY),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
        assert!(parse("+NaN").unwrap().is_nan());
        for text in ["", "1__0", "_1", " 1_0", "0x10", "1d", "\u{661}", "+ 1", "1\0"] {
            assert_eq!(parse(text).unwrap_err().kind, "float_parsing", "{text}");
        }
    }

    #[test]
    fn bounds_are_checked_in_pydantics_order() {
        let rules = Rules {
            gt: Some(Number::whole(0)),
            multiple_of: Some(Number::fraction(0.1)),
            ..Rules::new()
        };
        assert_eq!(f64::parse("0.3", &rules), Ok(0.3));
        assert_eq!(f64::parse("-0.35", &rules).unwrap_err().kind, "multiple_of");
        let zero = f64::parse("0", &rules).unwrap_err();
        assert_eq!(zero.msg, "Input should be greater than 0");
        assert_eq!(serde_json::to_string(&zero.ctx).unwrap(), r#"{"gt":0.0}"#);
        assert_eq!(f64::parse("nan", &rules).unwrap_err().kind, "greater_than");
    }
}
