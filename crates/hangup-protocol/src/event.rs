//! Events: what the peer sent (RFC 6455, 6.2).

use bytes::Bytes;

use crate::close::PeerClose;
use crate::utf8::Utf8Bytes;
use crate::violation::Violation;

/// One event from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole text message.
    Text(Utf8Bytes),
    /// A whole binary message.
    Binary(Bytes),
    /// A ping; the pong that answers it has been written (5.5.2).
    Ping(Bytes),
    /// A pong, asked for or not (5.5.3).
    Pong(Bytes),
    /// The peer's Close frame. It has been echoed, or ours was sent before (5.5.1). Nothing more is read.
    Close(PeerClose),
    /// The peer violated the protocol. Our Close frame has been written, unless one was sent before. Nothing more is
    /// read.
    Violation(Violation),
}
