//! Errors: the one type that an endpoint returns, and what each kind of error stands for on the wire.
//!
//! An endpoint returns [`Result`]. `?` turns every [`std::error::Error`] into [`Error`],
//! which keeps the concrete type. That type decides the ending: first by the error
//! [`handlers`](crate::handlers) around the endpoint, then by what the type says itself, and at last 1011.
//!
//! ```
//! use hangup::{Handshake, HttpError, Result, error::ReceiveError};
//! use http::StatusCode;
//!
//! async fn parse(handshake: Handshake) -> Result {
//!     if handshake.subprotocols().next().is_some() {
//!         return Err(HttpError::new(StatusCode::NOT_FOUND, "no such protocol").into());   // HTTP 404
//!     }
//!     let mut socket = handshake.accept().await?;
//!     let text = match socket.recv_text().await {
//!         Err(ReceiveError::Disconnect(peer)) if peer.code() == 1001 => return Ok(()),
//!         received => received?,
//!     };
//!     let number: u32 = text.parse()?;                                                    // 1011, and the log
//!     socket.send_text(number.to_string()).await?;
//!     Ok(())
//! }
//! ```
//!
//! | error | when | ending |
//! |---|---|---|
//! | [`Close`](crate::Close) | returned to close with a code and a reason | that code and reason |
//! | a type with [`IntoClose`] | yours | its own code and reason |
//! | [`HttpError`] | returned to refuse with a status | an HTTP response; 1011 after `accept` |
//! | [`ValidationError`](crate::ValidationError) | a parameter is invalid | 1008, or HTTP 422 |
//! | [`Disconnect`] | the peer has closed, or the connection is broken | the connection is closed already |
//! | [`ReceiveError`] | a typed receive failed: [`Disconnect`], the wrong kind, or JSON that does not fit | 1003, 1007, 1008 |
//! | [`JsonError`] | the part of [`ReceiveError`] on JSON | 1007, 1008 |
//! | [`TrySendError`] | a send that does not wait could not send | 1013 where the buffer is full |
//! | [`Panic`] | the endpoint panicked; only handlers see it | 1011 |
//! | any other | | 1011 with an empty reason; the error is logged, never sent |
//!
//! [`Handled`] says which types an error handler may be registered for: every error type, and
//! [`Error`] itself for the catch-all.

mod any;
pub(crate) mod as_error;
mod bail;
mod declared_close;
mod disconnect;
pub(crate) mod ending;
mod error_report;
mod http_error;
pub(crate) mod into_close;
mod json_close;
mod panic;
mod receive;
mod refusal;
pub(crate) mod rejection;
mod send;
pub(crate) mod stands_for;
mod try_send;

pub use crate::params::message::JsonError;
pub(crate) use crate::params::message::from_json;

pub(crate) use self::{
    any::Carried,
    disconnect::Manner,
    ending::Ending,
    into_close::{registered_closes, registered_promotion},
    json_close::json_close,
    panic::{abort_warning, catch_panic, catch_panic_now, watch_panics},
    refusal::{refuse_with_http, refuse_with_status},
    rejection::Promote,
    stands_for::ending_of,
    try_send::slow_consumer,
};
pub use self::{
    any::{Error, Handled, Result},
    as_error::AsError,
    declared_close::DeclaredClose,
    disconnect::Disconnect,
    http_error::HttpError,
    into_close::IntoClose,
    panic::Panic,
    receive::ReceiveError,
    send::SendError,
    try_send::TrySendError,
};
