//! Serving an app: the listener, TLS, and graceful shutdown.
//!
//! [`App::serve`](crate::App::serve) gives a [`Serve`], which runs when it is awaited. Its methods set the bounds of the
//! server, as [`Settings`](crate::Settings) sets those of a connection.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use hangup::{App, Handshake, Result};
//!
//! async fn echo(handshake: Handshake) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     loop {
//!         let message = socket.recv().await?;
//!         socket.send(message).await?;
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     App::new()
//!         .route("/echo", echo)
//!         .serve("127.0.0.1:8000")
//!         .shutdown_timeout(Duration::from_secs(60))
//!         .await
//! }
//! ```
//!
//! | to | use |
//! |---|---|
//! | serve on an address, or on a bound listener | [`App::serve`](crate::App::serve), [`App::serve_on`](crate::App::serve_on) |
//! | serve over TLS, and replace the certificate at run time | `App::serve_tls` and `Tls`, with the feature `tls` |
//! | bound the HTTP side: heads, idle connections, slow readers | [`Serve::handshake_timeout`], [`Serve::keep_alive_timeout`], [`Serve::response_write_timeout`], [`Serve::max_http_connections`] |
//! | shut down at a signal of your own | [`Serve::with_graceful_shutdown`] |
//! | choose how a shutdown proceeds | [`Serve::lame_duck`], [`Serve::shutdown_code`], [`Serve::shutdown_notice`], [`Serve::shutdown_batches`], [`Serve::shutdown_timeout`] |
//! | notice a shutdown in an endpoint | [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown), which gives a [`ServerShutdown`] |
//! | learn how the connections ended | [`Serve::on_shutdown`], which gets a [`Drained`] |
//! | close every connection when `axum::serve` shuts down | [`Drain`](crate::Drain) |
//! | serve plain HTTP on the path of an endpoint | [`WithHttp::http`] |
//! | serve in an axum application | [`route`](crate::route), or [`App::into_router`](crate::App::into_router) with `axum::serve` |
//!
//! # Graceful shutdown
//!
//! SIGTERM, SIGINT or the future of [`Serve::with_graceful_shutdown`] starts it:
//!
//! 1. The listener closes, at once or after [`Serve::lame_duck`]. New handshakes are refused meanwhile.
//! 2. Endpoints that wait for [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown) are notified. All other
//!    connections are closed with 1001, in batches.
//! 3. After [`Serve::shutdown_notice`] the connections of the notified endpoints are closed too.
//! 4. After [`Serve::shutdown_timeout`], or at a second signal, the remaining connections are aborted.
//!
//! The page [`running`](crate::guides::running) has all limits of a service and advice for load balancers.

#[cfg(feature = "tls")]
pub use crate::app::{Tls, TlsError};
pub use crate::{
    app::{DrainService, ListenOn, Serve, Served, WithHttp},
    connections::Drained,
    socket::ServerShutdown,
};
