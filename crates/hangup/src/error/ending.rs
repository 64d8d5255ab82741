//! How a connection is to end: the one value in which every error, return and handler meets.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};

use super::{
    Disconnect, Error, HttpError, JsonError, ReceiveError, TrySendError, json_close::json_close,
    refusal::refuse_with_errors, registered_close,
};
use crate::params::ValidationError;

/// What goes to the peer at the end.
#[derive(Debug)]
#[doc(hidden)]
pub enum Ending {
    /// A Close frame; before `accept` a refusal with its code and reason.
    Close(Close),
    /// A close that has an HTTP response of its own under `Refusal::Http`.
    Refuse { close: Close, response: Response },
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

    /// How an error ends the connection by what its own type says; `None` where it says nothing.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        if let Some(close) = error.downcast_ref::<Close>() {
            return Some(Self::Close(close.clone()));
        }
        if let Some(error) = error.downcast_ref::<ValidationError>() {
            let close = Close::new(CloseCode::POLICY_VIOLATION, error.to_reason());
            return Some(Self::Refuse {
                response: refuse_with_errors(error),
                close,
            });
        }
        if let Some(error) = error.downcast_ref::<HttpError>() {
            return Some(Self::Http(error.to_response()));
        }
        if let Some(error) = error.downcast_ref::<ReceiveError>() {
            return Some(error.to_close().map_or(Self::PeerLeft, Self::Close));
        }
        if let Some(error) = error.downcast_ref::<TrySendError>() {
            return Some(error.to_close().map_or(Self::PeerLeft, Self::Close));
        }
        if let Some(error) = error.downcast_ref::<JsonError>() {
            return Some(Self::Close(json_close(error)));
        }
        if error.is::<Disconnect>() {
            return Some(Self::PeerLeft);
        }
        error
            .known_close()
            .cloned()
            .or_else(|| registered_close(error))
            .map(Self::Close)
    }
}
