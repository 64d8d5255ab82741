//! Why a receive gave no message of the kind that was asked for.

use std::fmt;

use hangup_protocol::{Close, CloseCode};

use super::{Disconnect, JsonError, json_close};

/// Why `recv_text`, `recv_binary` or `recv_json` gave nothing.
///
/// An endpoint that passes it on with `?` ends as the variant says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The peer has left: the endpoint ends, and no error is logged.
    Disconnect(Disconnect),
    /// The message was of the other kind: closes with 1003 (RFC 6455, section 7.4.1).
    WrongKind {
        /// The kind that was asked for: `text` or `binary`.
        expected: &'static str,
        /// The kind that came.
        received: &'static str,
    },
    /// The text was not JSON (closes with 1007), or not of the shape that was asked for, or of a value that cannot be
    /// had (1008). What it keeps of the message is bounded.
    Json(JsonError),
}

impl ReceiveError {
    /// What the error stands for on the wire; nothing where the peer has left.
    pub(crate) fn to_close(&self) -> Option<Close> {
        match self {
            Self::Disconnect(_) => None,
            Self::WrongKind { expected, .. } => Some(Close::new(
                CloseCode::UNSUPPORTED_DATA,
                format!("expected a {expected} message"),
            )),
            Self::Json(error) => Some(json_close(error)),
        }
    }
}

impl From<Disconnect> for ReceiveError {
    fn from(disconnect: Disconnect) -> Self {
        Self::Disconnect(disconnect)
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnect(disconnect) => disconnect.fmt(f),
            Self::WrongKind { expected, received } => {
                write!(f, "expected a {expected} message, received a {received} one")
            }
            Self::Json(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReceiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disconnect(disconnect) => Some(disconnect),
            Self::WrongKind { .. } => None,
            Self::Json(error) => Some(error),
        }
    }
}
