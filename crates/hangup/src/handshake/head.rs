//! Heads of HTTP/1 messages as bytes: where a head ends, and the first line of a response (RFC 9112, section 2.1).

/// The end of the first head, after its empty line. The first `searched` bytes contain no such end.
///
/// A single empty line, which a recipient ignores before a request (RFC 9112, section 2.2), counts as a head.
pub(super) fn end_of_head(bytes: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let mut lines = bytes
        .iter()
        .enumerate()
        .skip(from)
        .filter(|(_, byte)| **byte == b'\n');
    lines.find_map(|(at, _)| match bytes.get(at + 1..) {
        Some([b'\n', ..]) => Some(at + 2),
        Some([b'\r', b'\n', ..]) => Some(at + 3),
        _ => None,
    })
}

/// The status of the last response whose first line begins within the last bytes. A response by hyper itself is short,
/// and the last of a connection.
pub(super) fn last_status(bytes: &[u8]) -> Option<u16> {
    const VERSION: &[u8] = b"HTTP/1.";
    const NEAR: usize = 512;
    let tail = bytes.get(bytes.len().saturating_sub(NEAR)..)?;
    let at = tail
        .windows(VERSION.len())
        .rposition(|window| window == VERSION)?;
    let status = tail.get(at + VERSION.len() + 2..at + VERSION.len() + 5)?;
    std::str::from_utf8(status).ok()?.parse().ok()
}

/// The head of a response in which `Connection` does not name `close`.
pub(super) fn without_close(head: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"connection:";
    let mut kept = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let is_connection = line
            .get(..NAME.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(NAME));
        if !is_connection {
            kept.extend_from_slice(line);
            continue;
        }
        let values = line.get(NAME.len()..).unwrap_or_default();
        let mut values = values
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"close"));
        if let Some(first) = values.next() {
            kept.extend_from_slice(line.get(..NAME.len()).unwrap_or_default());
            kept.push(b' ');
            kept.extend_from_slice(first);
            for value in values {
                kept.extend_from_slice(b", ");
                kept.extend_from_slice(value);
            }
            kept.extend_from_slice(b"\r\n");
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_ends_behind_its_empty_line() {
        for (bytes, end) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\nearly", Some(27)),
            ("GET / HTTP/1.1\nHost: a\n\nearly", Some(24)),
            ("GET / HTTP/1.1\r\nHost: a\r\n", None),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r", None),
            ("", None),
        ] {
            assert_eq!(end_of_head(bytes.as_bytes(), 0), end, "{bytes:?}");
        }
    }

    #[test]
    fn the_status_is_that_of_the_last_response() {
        let one = b"HTTP/1.1 200 OK\r\n\r\nbodyHTTP/1.1 431 Request Header Fields Too Large\r\n\r\n";
        assert_eq!(last_status(one), Some(431));
        assert_eq!(last_status(b"HTTP/1.0 426 Upgrade Required\r\n"), Some(426));
        assert_eq!(last_status(b"HTTP/1.1 4"), None);
        assert_eq!(last_status(b"no head"), None);
        assert_eq!(last_status(b""), None);
    }

    #[test]
    fn close_is_left_out_of_what_connection_names() {
        let head = |connection: &str| {
            format!("HTTP/1.1 101 S\r\nupgrade: websocket\r\n{connection}x: close\r\n\r\n")
        };
        for (connection, kept) in [
            ("connection: upgrade, close\r\n", "connection: upgrade\r\n"),
            ("Connection: close,Upgrade\r\n", "Connection: Upgrade\r\n"),
            ("connection: upgrade\r\n", "connection: upgrade\r\n"),
            ("connection: close\r\n", ""),
        ] {
            assert_eq!(without_close(head(connection).as_bytes()), head(kept).as_bytes());
        }
    }

    proptest! {
        #[test]
        fn the_end_is_the_same_however_much_was_searched_before(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'a')], 0..40),
        ) {
            let whole = end_of_head(&bytes, 0);
            // Byte by byte, as from a client that trickles.
            let mut searched = 0;
            let mut found = None;
            for count in 0..=bytes.len() {
                found = end_of_head(&bytes[..count], searched);
                searched = count;
                if found.is_some() {
                    break;
                }
            }
            prop_assert_eq!(found, whole);
        }
    }
}
