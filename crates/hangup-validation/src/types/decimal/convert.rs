//! Decimals as the number types of Rust.

use super::number::Decimal;

impl From<&Decimal> for f64 {
    /// The nearest float.
    fn from(decimal: &Decimal) -> Self {
        decimal
            .to_string()
            .trim_start_matches('s')
            .parse()
            .unwrap_or(Self::NAN)
    }
}

#[cfg(feature = "rust_decimal")]
mod rust_decimal {
    use rust_decimal::Decimal as Small;
    use serde_json::Value;

    use super::super::check::invalid;
    use super::super::number::Decimal;
    use crate::fits::{Digits, Fraction, TakesBound, TakesDigits, TakesStrict, Whole};
    use crate::invalid::Invalid;
    use crate::json;
    use crate::param::Param;
    use crate::rules::Rules;

    impl TakesBound<Whole> for Small {}
    impl TakesBound<Fraction> for Small {}
    impl TakesBound<Digits> for Small {}
    impl TakesDigits for Small {}
    impl TakesStrict for Small {}

    /// As [`Decimal`], but of 96 bits: what does not fit is `decimal_parsing`.
    impl Param for Small {
        fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
            Self::try_from(&Decimal::parse(text, rules)?).map_err(|_| invalid())
        }

        fn json_schema(rules: &Rules) -> Value {
            json::decimal(rules)
        }

        fn to_json(&self) -> Option<Value> {
            Some(self.to_string().into())
        }
    }

    impl TryFrom<&Decimal> for Small {
        type Error = rust_decimal::Error;

        fn try_from(decimal: &Decimal) -> Result<Self, Self::Error> {
            let text = decimal.to_string();
            if text.contains('E') {
                Self::from_scientific(&text)
            } else {
                Self::from_str_exact(&text)
            }
        }
    }
}
