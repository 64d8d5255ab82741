//! `Sec-WebSocket-Protocol` (RFC 6455, 4.1 and 11.3.4).

use super::error::Malformed;
use super::limits::MAX_SUBPROTOCOLS;
use super::list::{is_token, tokens};

/// The subprotocols that a client offers, in its order of preference.
///
/// # Errors
///
/// [`Malformed::Subprotocols`] if one is not a token or is repeated (4.1, item 10);
/// [`Malformed::TooManySubprotocols`] if there are more than [`MAX_SUBPROTOCOLS`].
pub fn subprotocols<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Vec<&'a str>, Malformed> {
    let mut offers = Vec::new();
    for name in tokens(values) {
        if offers.len() == MAX_SUBPROTOCOLS {
            return Err(Malformed::TooManySubprotocols);
        }
        if !is_token(name) {
            return Err(Malformed::Subprotocols);
        }
        offers.push(std::str::from_utf8(name).map_err(|_| Malformed::Subprotocols)?);
    }
    if offers.len() > 1 {
        let mut sorted = offers.clone();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Malformed::Subprotocols);
        }
    }
    Ok(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'a>(values: &[&'a str]) -> Result<Vec<&'a str>, Malformed> {
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
        assert_eq!(parse(&["chat", "chat"]), Err(Malformed::Subprotocols));
        assert_eq!(parse(&["chat, Chat"]), Ok(vec!["chat", "Chat"]));
        assert_eq!(parse(&["a b"]), Err(Malformed::Subprotocols));
        assert_eq!(parse(&["a/b"]), Err(Malformed::Subprotocols));
        assert_eq!(parse(&["é"]), Err(Malformed::Subprotocols));
    }

    #[test]
    fn the_number_of_offers_is_bounded() {
        let names: Vec<String> = (0..=MAX_SUBPROTOCOLS).map(|n| format!("v{n}")).collect();
        let allowed = names[1..].join(",");
        assert_eq!(parse(&[&allowed]).unwrap(), names[1..]);
        // Empty elements, which are ignored, do not count.
        assert_eq!(
            parse(&[&format!("{},{allowed},,", ",".repeat(1000))]).unwrap(),
            names[1..]
        );
        for lines in [&[&*names.join(",")][..], &[&*allowed, "v0"]] {
            assert_eq!(parse(lines), Err(Malformed::TooManySubprotocols));
        }
    }
}
