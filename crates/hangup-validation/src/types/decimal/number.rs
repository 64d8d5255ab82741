//! `Decimal`: exactly the decimals that Python has, digits and exponent as the client wrote them.

use std::fmt::{self, Display, Formatter};

/// A decimal number of any size, an infinity, or not a number.
///
/// It keeps what was written: `1.10` and `1.1` are equal, and each shows as it came. `Display` is Python's
/// `str(Decimal)`.
///
/// ```
/// use hangup_validation::Decimal;
///
/// let price: Decimal = "1.10".parse()?;
/// assert_eq!(price.to_string(), "1.10");
/// assert_eq!(price, "1.1".parse()?);
/// # Ok::<(), hangup_validation::ParseDecimalError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Decimal {
    pub(super) negative: bool,
    pub(super) kind: DecimalKind,
    /// Without leading zeros; of a zero `0`; of a NaN its payload, perhaps empty.
    pub(super) digits: String,
    pub(super) exponent: i64,
}

/// What a [`Decimal`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecimalKind {
    /// A number: its digits times ten to the power of its exponent.
    Finite,
    /// An infinity.
    Infinite,
    /// Not a number.
    NaN,
    /// Not a number, and an error to calculate with.
    SignalingNaN,
}

impl Decimal {
    /// What it is.
    pub fn kind(&self) -> DecimalKind {
        self.kind
    }

    /// Whether it has a minus sign; a zero may.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is a number.
    pub fn is_finite(&self) -> bool {
        self.kind == DecimalKind::Finite
    }

    /// The digits of a number, without its sign and point.
    pub fn digits(&self) -> &str {
        if self.is_finite() { &self.digits } else { "" }
    }

    /// The power of ten that the digits are multiplied by.
    pub fn exponent(&self) -> i64 {
        self.exponent
    }

    pub(super) fn is_zero(&self) -> bool {
        self.is_finite() && self.digits == "0"
    }

    /// The power of ten of the first digit.
    pub(super) fn adjusted(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.exponent.saturating_add(length - 1)
    }
}

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        match self.kind {
            DecimalKind::Finite => self.fmt_finite(f),
            DecimalKind::Infinite => f.write_str("Infinity"),
            DecimalKind::NaN => write!(f, "NaN{}", self.digits),
            DecimalKind::SignalingNaN => write!(f, "sNaN{}", self.digits),
        }
    }
}

impl Decimal {
    /// With an `E` if there would be zeros before the point that nobody wrote, or more than five after it.
    fn fmt_finite(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let adjusted = self.adjusted();
        if self.exponent > 0 || adjusted < -6 {
            let (first, rest) = self.digits.split_at_checked(1).unwrap_or((&self.digits, ""));
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{first}{point}{rest}E{adjusted:+}");
        }
        if adjusted < 0 {
            let zeros = usize::try_from(-adjusted - 1).unwrap_or(0);
            return write!(f, "0.{:0<zeros$}{}", "", self.digits);
        }
        let point = usize::try_from(adjusted + 1).unwrap_or(usize::MAX);
        match self.digits.split_at_checked(point) {
            Some((whole, fraction)) if !fraction.is_empty() => write!(f, "{whole}.{fraction}"),
            _ => f.write_str(&self.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn shown_as_python_shows_it() {
        for (text, shown) in [
            ("+1", "1"),
            ("1.10", "1.10"),
            ("00.50", "0.50"),
            ("5.", "5"),
            (".5", "0.5"),
            ("1e3", "1E+3"),
            ("1e-3", "0.001"),
            ("1e-7", "1E-7"),
            ("123e-9", "1.23E-7"),
            ("100e3", "1.00E+5"),
            ("-0.00", "-0.00"),
            ("0e5", "0E+5"),
            ("-0e-3", "-0.000"),
            ("1E1000000", "1E+1000000"),
            ("-inf", "-Infinity"),
            ("nan012", "NaN12"),
            ("sNaN", "sNaN"),
            ("1_0.5", "10.5"),
            ("\u{661}.\u{665}", "1.5"),
            ("\u{1c}\u{ff11}\u{1f}", "1"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal() {
        for text in [
            "",
            " ",
            ".",
            "1e",
            "e1",
            "0x10",
            "1 2",
            "infi",
            "1\0",
            "--1",
            "1e99999999999999999999",
            "\u{200b}1",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}
