//! The bytes of a publication: its kind, then its payload.

use bytes::Bytes;
use hangup::Message;

/// The kinds. Others are for later versions, such as one with a position, and are skipped.
const TEXT: u8 = b't';
const BINARY: u8 = b'b';

pub(crate) fn to_payload(message: &Message) -> Vec<u8> {
    let (kind, payload): (u8, &[u8]) = match message {
        Message::Text(text) => (TEXT, text.as_bytes()),
        Message::Binary(bytes) => (BINARY, bytes),
    };
    let mut bytes = Vec::with_capacity(1 + payload.len());
    bytes.push(kind);
    bytes.extend_from_slice(payload);
    bytes
}

/// What [`to_payload`] has written, without a copy. `None` if it is nothing of the kind.
pub(crate) fn from_payload(payload: Vec<u8>) -> Option<Message> {
    let kind = *payload.first()?;
    let bytes = Bytes::from(payload).slice(1..);
    match kind {
        TEXT => hangup::message::Utf8Bytes::try_from(bytes)
            .ok()
            .map(Message::Text),
        BINARY => Some(Message::Binary(bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        for message in [
            Message::from(""),
            Message::from("\u{1f600}\0"),
            Message::from(vec![0xff, 0]),
            Message::from(Vec::new()),
        ] {
            assert_eq!(from_payload(to_payload(&message)), Some(message));
        }
    }

    #[test]
    fn what_no_node_has_written_is_skipped() {
        assert_eq!(from_payload(Vec::new()), None);
        assert_eq!(from_payload(b"t\xff".to_vec()), None, "no UTF-8");
        assert_eq!(from_payload(b"?later".to_vec()), None);
    }
}
