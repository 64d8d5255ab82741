//! From the bytes of a request to the text of a value: percent-encoding, latin-1, quoted cookies.

use std::borrow::Cow;

/// What a `+` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// Itself, in a path.
    Stays,
    /// A space, in a query string.
    IsSpace,
}

/// Percent-decodes; bytes that are not UTF-8 become U+FFFD, a `%` without two hex digits stays.
pub(super) fn percent(text: &str, plus: Plus) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let encoded = |byte: &u8| *byte == b'%' || (plus == Plus::IsSpace && *byte == b'+');
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
            (b'+', _) if plus == Plus::IsSpace => out.push(b' '),
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
pub(super) fn unquote_cookie(bytes: &[u8]) -> Cow<'_, str> {
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
    use super::{Plus, percent, unquote_cookie};

    #[test]
    fn what_is_not_utf8_becomes_one_mark_for_each_bad_part() {
        for (encoded, text) in [
            ("%FF%FE", "\u{fffd}\u{fffd}"),
            ("%E2%82", "\u{fffd}"),
            ("%C0%AF", "\u{fffd}\u{fffd}"),
            ("%ED%A0%80", "\u{fffd}\u{fffd}\u{fffd}"),
            ("%E2%82%AC", "€"),
        ] {
            assert_eq!(percent(encoded, Plus::IsSpace), text, "{encoded}");
        }
    }

    #[test]
    fn a_percent_sign_without_two_digits_stays() {
        for text in ["%", "%4", "%zz", "%%", "a%"] {
            assert_eq!(percent(text, Plus::IsSpace), text);
        }
        assert_eq!(percent("%%41", Plus::IsSpace), "%A");
        assert_eq!(percent("a+b%2Bc", Plus::IsSpace), "a b+c");
        assert_eq!(percent("a+b%2Bc", Plus::Stays), "a+b+c");
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
            assert_eq!(unquote_cookie(raw), text);
        }
    }
}
