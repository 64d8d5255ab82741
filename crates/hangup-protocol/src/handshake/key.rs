//! `Sec-WebSocket-Key` and `Sec-WebSocket-Accept` (RFC 6455, 4.2.1 and 4.2.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// RFC 6455, 4.2.2: the value of `Sec-WebSocket-Accept` for a key, which is hashed as it came.
///
/// ```
/// use hangup_protocol::accept_key;
///
/// assert_eq!(accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
pub fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(hash.finalize())
}

/// RFC 6455, 4.2.1: whether a key is the base64 form of 16 bytes: 22 characters and two of padding.
///
/// The four bits that the last character has to spare may be anything.
pub fn is_valid_key(key: &[u8]) -> bool {
    let Some((characters, padding)) = key.split_first_chunk::<22>() else {
        return false;
    };
    padding == b"=="
        && characters
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrong_keys_are_refused() {
        for key in [
            "",
            "==",
            "dGhlIHNhbXBsZSBub25jZQ=",
            "dGhlIHNhbXBsZSBub25jZQ",
            "dGhlIHNhbXBsZSBub25jZQ===",
        ] {
            assert!(!is_valid_key(key.as_bytes()), "{key}");
        }
        assert!(!is_valid_key(b"dGhlIHNhbXBsZSBub25jZWE="), "17 bytes");
        assert!(!is_valid_key(b"dGhlIHNhbXBsZSBub25j"), "15 bytes");
        assert!(
            !is_valid_key(b"dGhlIHNhbXBsZSBub25j-_=="),
            "the alphabet for URLs"
        );
        assert!(!is_valid_key(b"dGhlIHNhbXBsZSBub25jZ\xff=="));
    }

    proptest! {
        #[test]
        fn the_base64_of_16_bytes_is_valid(nonce: [u8; 16]) {
            prop_assert!(is_valid_key(STANDARD.encode(nonce).as_bytes()));
        }

        #[test]
        fn other_lengths_are_not(nonce in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(is_valid_key(STANDARD.encode(&nonce).as_bytes()), nonce.len() == 16);
        }
    }
}
