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
//!         let text = socket.recv_text().await?;        // the client disconnected: the endpoint ends, no error is logged
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
//! The root holds what most programs name. Each module holds the rest of one task, and its page is a guide to it.
//!
//! | to | use | guide |
//! |---|---|---|
//! | declare an endpoint and its parameters | [`websocket`](macro@websocket), [`Handshake`], [`Params`] | [`endpoint`], [`params`] |
//! | give messages types | [`model`](macro@model) | [`models`] |
//! | receive and send | [`WebSocket`], [`Sender`], [`Receiver`], [`Message`] | [`message`] |
//! | close with a code and a reason | [`Close`], [`CloseCode`], [`Reason`], [`IntoClose`](trait@IntoClose) | [`close`] |
//! | refuse a handshake | [`Refusal`], [`HttpError`], [`Handshake::deny`] | [`error`] |
//! | see how the peer disconnected | [`Disconnect`] | [`error`] |
//! | return errors, and handle them by type | [`Error`], [`Result`], [`ValidationError`], [`ErrorHandlers`], [`Failure`] | [`error`], [`handlers`] |
//! | set every bound, for an app or a route | [`Settings`] | [`settings`], [`layer`] |
//! | choose which pages may connect, and which proxies are trusted | [`origin::Origins`], [`origin::TrustedProxies`] | [`origin`] |
//! | reach many connections at once: topics, tags, kicks, in one process or on many nodes | [`Hub`] | [`hub`](mod@hub) |
//! | serve, over TLS too, and shut down | [`App`], or [`route`] and [`Drain`] in an [`axum::Router`] | [`serve`] |
//! | describe the endpoints, their messages and how they end | [`App::asyncapi`] | [`asyncapi`] |
//! | serve a page with a console, and a client for TypeScript | the feature `docs` | the module `docs` |
//! | test in the same process | [`testing::TestClient`] | [`testing`] |
//! | count what happens | the feature `metrics` | the module `metrics` |
//!
//! # Pages
//!
//! - [How a connection ends](close#how-a-connection-ends): every ending, and what is on the wire.
//! - [Running a service](guides::running): limits, slow consumers, shutdown, proxies, what operators see.
//! - [Logging](guides::logging): the event of each connection, and the access log.
//! - [Clients](guides::clients): which close codes and reasons they show.
//! - [From FastAPI](guides::from_fastapi): the same things side by side.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `decimal` | yes | the parameter type `params::Decimal` |
//! | `regex` | yes | the option `pattern` of text parameters |
//! | `speedate` | yes | dates, times and durations of the crate `speedate` as parameter types |
//! | `uuid` | yes | `uuid::Uuid` as a parameter type |
//! | `anyhow`, `eyre` | no | errors of these crates, whose whole chains and contexts are searched for what says how to close |
//! | `chrono`, `jiff`, `time` | no | dates, times and durations of these crates as parameter types |
//! | `docs` | no | `App::docs`: the page of an app, its document and its client for TypeScript |
//! | `email` | no | the parameter type `params::Email` |
//! | `rust_decimal` | no | `rust_decimal::Decimal` as a parameter type |
//! | `url` | no | `url::Url` as a parameter type |
//! | `tls` | no | `App::serve_tls`, by rustls |
//! | `msgpack` | no | typed messages as MessagePack, by the subprotocol `msgpack` |
//! | `metrics` | no | metrics of connections and messages, through the crate `metrics` |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
pub mod asyncapi;
pub mod close;
mod connections;
#[cfg(feature = "docs")]
#[cfg_attr(docsrs, doc(cfg(feature = "docs")))]
pub mod docs;
pub mod endpoint;
pub mod error;
pub mod guides;
pub mod handlers;
mod handshake;
pub mod hub;
pub mod layer;
mod lifecycle;
mod logged;
pub mod message;
#[cfg(not(feature = "metrics"))]
mod metrics;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod models;
pub mod origin;
pub mod params;
mod refuse;
mod scope;
pub mod serve;
pub mod settings;
mod socket;
pub mod testing;

#[doc(hidden)]
pub mod __v1;

pub use hangup_macros::{IntoClose, model, websocket};
pub use hangup_protocol::{Close, CloseCode, Reason};

// At most 26 names: `cargo xtask tidy` has the list.
pub use self::{
    app::{App, Drain, route},
    endpoint::Handshake,
    error::{Disconnect, Error, HttpError, IntoClose, Result},
    handlers::{ErrorHandlers, Failure},
    hub::Hub,
    params::{Params, ValidationError},
    settings::{Refusal, Settings},
    socket::{Message, Receiver, Sender, WebSocket},
};

/// The README's examples are compiled as the tests of this item.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
