//! Decimals as parameters, and their constraints.

use serde_json::Value;

use super::arithmetic::TrailingZeros;
use super::number::Decimal;
use crate::fits::{Digits, Fraction, TakesBound, TakesDigits, TakesInfNan, TakesStrict, Whole};
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Constraint;
use crate::rules::{Number, Rules};

impl TakesBound<Whole> for Decimal {}
impl TakesBound<Fraction> for Decimal {}
impl TakesBound<Digits> for Decimal {}
impl TakesDigits for Decimal {}
impl TakesInfNan for Decimal {}
impl TakesStrict for Decimal {}

/// Whatever Python's `Decimal(str)` reads; infinities and NaN only with `allow_inf_nan`.
impl Param for Decimal {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::is_instance_of("Decimal"));
        }
        let decimal: Self = text.parse().map_err(|_| invalid())?;
        check(&decimal, rules)?;
        Ok(decimal)
    }

    fn json_schema(rules: &Rules) -> Value {
        json::decimal(rules)
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

impl Decimal {
    /// Whether a decimal that was read obeys the rules.
    pub(crate) fn obeys_rules(&self, rules: &Rules) -> bool {
        check(self, rules).is_ok()
    }
}

fn check(decimal: &Decimal, rules: &Rules) -> Result<(), Invalid> {
    let counted = rules.max_digits.is_some() || rules.decimal_places.is_some();
    if !decimal.is_finite() && (counted || rules.allow_inf_nan != Some(true)) {
        return Err(Invalid::finite_number());
    }
    if counted {
        check_digits(decimal, rules)?;
    }
    check_bounds(decimal, rules)
}

pub(super) fn invalid() -> Invalid {
    Invalid::new("decimal_parsing", "Input should be a valid decimal")
}

fn check_digits(decimal: &Decimal, rules: &Rules) -> Result<(), Invalid> {
    let (places, digits) = decimal.counts(TrailingZeros::Counted);
    let (short_places, short_digits) = decimal.counts(TrailingZeros::Ignored);
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let max = rules.max_digits.map(u64::from);
    if let Some(max) = max.filter(|max| digits > *max && short_digits > *max) {
        let msg = format!(
            "Decimal input should have no more than {max} digit{} in total",
            plural(max)
        );
        return Err(Invalid::new("decimal_max_digits", msg).with_ctx("max_digits", max));
    }
    let Some(max_places) = rules.decimal_places.map(u64::from) else {
        return Ok(());
    };
    if places > max_places && short_places > max_places {
        let msg = format!(
            "Decimal input should have no more than {max_places} decimal place{}",
            plural(max_places)
        );
        return Err(Invalid::new("decimal_max_places", msg).with_ctx("decimal_places", max_places));
    }
    let Some(max) = max else {
        return Ok(());
    };
    let whole = max.saturating_sub(max_places);
    if digits.saturating_sub(places) > whole && short_digits.saturating_sub(short_places) > whole {
        let msg = format!(
            "Decimal input should have no more than {whole} digit{} before the decimal point",
            plural(whole)
        );
        return Err(Invalid::new("decimal_whole_digits", msg).with_ctx("whole_digits", whole));
    }
    Ok(())
}

fn check_bounds(decimal: &Decimal, rules: &Rules) -> Result<(), Invalid> {
    for (constraint, number) in rules.numbers() {
        let Some(bound) = bound(number) else {
            continue;
        };
        let order = decimal.partial_cmp(&bound);
        let holds = match constraint {
            Constraint::MultipleOf => decimal.is_multiple(&bound),
            Constraint::Le => order.is_some_and(std::cmp::Ordering::is_le),
            Constraint::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
            Constraint::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
            Constraint::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        };
        if !holds {
            return Err(Invalid::bound(constraint, &bound, json(&bound)));
        }
    }
    Ok(())
}

/// A bound as Python makes a `Decimal` of it: a float by its shortest digits.
fn bound(number: Number) -> Option<Decimal> {
    match number {
        Number::Whole(value) => value.to_string().parse().ok(),
        Number::Fraction(value) => format!("{value:?}").parse().ok(),
        Number::Digits(text) => text.parse().ok(),
    }
}

/// As FastAPI encodes a `Decimal`: without a fraction an integer, else a float.
fn json(decimal: &Decimal) -> Value {
    let text = decimal.to_string();
    let whole = if decimal.exponent() >= 0 {
        text.parse::<i64>().ok()
    } else {
        None
    };
    match whole {
        Some(value) => Value::from(value),
        None => text.parse::<f64>().map_or(Value::Null, Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, rules: &Rules) -> String {
        Decimal::parse(text, rules)
            .map_or_else(|invalid| invalid.kind.into_owned(), |value| value.to_string())
    }

    #[test]
    fn digits_are_counted_with_and_without_zeros() {
        let rules = Rules {
            max_digits: Some(4),
            decimal_places: Some(2),
            ..Rules::new()
        };
        for (text, kind_or_value) in [
            ("12.34", "12.34"),
            ("123.4", "decimal_whole_digits"),
            ("123", "decimal_whole_digits"),
            ("12345", "decimal_max_digits"),
            ("1.234", "decimal_max_places"),
            ("1.230", "1.230"),
            ("0001", "1"),
            ("nan", "finite_number"),
        ] {
            assert_eq!(kind(text, &rules), kind_or_value, "{text}");
        }
        let rules = Rules {
            max_digits: Some(28),
            ..Rules::new()
        };
        assert_eq!(kind(&"1".repeat(40), &rules), "decimal_max_digits");
        assert_eq!(
            kind(&format!("0.{}", "1".repeat(40)), &rules),
            "decimal_max_digits"
        );
    }

    #[test]
    fn bounds_show_as_decimals() {
        let rules = Rules {
            ge: Some(Number::digits("0.50")),
            ..Rules::new()
        };
        let invalid = Decimal::parse("0.1", &rules).unwrap_err();
        assert_eq!(invalid.msg, "Input should be greater than or equal to 0.50");
        assert_eq!(serde_json::to_string(&invalid.ctx).unwrap(), r#"{"ge":0.5}"#);
        let rules = Rules {
            le: Some(Number::whole(100)),
            allow_inf_nan: Some(true),
            ..Rules::new()
        };
        assert_eq!(kind("inf", &rules), "less_than_equal");
        assert_eq!(kind("nan", &rules), "less_than_equal");
        assert_eq!(kind("100.0", &rules), "100.0");
    }
}
