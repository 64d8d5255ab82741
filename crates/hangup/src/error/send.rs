//! Why a value was not sent as JSON.

use std::fmt;

use super::Disconnect;

/// Why [`send_json`](crate::WebSocket::send_json) has not sent.
///
/// An endpoint that passes it on with `?` ends as the variant says.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The peer has left: the endpoint ends, and no error is logged.
    Disconnect(Disconnect),
    /// The value cannot be JSON, such as a map whose keys are lists: closes with 1011.
    Json(serde_json::Error),
}

impl From<Disconnect> for SendError {
    fn from(disconnect: Disconnect) -> Self {
        Self::Disconnect(disconnect)
    }
}

impl From<serde_json::Error> for SendError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnect(disconnect) => disconnect.fmt(f),
            Self::Json(error) => write!(f, "the value cannot be JSON: {error}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disconnect(disconnect) => Some(disconnect),
            Self::Json(error) => Some(error),
        }
    }
}
