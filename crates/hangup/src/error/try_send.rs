//! Why a message was not taken at once.

use std::fmt;

use hangup_protocol::{Close, CloseCode};

use super::Disconnect;

/// Why [`Sender::try_send`](crate::Sender::try_send) has not sent.
///
/// An endpoint that passes it on with `?` ends as the variant says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrySendError {
    /// As many bytes are unsent as [`write_buffer`](crate::Settings::write_buffer) allows: closes with 1013
    /// "slow consumer", or with the [`overload_code`](crate::Settings::overload_code) that is set.
    Full,
    /// The peer has left: the endpoint ends, and no error is logged.
    Disconnect(Disconnect),
}

impl TrySendError {
    /// What the error stands for on the wire; nothing where the peer has left.
    pub(crate) fn to_close(&self) -> Option<Close> {
        match self {
            Self::Full => Some(slow_consumer(CloseCode::TRY_AGAIN_LATER)),
            Self::Disconnect(_) => None,
        }
    }
}

/// The peer does not read what is sent to it; `code` is [`Settings::overload_code`](crate::Settings::overload_code).
pub(crate) fn slow_consumer(code: CloseCode) -> Close {
    Close::new(code, "slow consumer")
}

impl From<Disconnect> for TrySendError {
    fn from(disconnect: Disconnect) -> Self {
        Self::Disconnect(disconnect)
    }
}

impl fmt::Display for TrySendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("too many bytes are unsent"),
            Self::Disconnect(disconnect) => disconnect.fmt(f),
        }
    }
}

impl std::error::Error for TrySendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Full => None,
            Self::Disconnect(disconnect) => Some(disconnect),
        }
    }
}
