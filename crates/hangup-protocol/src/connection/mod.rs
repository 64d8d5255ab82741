//! The state machine of one connection: what may be read and written next (RFC 6455, 5, 6 and 7).

mod pieces;
mod receive;
mod send;

#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroU64;

pub use send::ControlError;

use crate::assembler::Assembler;
use crate::close::{PeerClose, SentClose};
use crate::deflate::Deflate;
#[cfg(feature = "deflate")]
use crate::deflate::DeflateAgreement;
use crate::frame::{FrameHeader, OpCode};
use crate::violation::Violation;

/// Which side of the connection this is (RFC 6455, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It reads masked frames, and sends unmasked ones.
    Server,
    /// It masks its frames. For tests only: the keys come from a small generator, not from a strong source of entropy,
    /// which RFC 6455, 5.3 requires of a client.
    Client {
        /// Where the generator starts.
        mask_seed: u64,
    },
}

/// The side that did something first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// This side.
    Local,
    /// The other side.
    Peer,
}

/// Nothing was written: a Close frame has been sent or received, or the peer's stream has ended.
///
/// RFC 6455, 5.5.1: after a Close frame an endpoint sends nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing;

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closing or closed")
    }
}

impl std::error::Error for Closing {}

/// The protocol of one connection after the opening handshake, without I/O.
///
/// It buffers only incomplete input: a header, the body of a control frame, a message. It writes at most one Close frame,
/// which is valid, and nothing after it.
#[derive(Debug)]
pub struct Connection {
    /// The state of the generator of masking keys; a server has none.
    masking: Option<NonZeroU64>,
    /// In bytes, over all fragments.
    max_message_size: usize,
    reading: Reading,
    /// The message that arrives; `None` between messages and while they are discarded.
    message: Option<Assembler>,
    /// The body of a control frame that has arrived in part, masked.
    control: Option<Box<ControlBody>>,
    ending: Option<Box<Ending>>,
    /// Also `None` once nothing may be sent: later input is skipped.
    deflate: Option<Box<Deflate>>,
    /// Whether the peer may compress its messages.
    may_be_compressed: bool,
    /// Whether the message that arrives is compressed (RFC 7692, 6).
    compressed: bool,
    /// Whether the next data frame must be a continuation (5.4).
    fragmented: bool,
    /// How many fragments of the current message are empty.
    empty_fragments: u32,
    sending: Sending,
}

/// What may be sent next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    Open,
    /// A message in fragments has begun: its next fragment, or a control frame.
    Fragments,
    /// Nothing.
    Over,
}

impl Sending {
    const fn is_over(self) -> bool {
        matches!(self, Self::Over)
    }
}

/// What is read next.
#[derive(Debug)]
enum Reading {
    /// A header, of which `length` bytes have arrived.
    Header {
        bytes: [u8; FrameHeader::MAX_BYTES],
        length: u8,
    },
    /// The payload of this frame.
    Payload(Frame),
    /// Nothing: a Close frame, a violation or the end of the stream has been read.
    Over,
}

/// A frame whose payload is read.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// How many bytes have not arrived.
    remaining: u64,
    /// The masking key, turned so that it fits the next byte; all zero if there is none.
    key: [u8; 4],
    opcode: OpCode,
    fin: bool,
}

/// The body of a control frame, as much of it as has arrived (5.5).
#[derive(Clone, Debug)]
struct ControlBody {
    bytes: [u8; 125],
    length: u8,
}

impl ControlBody {
    const fn new() -> Self {
        Self {
            bytes: [0; 125],
            length: 0,
        }
    }

    /// Appends a piece, as much of it as fits.
    fn push(&mut self, piece: &[u8]) {
        let free = &mut self.bytes[usize::from(self.length)..];
        for (to, from) in free.iter_mut().zip(piece) {
            *to = *from;
            self.length += 1;
        }
    }

    fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..usize::from(self.length)]
    }
}

/// How the connection ends.
#[derive(Debug, Default)]
struct Ending {
    sent: Option<SentClose>,
    received: Option<PeerClose>,
    violation: Option<Violation>,
    begun_by: Option<Side>,
}

impl Reading {
    const fn next_header() -> Self {
        Self::Header {
            bytes: [0; FrameHeader::MAX_BYTES],
            length: 0,
        }
    }
}

impl Connection {
    /// A connection whose opening handshake is over. A message of more than `max_message_size` bytes, over all
    /// its fragments, is refused with 1009.
    pub fn new(role: Role, max_message_size: usize) -> Self {
        let masking = match role {
            Role::Server => None,
            Role::Client { mask_seed } => Some(NonZeroU64::new(mask_seed).unwrap_or(NonZeroU64::MIN)),
        };
        Self {
            masking,
            max_message_size,
            reading: Reading::next_header(),
            message: None,
            control: None,
            ending: None,
            deflate: None,
            may_be_compressed: false,
            compressed: false,
            fragmented: false,
            empty_fragments: 0,
            sending: Sending::Open,
        }
    }

    /// The connection with messages compressed as was agreed in the opening handshake (RFC 7692, 6).
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, agreement: &DeflateAgreement) -> Self {
        self.agree_on_deflate(agreement);
        self
    }

    /// Compresses messages as was agreed in the opening handshake (RFC 7692, 6): to be called before anything is sent
    /// or received.
    ///
    /// Its memory is freed as soon as nothing may be sent: after a Close frame was sent or received, after a violation, or
    /// at the end of the peer's stream.
    #[cfg(feature = "deflate")]
    pub fn agree_on_deflate(&mut self, agreement: &DeflateAgreement) {
        self.deflate = Some(Box::new(Deflate::new(agreement, self.masking.is_none())));
        self.may_be_compressed = true;
    }

    /// Whether [`send_text`](Self::send_text) and [`send_binary`](Self::send_binary) compress a message of this
    /// length, in bytes; [`send_header`](Self::send_header) never does.
    pub fn compresses(&self, length: usize) -> bool {
        self.deflate
            .as_ref()
            .is_some_and(|deflate| deflate.compresses(length))
    }

    /// Whether the messages that are sent are compressed with one context, which each of them changes (RFC 7692, 7.1.1.1):
    /// no two connections then have the same bytes for a message.
    pub fn sends_with_takeover(&self) -> bool {
        self.deflate
            .as_ref()
            .is_some_and(|deflate| deflate.sends_with_takeover())
    }

    /// Records the end of the peer's stream: nothing more is read or written.
    ///
    /// An end without a Close frame is [`DisconnectCode::ABNORMAL`](crate::DisconnectCode::ABNORMAL) (7.1.5).
    pub fn receive_eof(&mut self) {
        self.stop_reading();
        self.stop_sending();
    }

    /// Ends reading and writing, and frees their memory, such as compression contexts. The information about the end
    /// remains.
    pub fn release(&mut self) {
        self.receive_eof();
        self.deflate = None;
    }

    /// Whether data and a Close frame may be sent: no Close frame has been sent or received, and the peer's stream
    /// has not ended.
    pub const fn can_send(&self) -> bool {
        !self.sending.is_over()
    }

    /// The content of our Close frame, if one was sent.
    pub fn close_sent(&self) -> Option<&SentClose> {
        self.ending.as_ref()?.sent.as_ref()
    }

    /// The content of the peer's Close frame, if one was received, also if it was a violation.
    pub fn close_received(&self) -> Option<&PeerClose> {
        self.ending.as_ref()?.received.as_ref()
    }

    /// The side that sent the first Close frame; [`Side::Local`] if ours answers a violation.
    pub fn close_begun_by(&self) -> Option<Side> {
        self.ending.as_ref()?.begun_by
    }

    /// The violation by the peer, if any.
    pub fn violation(&self) -> Option<&Violation> {
        self.ending.as_ref()?.violation.as_ref()
    }

    /// Whether both Close frames have been exchanged (7.1.4). A server then closes the transport first (7.1.1).
    pub fn is_closed(&self) -> bool {
        self.ending
            .as_ref()
            .is_some_and(|ending| ending.sent.is_some() && ending.received.is_some())
    }

    /// Whether nothing more is read: after the peer's Close frame, a violation or the end of the stream.
    pub const fn reading_is_over(&self) -> bool {
        matches!(self.reading, Reading::Over)
    }

    fn ending(&mut self) -> &mut Ending {
        self.ending.get_or_insert_default()
    }

    /// Ends sending. Later input is skipped, so it is not inflated either.
    fn stop_sending(&mut self) {
        self.sending = Sending::Over;
        self.message = None;
        self.deflate = None;
    }

    /// Drops incomplete input, and ends reading.
    fn stop_reading(&mut self) {
        self.reading = Reading::Over;
        self.message = None;
        self.control = None;
    }
}
