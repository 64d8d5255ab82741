//! How a connection is to end: the one value in which every error, return and handler meets.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};

/// What goes to the peer at the end.
#[derive(Debug)]
#[doc(hidden)]
pub enum Ending {
    /// A Close frame; before `accept` a refusal with its code and reason.
    Close(Close),
    /// A close that has an HTTP response of its own under `Refusal::Http`.
    Refuse {
        close: Close,
        response: Response,
        /// All validation errors, where the Close frame may have too little space for them.
        message: Option<String>,
    },
    /// An HTTP response under every refusal; after `accept` 1011 stands for it.
    Http(Response),
    /// The peer has left: nothing is owed to it.
    PeerLeft,
}

impl Ending {
    /// 1011 and an empty reason: all that a peer ever learns of an internal error.
    pub(crate) fn internal_error() -> Self {
        Self::Close(Close::from(CloseCode::INTERNAL_ERROR))
    }
}
