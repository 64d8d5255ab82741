//! A WebSocket framework on axum, hyper and tokio that keeps one promise: every way in which an endpoint can end
//! puts exactly one valid Close frame on the wire, with the code and the reason that the error stands for (or
//! exactly one HTTP response, where the handshake is refused), and finishes the closing handshake within a deadline.
//!
//! ```no_run
//! use hangup::{App, Close, CloseCode, Handshake, Result};
//!
//! async fn echo(handshake: Handshake) -> Result {
//!     let mut socket = handshake.accept().await?;      // the 101 goes out here
//!     loop {
//!         let text = socket.recv_text().await?;        // the client left: the endpoint ends, no error is logged
//!         if text.is_empty() {
//!             return Err(Close::new(CloseCode::POLICY_VIOLATION, "say something").into());
//!         }
//!         socket.send_text(text).await?;
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     App::new().route("/echo", echo).serve("127.0.0.1:8000").await
//! }
//! ```
//!
//! # The map
//!
//! | to | use |
//! |---|---|
//! | answer a handshake | [`Handshake::accept`], [`Handshake::deny`] |
//! | talk | [`WebSocket`], [`Sender`], [`Receiver`], [`Message`] |
//! | end with a code and a reason | [`Close`], [`CloseCode`], [`Reason`], [`IntoClose`] |
//! | end with an HTTP response | [`HttpError`], [`Handshake::deny`] |
//! | see how the peer left | [`Disconnect`], [`DisconnectCode`], [`ReceiveError`] |
//! | handle errors by type | [`ErrorHandlers`], [`App::error_handler`], [`Failure`] |
//! | choose how a refusal looks, and every bound | [`Refusal`], [`Settings`] |
//! | run a service: limits, keep-alive, slow consumers, stopping | the page [`running`] |
//! | know that the server stops, see the round-trip time | [`WebSocket::draining`], [`WebSocket::round_trip_time`] |
//! | compress messages | [`Settings::deflate`], [`DeflateConfig`] |
//! | say which pages may connect, and which proxies are believed | [`Origins`], [`TrustedProxies`] |
//! | serve | [`App`], or [`route`] in an [`axum::Router`] |
//! | serve over TLS, and replace the certificate meanwhile | `App::serve_tls` and `Tls`, behind the feature `tls` |
//! | show the endpoints on a page, with a console to try them and a client for TypeScript | `App::docs` and `Docs`, behind the feature `docs` |
//! | count what happens | the feature `metrics` and its module, with the names of all metrics |
//! | test | [`testing::TestClient`] |
//!
//! # How a connection ends
//!
//! | what happens | on the wire |
//! |---|---|
//! | [`Close`] as the error | Close with its code and reason; before accept a refusal with them |
//! | an error with a handler (its own type, else the first of its `source()` chain that has one) | what the handler returns |
//! | a type with [`IntoClose`] | its own code and reason |
//! | [`HttpError`] before accept | an HTTP response: status, headers, JSON `{"detail": ..}` |
//! | [`HttpError`] after accept | 1011 |
//! | any other error, a panic, a handler that fails | 1011 and an empty reason; the error is in the log alone (a panic ends the process where the program is built with `panic = "abort"`; the server warns of that when it starts) |
//! | the endpoint returns `Ok` after accept | 1000 |
//! | it returns `Ok` without accept | a refusal with 1011, and an error in the log |
//! | the peer closes | its code and reason are echoed; the endpoint sees [`Disconnect`] |
//! | the peer vanishes | the endpoint sees [`Disconnect`] with 1006 |
//! | the peer breaks the protocol | 1002; 1007 for bad UTF-8, 1009 for a message that is too large |
//! | a message of the wrong kind | 1003 |
//! | text that is not JSON for `recv_json` | 1007; JSON of another shape: 1008 with the errors |
//! | the server stops ([`App::serve`]; under `axum::serve` connections end with the runtime) | 1001 |
//! | too many connections ([`Settings::max_connections`]) | a refusal with 1013 |
//! | nothing is heard of the peer ([`Settings::ping_timeout`]) | 1011 "keepalive ping timeout" |
//! | the peer does not read ([`Settings::write_timeout`], [`SlowConsumer::Close`]) | 1013 "slow consumer" |
//! | too many messages in a second ([`Settings::messages_per_second`]) | 1008 |
//! | no message for long, or open for long ([`Settings::idle_timeout`], [`Settings::max_lifetime`]) | 1001 |
//! | the credentials expire ([`WebSocket::expire_at`]) | 3000 "expired" |
//! | a page of another origin, unless [`Origins`] names it | HTTP 403 |
//! | not a WebSocket request on a WebSocket route | HTTP 426; a malformed handshake 400, a wrong version 426 |
//!
//! A **refusal** is a Close frame behind a completed handshake, or an HTTP response: see [`Refusal`].
//!
//! # One event a connection
//!
//! Each connection ends with one `tracing` event of the target `hangup::connection`: `endpoint`, `path`, `client`
//! (its address, where known), `phase`,
//! `status` (of an HTTP refusal), `code_sent`, `reason_sent`, `code_received`, `reason_received`, `initiator`
//! (`local`, `peer` or `none`), `clean`, `dropped` (messages that
//! [`SlowConsumer::DropNewest`] has dropped, where there are any), `duration_ms`, `error` (with its whole chain of sources), `note`
//! (that the peer does not know the close code, or that messages were thrown away which nobody received). Its level is ERROR
//! where nobody had foreseen the error, and INFO otherwise. Control characters in what comes from outside are escaped.
//!
//! # The access log
//!
//! Each answer to a handshake is one event more, of the target `hangup::access` and the level INFO: `WebSocket accepted`
//! or `WebSocket refused`, with `client` (its address, and its port where no trusted proxy stands before it), `path`
//! and, of a refusal, the HTTP `status` or the close `code`. The path is as requested, of at most 512 bytes, and without
//! its query, which often carries tokens.
//!
//! Nothing is printed unless the program has set `tracing` up, for example with `tracing-subscriber`:
//!
//! ```
//! use std::{env, io::{IsTerminal, stdout}};
//!
//! tracing_subscriber::fmt()
//!     .compact()
//!     .with_ansi(stdout().is_terminal() && env::var_os("NO_COLOR").is_none())
//!     .init();
//! ```
//!
//! ```text
//! 2026-01-01T12:00:00.000000Z  INFO hangup::app::serve: server started address=127.0.0.1:8000 routes="/echo"
//! 2026-01-01T12:00:01.000000Z  INFO hangup::access: WebSocket accepted client=127.0.0.1:52345 path=/echo
//! ```
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `decimal` | yes | the parameter type `params::Decimal` |
//! | `regex` | yes | the option `pattern` of text parameters |
//! | `speedate` | yes | dates, times and durations of the crate `speedate` as parameter types |
//! | `uuid` | yes | `uuid::Uuid` as a parameter type |
//! | `chrono`, `jiff`, `time` | no | dates, times and durations of these crates as parameter types |
//! | `docs` | no | `App::docs`: the page of an app, its document and its client for TypeScript |
//! | `email` | no | the parameter type `params::Email` |
//! | `rust_decimal` | no | `rust_decimal::Decimal` as a parameter type |
//! | `url` | no | `url::Url` as a parameter type |
//! | `tls` | no | `App::serve_tls`, by rustls |
//! | `metrics` | no | metrics of connections and messages, through the crate `metrics` |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod connections;
#[cfg(feature = "docs")]
mod docs;
mod endpoint;
mod error;
mod handlers;
mod handshake;
mod lifecycle;
mod logged;
#[cfg(not(feature = "metrics"))]
mod metrics;
#[cfg(feature = "metrics")]
pub mod metrics;
mod origin;
pub mod params;
mod scope;
mod settings;
mod socket;
pub mod testing;

pub use hangup_macros::{IntoClose, Param, Params, websocket};
pub use hangup_protocol::{
    Close, CloseCode, DeflateConfig, DisconnectCode, InvalidCloseCode, InvalidUtf8, PeerClose, Reason,
    Utf8Bytes,
};

#[cfg(feature = "tls")]
pub use self::app::{Tls, TlsError};
#[cfg(feature = "docs")]
#[cfg_attr(docsrs, doc(cfg(feature = "docs")))]
pub use self::docs::Docs;
pub use self::{
    app::{App, Serve, Served, route},
    connections::Drained,
    endpoint::{Declared, Description, Endpoint, Handshake, IntoOutcome, Routed},
    error::{
        Disconnect, Error, Handled, HttpError, IntoClose, JsonError, Panic, ReceiveError, Result,
        TrySendError,
    },
    handlers::{ErrorHandlers, Failure, IntoEnding, Phase},
    origin::{InvalidNetwork, InvalidOrigin, Network, Origin, Origins, TrustedProxies},
    params::{EndpointContext, Param, Params, ValidationError},
    scope::Scoped,
    settings::{DeflateIf, Refusal, Settings, SlowConsumer},
    socket::{Closed, Draining, Message, Receiver, Sender, WebSocket},
};

#[doc = include_str!("../docs/running.md")]
pub mod running {}

#[doc = include_str!("../docs/clients.md")]
pub mod clients {}

#[doc = include_str!("../docs/from_fastapi.md")]
pub mod from_fastapi {}

/// The README's examples are compiled as the tests of this item.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// What the macros expand to names these; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use axum::extract::FromRequestParts;
    pub use http::request::Parts;
    pub use inventory;

    pub use crate::{
        endpoint::Gathering,
        error::{CloseRule, Ending, Promote},
    };
}
