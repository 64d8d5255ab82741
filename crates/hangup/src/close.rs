//! Ending a connection: close codes, reasons, and what each ending puts on the wire.
//!
//! An endpoint ends its connection when it returns. The value that it returns decides the Close frame:
//!
//! ```
//! use hangup::{Close, CloseCode, Handshake, IntoClose, Result};
//!
//! #[derive(Debug, thiserror::Error, IntoClose)]
//! #[error("the board is locked")]
//! #[close(4001)]
//! struct Locked;
//!
//! async fn board(handshake: Handshake) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     match &*socket.recv_text().await? {
//!         "done" => Ok(()),                                                             // 1000
//!         "draw" => Err(Locked.into()),                                                 // 4001 "the board is locked"
//!         _ => Err(Close::new(CloseCode::POLICY_VIOLATION, "unknown command").into()),  // 1008
//!     }
//! }
//! ```
//!
//! | to | use |
//! |---|---|
//! | close with a code and a reason | return [`Close`](crate::Close) as the error |
//! | give an error type a code and a reason | derive [`IntoClose`](crate::IntoClose), or implement it and call [`recognise_close!`] |
//! | close and then do more work | [`WebSocket::close`](crate::WebSocket::close), which waits for the closing handshake |
//! | close from another task | [`Sender::start_close`](crate::Sender::start_close), which does not wait |
//! | close at a time | [`WebSocket::expire_at`](crate::WebSocket::expire_at) |
//! | choose the ending by the type of an error, in one place | [`ErrorHandlers`](crate::ErrorHandlers), see [`handlers`](crate::handlers) |
//! | see how the peer closed | [`Disconnect`](crate::Disconnect), [`DisconnectCode`], [`PeerClose`] |
//!
//! [`CloseCode`](crate::CloseCode) holds only codes that an endpoint may send: 1000 to 1003, 1007 to 1014, 3000 to
//! 4999 (RFC 6455, section 7.4). A code that came from the peer, or that stands for the absence of one (1005, 1006), is
//! a [`DisconnectCode`]. [`Reason`](crate::Reason) is UTF-8 of at most 123 bytes. A longer text is cut at the boundary
//! of a character.
//!
//! # How a connection ends
//!
//! | what happens | on the wire |
//! |---|---|
//! | [`Close`](crate::Close) as the error | Close with its code and reason; before `accept` a refusal with them |
//! | an error with a handler (for its own type, else for the first type of its `source()` chain that has one) | what the handler returns |
//! | a type with [`IntoClose`](crate::IntoClose) | its own code and reason |
//! | [`HttpError`](crate::HttpError) before `accept` | an HTTP response: status, headers, JSON `{"detail": ..}` |
//! | [`HttpError`](crate::HttpError) after `accept` | 1011 |
//! | any other error, a panic, a handler that fails | 1011 and an empty reason; the error is logged, never sent |
//! | the endpoint returns `Ok` after `accept` | 1000 |
//! | it returns `Ok` without `accept` | a refusal with 1011, and an error in the log |
//! | the peer closes | its code and reason are echoed; the endpoint sees [`Disconnect`](crate::Disconnect) |
//! | the connection to the peer breaks | nothing can be sent; the endpoint sees [`Disconnect`](crate::Disconnect) with 1006 |
//! | the peer breaks the protocol | 1002; 1007 for invalid UTF-8, 1009 for a message that is too large |
//! | a message of the wrong kind | 1003 |
//! | text that is not JSON for `recv_json` | 1007; JSON of another shape: 1008 with the errors |
//! | a message that a typed socket cannot read | see [`models`](crate::models#what-an-invalid-message-does) |
//! | the server shuts down ([`App::serve`](crate::App::serve), or `axum::serve` with the layer [`Drain`](crate::Drain)) | 1001, or [`Serve::shutdown_code`](crate::serve::Serve::shutdown_code) |
//! | a kick of the [hub](mod@crate::hub) | the code and the reason of the kick |
//! | too many connections, in total, of an address or of a key ([`Settings::max_connections`](crate::Settings::max_connections)) | a refusal with 1013 |
//! | the endpoint does not accept in time ([`Settings::accept_timeout`](crate::Settings::accept_timeout)) | a refusal with 3008 |
//! | the peer sends nothing, not even a pong ([`Settings::ping_timeout`](crate::Settings::ping_timeout)) | 1011 "keepalive ping timeout" |
//! | the peer does not read ([`Settings::write_timeout`](crate::Settings::write_timeout), [`SlowConsumer::Close`](crate::settings::SlowConsumer::Close)) | 1013 "slow consumer" |
//! | the endpoint receives too late, after messages were discarded ([`Settings::receive_timeout`](crate::Settings::receive_timeout)) | 1008 "messages were not received" |
//! | too many messages in a second ([`Settings::messages_per_second`](crate::Settings::messages_per_second)) | 1008 |
//! | no message for a long time ([`Settings::idle_timeout`](crate::Settings::idle_timeout)) | 1001 |
//! | open for a long time ([`Settings::max_lifetime`](crate::Settings::max_lifetime)) | 1001 |
//! | the credentials expire ([`WebSocket::expire_at`](crate::WebSocket::expire_at)) | 3000 "expired" |
//! | a page of another origin, unless [`Origins`](crate::origin::Origins) allows it; a layer or a path without a route | an HTTP status, 403 for the origin; Close with [`Settings::refusal_without_endpoint`](crate::Settings::refusal_without_endpoint) |
//! | no WebSocket request on a WebSocket route | HTTP 426; a malformed handshake 400, a wrong version 426 |
//!
//! A **refusal** answers a handshake that the endpoint has not accepted. It is a Close frame after a completed
//! handshake, or an HTTP response: see [`Refusal`](crate::Refusal).
//!
//! Two cases cannot keep this table. With `panic = "abort"` a panic ends the process, and no client gets a Close frame;
//! the server logs a warning at its start. Under `axum::serve` without the layer [`Drain`](crate::Drain) connections end with
//! the runtime.

pub use hangup_macros::recognise_close;
pub use hangup_protocol::{DisconnectCode, InvalidCloseCode, PeerClose, Side};

pub use crate::socket::Closed;
