//! `Sec-WebSocket-Protocol` (RFC 6455, 4.1 and 11.3.4).

use std::fmt;

use super::list::{is_token, tokens};

/// The subprotocols that a client offers, in its order of preference.
///
/// # Errors
///
/// [`MalformedSubprotocols`] if one is not a token or stands there twice (4.1, item 10).
pub fn subprotocols<'a>(
    values: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<&'a str>, MalformedSubprotocols> {
    let mut offers = Vec::new();
    for name in tokens(values) {
        let offer = std::str::from_utf8(name).map_err(|_| MalformedSubprotocols)?;
        if !is_token(name) || offers.contains(&offer) {
            return Err(MalformedSubprotocols);
        }
        offers.push(offer);
    }
    Ok(offers)
}

/// A `Sec-WebSocket-Protocol` header that is not a list of different tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedSubprotocols;

impl fmt::Display for MalformedSubprotocols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sec-WebSocket-Protocol is not a list of different tokens")
    }
}

impl std::error::Error for MalformedSubprotocols {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'a>(values: &[&'a str]) -> Result<Vec<&'a str>, MalformedSubprotocols> {
        subprotocols(values.iter().map(|value| value.as_bytes()))
    }

    #[test]
    fn order_is_kept_over_lines() {
        assert_eq!(
            parse(&["chat, superchat", "v2.x"]),
            Ok(vec!["chat", "superchat", "v2.x"])
        );
        assert_eq!(parse(&[]), Ok(vec![]));
    }

    #[test]
    fn names_differ_and_are_tokens() {
        assert_eq!(parse(&["chat", "chat"]), Err(MalformedSubprotocols));
        assert_eq!(parse(&["chat, Chat"]), Ok(vec!["chat", "Chat"]));
        assert_eq!(parse(&["a b"]), Err(MalformedSubprotocols));
        assert_eq!(parse(&["a/b"]), Err(MalformedSubprotocols));
        assert_eq!(parse(&["é"]), Err(MalformedSubprotocols));
    }
}
