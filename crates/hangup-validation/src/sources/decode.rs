//! From the bytes of a request to the text of a value: percent-encoding, latin-1, quoted cookies.

use std::borrow::Cow;

use serde_json::Value;

use super::path::Made;

/// A value as the request holds it, not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw<'r> {
    /// A segment of the path: percent-encoded; a convertor may have made a number of it.
    Path(&'r str, Made),
    /// A value of the query string: percent-encoded, `+` is a space.
    Query(&'r str),
    /// A header: latin-1.
    Header(&'r [u8]),
    /// A cookie: latin-1, perhaps in quotes.
    Cookie(&'r [u8]),
}

impl<'r> Raw<'r> {
    /// The text, borrowed if nothing is encoded.
    pub(crate) fn decode(self) -> Cow<'r, str> {
        match self {
            Self::Path(text, _) => percent(text, false),
            Self::Query(text) => percent(text, true),
            Self::Header(bytes) => latin1(bytes),
            Self::Cookie(bytes) => unquote(bytes),
        }
    }

    /// The value as `input` of an error.
    pub(crate) fn input(self) -> Value {
        match self {
            Self::Path(text, Made::Int) => number(text, str::parse::<i64>),
            Self::Path(text, Made::Float) => number(text, str::parse::<f64>),
            Self::Path(text, Made::Uuid) => Value::String(hyphenated(&percent(text, false))),
            raw => Value::String(raw.decode().into_owned()),
        }
    }

    /// What a path convertor made of the value.
    pub(crate) fn made(self) -> Made {
        match self {
            Self::Path(_, made) => made,
            _ => Made::Text,
        }
    }
}

fn number<N: Into<Value>, E>(text: &str, parse: impl Fn(&str) -> Result<N, E>) -> Value {
    let text = percent(text, false);
    parse(&text).map_or_else(|_| Value::from(&*text), Into::into)
}

/// As Python shows a UUID, which the convertor has made sure of.
fn hyphenated(uuid: &str) -> String {
    let mut out = String::with_capacity(36);
    for (place, digit) in uuid.chars().filter(|c| *c != '-').enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit.to_ascii_lowercase());
    }
    out
}

/// Percent-decodes; bytes that are not UTF-8 become U+FFFD, a `%` without two hex digits stays.
pub(super) fn percent(text: &str, plus: bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let encoded = |byte: &u8| *byte == b'%' || (plus && *byte == b'+');
    let Some(first) = bytes.iter().position(encoded) else {
        return Cow::Borrowed(text);
    };
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..first).unwrap_or_default());
    let mut rest = bytes.get(first..).unwrap_or_default();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
    }
    Cow::Owned(match String::from_utf8(out) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Reads bytes as latin-1: each is one character.
pub(super) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// Takes the quotes off a cookie and undoes `\"`, `\\` and `\054`, as Python's `http.cookies` does.
fn unquote(bytes: &[u8]) -> Cow<'_, str> {
    let [b'"', inner @ .., b'"'] = bytes else {
        return latin1(bytes);
    };
    if !inner.contains(&b'\\') {
        return latin1(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let byte = match (byte, after) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                rest = after;
                (a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')
            }
            (b'\\', [escaped, after @ ..]) if *escaped != b'\n' => {
                rest = after;
                *escaped
            }
            (byte, _) => *byte,
        };
        out.push(char::from(byte));
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{Made, Raw, percent};

    #[test]
    fn what_a_convertor_made_is_the_input() {
        assert_eq!(Raw::Path("00%37", Made::Int).input(), 7);
        assert_eq!(Raw::Path("1.50", Made::Float).input(), 1.5);
        assert_eq!(
            Raw::Path("ABCDEF01234567890123456789ABCDEF", Made::Uuid).input(),
            "abcdef01-2345-6789-0123-456789abcdef"
        );
    }

    #[test]
    fn what_is_not_utf8_becomes_one_mark_for_each_bad_part() {
        for (encoded, text) in [
            ("%FF%FE", "\u{fffd}\u{fffd}"),
            ("%E2%82", "\u{fffd}"),
            ("%C0%AF", "\u{fffd}\u{fffd}"),
            ("%ED%A0%80", "\u{fffd}\u{fffd}\u{fffd}"),
            ("%E2%82%AC", "€"),
        ] {
            assert_eq!(percent(encoded, true), text, "{encoded}");
        }
    }

    #[test]
    fn a_percent_sign_without_two_digits_stays() {
        for text in ["%", "%4", "%zz", "%%", "a%"] {
            assert_eq!(percent(text, true), text);
        }
        assert_eq!(percent("%%41", true), "%A");
        assert_eq!(percent("a+b%2Bc", true), "a b+c");
        assert_eq!(percent("a+b%2Bc", false), "a+b+c");
    }

    #[test]
    fn cookies_are_unquoted_as_in_python() {
        for (raw, text) in [
            (&b"\"v\""[..], "v"),
            (b"\"v", "\"v"),
            (b"\"", "\""),
            (b"\"\"", ""),
            (b"\"a\\054b\"", "a,b"),
            (b"\"a\\999b\"", "a999b"),
            (b"\"a\\\"b\\\\\"", "a\"b\\"),
            (b"\"\\303\\251\"", "\u{c3}\u{a9}"),
            (b"caf\xe9", "café"),
        ] {
            assert_eq!(Raw::Cookie(raw).decode(), text);
        }
    }
}
