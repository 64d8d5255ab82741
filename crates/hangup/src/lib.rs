//! A WebSocket framework on axum, hyper and tokio that keeps its promise about endings.

mod app;
mod endpoint;
mod error;
mod handlers;
mod handshake;
mod lifecycle;
pub mod params;
mod scope;
mod settings;
mod socket;
pub mod testing;

pub use hangup_protocol::{
    Close, CloseCode, DisconnectCode, InvalidCloseCode, InvalidUtf8, PeerClose, Reason, Utf8Bytes,
};

pub use self::{
    app::{App, route},
    endpoint::{Description, Endpoint, Handshake, IntoOutcome, Routed},
    error::{Disconnect, Error, Handled, HttpError, IntoClose, JsonError, Panic, ReceiveError, Result},
    handlers::{ErrorHandlers, Failure, IntoEnding, Phase},
    params::EndpointContext,
    scope::Scoped,
    settings::{Refusal, Settings},
    socket::{Closed, Message, Receiver, Sender, WebSocket},
};

/// What the macros expand to names these; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    pub use crate::error::{CloseRule, Ending, Promote};
}
