//! Messages that are encoded once for many connections.

use bytes::Bytes;
use hangup_protocol::{FrameHeader, MessageKind};

use super::{io::Frames, message::Message};

/// Whole messages of a server, one frame each and uncompressed, as every connection may send them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedFrames {
    pub(super) bytes: Bytes,
    pub(super) messages: usize,
    /// The bytes of all payloads.
    pub(super) payload: usize,
}

/// Encodes messages one behind the other.
#[derive(Debug, Default)]
pub(crate) struct FrameEncoder {
    bytes: Vec<u8>,
    messages: usize,
    payload: usize,
}

impl FrameEncoder {
    pub(crate) fn push(&mut self, message: &Message) {
        let (kind, payload): (_, &[u8]) = match message {
            Message::Text(text) => (MessageKind::Text, text.as_bytes()),
            Message::Binary(bytes) => (MessageKind::Binary, bytes),
        };
        FrameHeader {
            fin: true,
            rsv1: false,
            opcode: kind.into(),
            mask: None,
            length: payload.len() as u64,
        }
        .write(&mut self.bytes);
        self.bytes.extend_from_slice(payload);
        self.messages += 1;
        self.payload += payload.len();
    }

    /// All that was pushed since the last time.
    pub(crate) fn take(&mut self) -> SharedFrames {
        let Self {
            bytes,
            messages,
            payload,
        } = std::mem::take(self);
        SharedFrames {
            bytes: bytes.into(),
            messages,
            payload,
        }
    }
}

impl SharedFrames {
    pub(crate) fn of(message: &Message) -> Self {
        let mut encoder = FrameEncoder::default();
        encoder.push(message);
        encoder.take()
    }

    /// Those behind the first `count` messages.
    pub(crate) fn skip(&self, count: usize) -> Self {
        let mut left = Frames::of(&self.bytes);
        let (mut skipped, mut length, mut payload) = (0, 0, 0);
        while skipped < count
            && let Some(frame) = left.peek()
        {
            left.skip(frame.length);
            skipped += 1;
            length += frame.length;
            payload += frame.payload;
        }
        Self {
            bytes: self.bytes.slice(length..),
            messages: self.messages - skipped,
            payload: self.payload - payload,
        }
    }

    /// How many messages they are.
    pub(crate) fn messages(&self) -> usize {
        self.messages
    }
}
