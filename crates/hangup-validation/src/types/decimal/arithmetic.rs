//! What the constraints need of arithmetic: order, and whether one decimal is a multiple of another.

use std::cmp::Ordering;

use super::number::{Decimal, DecimalKind};

/// Python's default precision: a quotient has 28 digits.
const PRECISION: usize = 28;

/// Whether the zeros at the end of the digits count as digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrailingZeros {
    Counted,
    Ignored,
}

impl PartialEq for Decimal {
    /// By value: `1.0` equals `1`. NaN equals nothing.
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let sign = |decimal: &Self| match (decimal.kind, decimal.negative) {
            (DecimalKind::NaN | DecimalKind::SignalingNaN, _) => None,
            (DecimalKind::Finite, _) if decimal.is_zero() => Some(0),
            (DecimalKind::Finite, negative) => Some(if negative { -1 } else { 1 }),
            (DecimalKind::Infinite, negative) => Some(if negative { -2 } else { 2 }),
        };
        let (left, right) = (sign(self)?, sign(other)?);
        Some(match left.cmp(&right) {
            Ordering::Equal if left == 1 => self.cmp_magnitude(other),
            Ordering::Equal if left == -1 => other.cmp_magnitude(self),
            order => order,
        })
    }
}

impl Decimal {
    /// Of two numbers that are not zero, without their signs.
    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let significant = |decimal: &Self| decimal.digits.trim_end_matches('0').len();
        let digits = |decimal: &Self| {
            decimal
                .digits
                .get(..significant(decimal))
                .unwrap_or_default()
                .to_owned()
        };
        self.adjusted()
            .cmp(&other.adjusted())
            .then_with(|| digits(self).cmp(&digits(other)))
    }

    /// Digits after the point, and digits in all, as pydantic counts them.
    pub(super) fn counts(&self, zeros: TrailingZeros) -> (u64, u64) {
        let mut digits = self.digits.as_str();
        let mut exponent = self.exponent;
        if zeros == TrailingZeros::Ignored {
            let zeros = digits.len() - digits.trim_end_matches('0').len();
            if zeros == digits.len() {
                (digits, exponent) = ("0", 0);
            } else {
                exponent = exponent.saturating_add(zeros as i64);
                digits = digits.get(..digits.len() - zeros).unwrap_or(digits);
            }
        }
        let count = digits.len() as u64;
        let size = exponent.unsigned_abs();
        if exponent >= 0 {
            (0, count.saturating_add(size))
        } else {
            (size, count.max(size))
        }
    }

    /// Whether `self / of` is whole, in Python's arithmetic: the quotient is rounded to 28 digits, and one with more
    /// digits than that before the point is not.
    pub(super) fn is_multiple(&self, of: &Self) -> bool {
        if !self.is_finite() || !of.is_finite() || of.is_zero() {
            return false;
        }
        if self.is_zero() {
            return true;
        }
        let Ok(divisor) = of.digits.parse::<u128>() else {
            return false;
        };
        if divisor > u128::MAX / 16 {
            return false;
        }
        let exponent = self.exponent.saturating_sub(of.exponent);
        let (digits, exponent) = divide(self.digits.as_bytes(), divisor, exponent);
        let significant = digits.trim_end_matches('0').len();
        let adjusted = exponent.saturating_add(digits.len() as i64 - 1);
        let last = exponent.saturating_add((digits.len() - significant) as i64);
        adjusted < PRECISION as i64 && last >= 0
    }
}

/// Long division to 28 digits, rounded half to even. Gives the digits and the exponent of the last.
fn divide(dividend: &[u8], divisor: u128, mut exponent: i64) -> (String, i64) {
    let mut quotient: Vec<u8> = Vec::with_capacity(PRECISION + 2);
    let mut rest = 0u128;
    let mut rest_of_dividend = dividend.iter();
    let mut more = true;
    // One digit more than wanted, for the rounding.
    while quotient.len() <= PRECISION && (more || rest != 0) {
        let digit = match rest_of_dividend.next() {
            Some(digit) => u128::from(digit - b'0'),
            None => {
                more = false;
                if rest == 0 {
                    break;
                }
                exponent = exponent.saturating_sub(1);
                0
            }
        };
        rest = rest * 10 + digit;
        let next = rest / divisor;
        rest %= divisor;
        if next > 0 || !quotient.is_empty() {
            quotient.push(b'0' + u8::try_from(next).unwrap_or(9));
        }
    }
    let unread = rest_of_dividend.len();
    let sticky = rest != 0 || rest_of_dividend.any(|digit| *digit != b'0');
    exponent = exponent.saturating_add(unread as i64);
    if quotient.len() > PRECISION {
        let rounded = round(&quotient, sticky);
        return (rounded, exponent.saturating_add(1));
    }
    (String::from_utf8(quotient).unwrap_or_default(), exponent)
}

/// Rounds digits half to even to 28, or 29 if a nine carries all the way; `sticky` says that more follow that are not
/// zero.
fn round(digits: &[u8], sticky: bool) -> String {
    let (kept, cut) = digits.split_at_checked(PRECISION).unwrap_or((digits, &[]));
    let mut kept = kept.to_vec();
    let (first, others) = cut.split_first().map_or((b'0', false), |(first, rest)| {
        (*first, rest.iter().any(|d| *d != b'0'))
    });
    let odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    let up = first > b'5' || (first == b'5' && (others || sticky || odd));
    if up {
        let mut carry = true;
        for digit in kept.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carry = false;
                break;
            }
        }
        if carry {
            kept.insert(0, b'1');
        }
    }
    String::from_utf8(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn order_is_by_value() {
        for (less, more) in [
            ("1", "1.1"),
            ("-2", "-1"),
            ("9e1", "1e2"),
            ("0", "1e-400"),
            ("-inf", "-1e400"),
            ("1e400", "inf"),
        ] {
            assert!(decimal(less) < decimal(more), "{less} {more}");
        }
        assert_eq!(decimal("1.0"), decimal("1"));
        assert_eq!(decimal("-0"), decimal("0"));
        assert_eq!(decimal("100"), decimal("1e2"));
        assert_ne!(decimal("nan"), decimal("nan"));
    }

    #[test]
    fn multiples_are_pythons() {
        for (value, of, is) in [
            ("0.3", "0.1", true),
            ("0.35", "0.1", false),
            ("9", "3", true),
            ("1", "3", false),
            ("-9", "3", true),
            ("0", "3", true),
            ("1e27", "3", false),
            ("1e28", "3", true),
            ("1e30", "3", false),
            ("1e28", "1", false),
            ("1e27", "1", true),
            ("1e400", "0.1", false),
            ("123456789012345678901234567890", "3", false),
        ] {
            assert_eq!(decimal(value).is_multiple(&decimal(of)), is, "{value} {of}");
        }
    }
}
