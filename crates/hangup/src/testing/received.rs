//! `Received`: what a test client receives.

use std::fmt;

use bytes::Bytes;
use hangup_protocol::PeerClose;

use crate::socket::Message;

/// What the server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A ping; it has been answered.
    Ping(Bytes),
    /// A pong.
    Pong(Bytes),
    /// The Close frame; it has been answered.
    Close(PeerClose),
    /// The end of the stream. Without a Close frame before it is what clients call 1006.
    End,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(Message::Text(text)) => write!(f, "text {:?}", &**text),
            Self::Message(Message::Binary(bytes)) => write!(f, "{} binary bytes", bytes.len()),
            Self::Ping(_) => f.write_str("a ping"),
            Self::Pong(_) => f.write_str("a pong"),
            Self::Close(close) => write!(f, "close {} {:?}", close.code(), &**close.reason()),
            Self::End => f.write_str("the end of the stream"),
        }
    }
}
