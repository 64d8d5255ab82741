//! Heads of HTTP/1 messages as bytes: where a head ends, and the first line of a response (RFC 9112, section 2.1).

use memchr::memchr_iter;

/// The end of the first head, after its empty line. The first `searched` bytes contain no such end.
///
/// Empty lines before the head, which a recipient ignores (RFC 9112, section 2.2), are not for it: see [`empty_lines`].
pub(super) fn end_of_head(bytes: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let mut ends = memchr_iter(b'\n', bytes.get(from..)?).map(|at| from + at);
    ends.find_map(|at| match bytes.get(at + 1..) {
        Some([b'\n', ..]) => Some(at + 2),
        Some([b'\r', b'\n', ..]) => Some(at + 3),
        _ => None,
    })
}

/// How many bytes at the beginning are of empty lines.
pub(super) fn empty_lines(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
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

/// A head like this one in which `Connection` does not name `close`; none where it does not name it anyway.
pub(super) fn without_close(head: &[u8]) -> Option<Vec<u8>> {
    let names_close = |line: &[u8]| {
        connection_options(line)
            .is_some_and(|mut options| options.any(|option| option.eq_ignore_ascii_case(b"close")))
    };
    if !lines(head).any(names_close) {
        return None;
    }
    let mut kept = Vec::with_capacity(head.len());
    for line in lines(head) {
        let Some(options) = connection_options(line) else {
            kept.extend_from_slice(line);
            continue;
        };
        let mut options = options.filter(|option| !option.eq_ignore_ascii_case(b"close"));
        if let Some(first) = options.next() {
            kept.extend_from_slice(line.get(..CONNECTION.len()).unwrap_or_default());
            kept.push(b' ');
            kept.extend_from_slice(first);
            for option in options {
                kept.extend_from_slice(b", ");
                kept.extend_from_slice(option);
            }
            kept.extend_from_slice(b"\r\n");
        }
    }
    Some(kept)
}

/// The lines of a head, each with its end.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr_iter(b'\n', head).map(move |at| {
        let line = head.get(from..=at).unwrap_or_default();
        from = at + 1;
        line
    })
}

const CONNECTION: &[u8] = b"connection:";

/// What a line names, if it is of the field `Connection` (RFC 9110, section 7.6.1).
fn connection_options(line: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let (name, value) = line.split_at_checked(CONNECTION.len())?;
    name.eq_ignore_ascii_case(CONNECTION).then(|| {
        value
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|option| !option.is_empty())
    })
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
            ("connection: close\r\n", ""),
        ] {
            let instead = without_close(head(connection).as_bytes());
            assert_eq!(instead.as_deref(), Some(head(kept).as_bytes()));
        }
        assert_eq!(without_close(head("connection: upgrade\r\n").as_bytes()), None);
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
