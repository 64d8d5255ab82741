//! A value as the request holds it, and what a path convertor made of it.

use std::borrow::Cow;

use serde_json::Value;

use super::decode::{Plus, latin1, percent, unquote_cookie};

/// What a path convertor made of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// Text, as it came.
    Text,
    /// `{n:int}`: an integer.
    Int,
    /// `{x:float}`: a float.
    Float,
    /// `{u:uuid}`: a UUID.
    Uuid,
}

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
            Self::Path(text, _) => percent(text, Plus::Stays),
            Self::Query(text) => percent(text, Plus::IsSpace),
            Self::Header(bytes) => latin1(bytes),
            Self::Cookie(bytes) => unquote_cookie(bytes),
        }
    }

    /// The value as `input` of an error.
    pub(crate) fn input(self) -> Value {
        match self {
            Self::Path(text, Made::Int) => number(text, str::parse::<i64>),
            Self::Path(text, Made::Float) => number(text, str::parse::<f64>),
            Self::Path(text, Made::Uuid) => Value::String(hyphenated(&percent(text, Plus::Stays))),
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
    let text = percent(text, Plus::Stays);
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

#[cfg(test)]
mod tests {
    use super::{Made, Raw};

    #[test]
    fn what_a_convertor_made_is_the_input() {
        assert_eq!(Raw::Path("00%37", Made::Int).input(), 7);
        assert_eq!(Raw::Path("1.50", Made::Float).input(), 1.5);
        assert_eq!(
            Raw::Path("ABCDEF01234567890123456789ABCDEF", Made::Uuid).input(),
            "abcdef01-2345-6789-0123-456789abcdef"
        );
    }
}
