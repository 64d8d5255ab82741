//! What we send: messages, pings, pongs and the one Close frame (RFC 6455, 5.5, 6.1 and 7.1.2).

use std::fmt;
use std::num::NonZeroU64;

use super::{Closing, Connection, Side};
use crate::close::{Close, SentClose, write_body};
use crate::frame::{FrameHeader, MessageKind, OpCode};
use crate::mask;

/// Why a ping or pong was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// A Close frame has been sent or received.
    Closing,
    /// RFC 6455, 5.5: the payload of a control frame has at most 125 bytes. The number is its length.
    TooLong(usize),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closing => Closing.fmt(f),
            Self::TooLong(length) => write!(f, "a ping or pong carries at most 125 bytes, not {length}"),
        }
    }
}

impl std::error::Error for ControlError {}

impl From<Closing> for ControlError {
    fn from(Closing: Closing) -> Self {
        Self::Closing
    }
}

impl Connection {
    /// Appends a text message to `output`.
    ///
    /// # Errors
    ///
    /// [`Closing`] if nothing may be sent any more; nothing is written then.
    pub fn send_text(&mut self, text: &str, output: &mut Vec<u8>) -> Result<(), Closing> {
        self.check_between_messages()?;
        self.write_message(OpCode::Text, text.as_bytes(), output);
        Ok(())
    }

    /// Appends a binary message to `output`.
    ///
    /// # Errors
    ///
    /// [`Closing`] if nothing may be sent any more; nothing is written then.
    pub fn send_binary(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<(), Closing> {
        self.check_between_messages()?;
        self.write_message(OpCode::Binary, bytes, output);
        Ok(())
    }

    /// Appends the header of a message to `output`. The caller must write `length` bytes of payload directly after it,
    /// which are UTF-8 for a text.
    ///
    /// The message is not compressed, which RFC 7692, 6.1 allows. [`compresses`](Self::compresses) says whether the other
    /// methods would compress it.
    ///
    /// A client uses a masking key of zero, so the payload is written as it is.
    ///
    /// # Errors
    ///
    /// [`Closing`] if nothing may be sent any more; nothing is written then.
    pub fn send_header(
        &mut self,
        kind: MessageKind,
        length: usize,
        output: &mut Vec<u8>,
    ) -> Result<(), Closing> {
        self.check_between_messages()?;
        let mask = self.masking.map(|_| [0; 4]);
        FrameHeader {
            fin: true,
            rsv1: false,
            opcode: kind.into(),
            mask,
            length: length as u64,
        }
        .write(output);
        Ok(())
    }

    /// Appends a ping to `output`.
    ///
    /// # Errors
    ///
    /// [`ControlError::TooLong`] over 125 bytes; [`ControlError::Closing`] if nothing may be sent any more.
    pub fn ping(&mut self, payload: &[u8], output: &mut Vec<u8>) -> Result<(), ControlError> {
        self.send_control(OpCode::Ping, payload, output)
    }

    /// Appends an unsolicited pong to `output` (RFC 6455, 5.5.3). [`receive`](Self::receive) writes those that answer
    /// pings.
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping).
    pub fn pong(&mut self, payload: &[u8], output: &mut Vec<u8>) -> Result<(), ControlError> {
        self.send_control(OpCode::Pong, payload, output)
    }

    /// Appends the Close frame to `output`. Later input is skipped, up to the peer's Close frame.
    ///
    /// # Errors
    ///
    /// [`Closing`] if a Close frame has been sent or received, or the peer's stream has ended; nothing is written
    /// then.
    pub fn close(&mut self, close: &Close, output: &mut Vec<u8>) -> Result<(), Closing> {
        self.check_open()?;
        self.write_close(
            Side::Local,
            SentClose::new(Some(close.code()), close.reason().clone()),
            output,
        );
        Ok(())
    }

    fn check_open(&self) -> Result<(), Closing> {
        if self.sending.is_over() {
            Err(Closing)
        } else {
            Ok(())
        }
    }

    /// 5.4: the fragments of a message are not interleaved with another message.
    fn check_between_messages(&self) -> Result<(), Closing> {
        debug_assert!(
            !self.sends_fragments(),
            "the message that is sent in fragments has no end yet"
        );
        self.check_open()
    }

    fn send_control(
        &mut self,
        opcode: OpCode,
        payload: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<(), ControlError> {
        self.check_open()?;
        if payload.len() > 125 {
            return Err(ControlError::TooLong(payload.len()));
        }
        self.write_frame(opcode, payload, output);
        Ok(())
    }

    /// The only place where a Close frame is written.
    pub(super) fn write_close(&mut self, begun_by: Side, close: SentClose, output: &mut Vec<u8>) {
        let mut space = [0; 125];
        let body = write_body(close.code().close_code(), close.reason(), &mut space);
        self.write_frame(OpCode::Close, body, output);
        self.stop_sending();
        let ending = self.ending();
        ending.sent = Some(close);
        ending.begun_by = Some(begun_by);
    }

    /// RFC 7692, 6.1: the sender decides for each message whether to compress it.
    fn write_message(&mut self, opcode: OpCode, payload: &[u8], output: &mut Vec<u8>) {
        if self.compresses(payload.len()) {
            let mask = self.next_mask();
            if let Some(deflate) = &mut self.deflate
                && deflate.write_frame(opcode, payload, mask, output)
            {
                return;
            }
        }
        self.write_frame(opcode, payload, output);
    }

    pub(super) fn write_frame(&mut self, opcode: OpCode, payload: &[u8], output: &mut Vec<u8>) {
        let mask = self.next_mask();
        output.reserve(FrameHeader::MAX_BYTES + payload.len());
        FrameHeader {
            fin: true,
            rsv1: false,
            opcode,
            mask,
            length: payload.len() as u64,
        }
        .write(output);
        match mask {
            None => output.extend_from_slice(payload),
            Some(key) => mask::copy_unmasked(key, 0, payload, output),
        }
    }

    /// The next masking key, from a xorshift generator.
    pub(super) fn next_mask(&mut self) -> Option<[u8; 4]> {
        let mut state = self.masking?.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.masking = Some(NonZeroU64::new(state).unwrap_or(NonZeroU64::MIN));
        let [_, _, a, b, c, d, _, _] = state.to_be_bytes();
        Some([a, b, c, d])
    }
}
