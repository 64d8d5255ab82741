//! Why a value was not sent.

use std::fmt;

use super::{Disconnect, TrySendError};

/// Why a value was not sent: by [`send_json`](crate::WebSocket::send_json), or as a typed message.
///
/// An endpoint that passes it on with `?` ends as the variant says.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The peer has left: the endpoint ends, and no error is logged.
    Disconnect(Disconnect),
    /// The value cannot be JSON, such as a map whose keys are lists: closes with 1011.
    Json(serde_json::Error),
    /// A send that does not wait could not send: closes with 1013.
    Full,
    /// The encoding has no such value, or a rule of its type is broken: closes with 1011.
    Encoding(Box<dyn std::error::Error + Send + Sync>),
}

impl From<TrySendError> for SendError {
    fn from(error: TrySendError) -> Self {
        match error {
            TrySendError::Full => Self::Full,
            TrySendError::Disconnect(disconnect) => Self::Disconnect(disconnect),
        }
    }
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
            Self::Full => TrySendError::Full.fmt(f),
            Self::Encoding(error) => write!(f, "the value cannot be sent: {error}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disconnect(disconnect) => Some(disconnect),
            Self::Json(error) => Some(error),
            Self::Full => Some(&TrySendError::Full),
            Self::Encoding(error) => Some(&**error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn a_send_that_fails_is_an_error_of_std_and_ends_as_its_variant_says() {
        fn is_std(_: &(dyn std::error::Error + Send + Sync + 'static)) {}
        let full = SendError::from(TrySendError::Full);
        is_std(&full);
        assert!(matches!(full, SendError::Full));
        let close = super::super::stands_for::ending_of(&Error::from(full));
        assert!(
            matches!(close, Some(crate::error::ending::Ending::Close(close)) if close.code() == crate::CloseCode::TRY_AGAIN_LATER)
        );
        let unsendable = Error::from(SendError::Encoding("no such value".into()));
        assert!(
            super::super::stands_for::ending_of(&unsendable).is_none(),
            "1011, by default"
        );
    }
}
