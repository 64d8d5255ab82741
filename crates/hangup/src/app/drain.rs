//! `Drain`: the end of the connections behind a layer, for servers that are not of this crate.

use std::{
    fmt,
    future::{pending, ready},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::Request;
use hangup_protocol::CloseCode;
use tower_layer::Layer;
use tower_service::Service;

use super::shutdown::{Batches, ShutdownOptions};
use crate::connections::{Connections, Drained, Membership};

/// Closes the connections of an axum application when it shuts down: a layer, and one await.
///
/// `axum::serve` waits at its graceful shutdown for HTTP connections alone; those that have become WebSockets end with
/// the runtime, without a Close frame. Behind this layer they are known, and
/// [`shut_down`](Self::shut_down) ends them as [`App::serve`](crate::App::serve) does: endpoints that wait for
/// [`server_shutdown`](crate::WebSocket::server_shutdown) are notified, every connection is closed with 1001 in batches, and their closing
/// handshakes are waited for.
///
/// ```no_run
/// use axum::Router;
/// use hangup::{Drain, Handshake, Result};
///
/// async fn listen(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     loop {
///         socket.recv().await?;
///     }
/// }
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let drain = Drain::new();
///     let router = Router::new().route("/ws", hangup::route(listen)).layer(drain.clone());
///     let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
///     axum::serve(listener, router)
///         .with_graceful_shutdown(async move {
///             let _ = tokio::signal::ctrl_c().await;
///             drain.shut_down().await;
///         })
///         .await
/// }
/// ```
///
/// The server goes on to accept while it is awaited: new handshakes are refused with 1012, or with HTTP 503 under
/// [`Refusal::Http`](crate::Refusal::Http), other requests are answered. Clones are handles to the same connections.
/// A connection may be behind several of them, and under `App::serve`, which then waits for it too.
#[derive(Clone, Default)]
#[doc(alias = "graceful_shutdown")]
#[doc(alias = "with_graceful_shutdown")]
pub struct Drain {
    connections: Arc<Connections>,
    options: ShutdownOptions,
}

impl Drain {
    /// A layer that knows no connection yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long [`shut_down`](Self::shut_down) waits for the closing handshakes; see
    /// [`Serve::shutdown_timeout`](crate::serve::Serve::shutdown_timeout). Default: 30 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// With which code connections are closed. Default: [`CloseCode::GOING_AWAY`].
    #[must_use]
    pub fn code(mut self, code: CloseCode) -> Self {
        self.options.code = code;
        self
    }

    /// How long endpoints that wait for [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown) have to end by themselves;
    /// see [`Serve::shutdown_notice`](crate::serve::Serve::shutdown_notice). Default: 5 s.
    #[must_use]
    pub fn notice(mut self, notice: Duration) -> Self {
        self.options.notice = notice;
        self
    }

    /// How many connections are closed at once, and after what time the next; see
    /// [`Serve::shutdown_batches`](crate::serve::Serve::shutdown_batches). Default: 1,000, and 200 ms.
    #[must_use]
    pub fn batches(mut self, size: usize, interval: Duration) -> Self {
        self.options.batches = Batches { size, interval };
        self
    }

    /// How many connections are open, and handshakes not answered yet.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.count()
    }

    /// Closes every connection, waits until all have ended, and says how. From now on new handshakes are refused. It
    /// ends at the latest one second after [`timeout`](Self::timeout).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the connections that are not closed yet open; new handshakes stay refused.
    ///
    /// # Panics
    ///
    /// Awaited outside of a tokio runtime, whether there are connections or not.
    pub async fn shut_down(&self) -> Drained {
        self.options
            .run(&self.connections, Duration::ZERO, ready(()), pending(), || {})
            .await
    }
}

impl<S> Layer<S> for Drain {
    type Service = DrainService<S>;

    fn layer(&self, inner: S) -> DrainService<S> {
        DrainService {
            inner,
            connections: Arc::clone(&self.connections),
        }
    }
}

impl fmt::Debug for Drain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drain")
            .field("connections", &self.connections())
            .field("options", &self.options)
            .finish()
    }
}

/// A service behind a [`Drain`].
#[derive(Clone, Debug)]
pub struct DrainService<S> {
    inner: S,
    connections: Arc<Connections>,
}

impl<S, B> Service<Request<B>> for DrainService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let outer = request.extensions_mut().remove();
        let membership = Membership::within(&self.connections, outer);
        request.extensions_mut().insert(membership);
        self.inner.call(request)
    }
}
