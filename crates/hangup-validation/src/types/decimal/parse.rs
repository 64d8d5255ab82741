//! From text to a decimal, by the rules of Python's `Decimal(str)`.

use std::str::FromStr;

use super::number::{Decimal, DecimalKind};

/// The largest exponent of the first digit, and the smallest of the last, in Python's `decimal` on 64 bits.
const MAX_EXPONENT: i64 = 999_999_999_999_999_999;
const MIN_EXPONENT: i64 = -1_999_999_999_999_999_997;

/// The text is no decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct ParseDecimalError(());

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(ParseDecimalError(()))
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let ascii = to_ascii(text)?;
    let (negative, rest) = match ascii.as_bytes() {
        [b'-', ..] => (true, ascii.get(1..)?),
        [b'+', ..] => (false, ascii.get(1..)?),
        _ => (false, ascii.as_str()),
    };
    match rest.as_bytes().first()? {
        b'0'..=b'9' | b'.' => finite(negative, rest),
        _ => special(negative, rest),
    }
}

/// Strips white space around and underscores anywhere, and turns every script's digits into ASCII's.
fn to_ascii(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f'));
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '_') {
        out.push(if c.is_ascii() { c } else { decimal_digit(c)? });
    }
    Some(out)
}

fn finite(negative: bool, text: &str) -> Option<Decimal> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let written = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !all_digits(digits) {
                return None;
            }
            exponent.parse::<i64>().ok()?
        }
    };
    let exponent = written.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let mut digits = String::with_capacity(number.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let leading = digits
        .bytes()
        .take_while(|byte| *byte == b'0')
        .count()
        .min(digits.len() - 1);
    digits.drain(..leading);
    let decimal = Decimal {
        negative,
        kind: DecimalKind::Finite,
        digits,
        exponent,
    };
    let in_range = exponent >= MIN_EXPONENT && decimal.adjusted() <= MAX_EXPONENT;
    (in_range || decimal.is_zero()).then_some(decimal)
}

fn special(negative: bool, text: &str) -> Option<Decimal> {
    let lower = text.to_ascii_lowercase();
    let (kind, payload) = if lower == "inf" || lower == "infinity" {
        (DecimalKind::Infinite, "")
    } else if let Some(payload) = lower.strip_prefix("nan") {
        (DecimalKind::NaN, payload)
    } else {
        (DecimalKind::SignalingNaN, lower.strip_prefix("snan")?)
    };
    let digits = payload.trim_start_matches('0').to_owned();
    let valid = payload.bytes().all(|byte| byte.is_ascii_digit());
    valid.then_some(Decimal {
        negative,
        kind,
        digits,
        exponent: 0,
    })
}

/// The ASCII digit that a digit of another script stands for.
fn decimal_digit(c: char) -> Option<char> {
    let before = ZEROS.partition_point(|zero| *zero <= c);
    let zero = ZEROS.get(before.checked_sub(1)?)?;
    char::from_digit(u32::from(c) - u32::from(*zero), 10)
}

/// The zero of every script in Unicode's class Nd; the nine other digits follow it.
const ZEROS: [char; 65] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e950}',
    '\u{1fbf0}',
];
