//! `Serve`: the settings of a server, and its run from the listener to the end of the shutdown.

use std::{
    fmt,
    future::{Future, IntoFuture},
    io,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use hangup_protocol::CloseCode;
#[cfg(feature = "tls")]
use tokio::net::ToSocketAddrs;
use tokio::{net::TcpListener, sync::watch};

#[cfg(feature = "tls")]
use super::Tls;
use super::{
    App, Served,
    accept::Accepting,
    listener::{Bound, ListenOn},
    shutdown::{Batches, Shutdown},
    signals::Trigger,
    stage::Stage,
};
use crate::{
    connections::{Connections, Drained},
    error::abort_warning,
    handshake::HttpLimits,
    logged,
    settings::{ConnectionLimit, FAR},
};

type Listening<'a> = Pin<Box<dyn Future<Output = io::Result<Bound>> + Send + 'a>>;

impl App {
    /// Serves the app on an address or on a listener, until SIGTERM or SIGINT.
    ///
    /// It takes what tokio resolves to an address, and whatever `axum::serve` takes: a `TcpListener`, a `UnixListener`, a
    /// type of one's own with axum's [`Listener`](axum::serve::Listener).
    ///
    /// ```no_run
    /// # async fn run(app: hangup::App) -> std::io::Result<()> {
    /// let socket = tokio::net::UnixListener::bind("/run/app/http.sock")?;
    /// app.serve(socket).await
    /// # }
    /// ```
    ///
    /// Where a connection has no IP address, as over a Unix socket, the limits of each peer
    /// ([`Settings::max_connections_per_peer`](crate::Settings::max_connections_per_peer),
    /// [`max_http_connections_per_peer`](Serve::max_http_connections_per_peer)) do not count it, those in total do; the
    /// log has no `client`, and there is no `ConnectInfo`. Behind a proxy that is named with
    /// [`TrustedProxies::unaddressed`](crate::origin::TrustedProxies::unaddressed) the address that it forwards takes its place.
    ///
    /// A signal starts the graceful shutdown. The server accepts no more connections, and refuses new handshakes with
    /// HTTP 503. It notifies endpoints that wait for [`server_shutdown`](crate::WebSocket::server_shutdown). It closes
    /// every open connection with 1001 (RFC 6455, section 7.4.1: going away) in [batches](Serve::shutdown_batches), and
    /// waits for the closing handshakes for at most [`shutdown_timeout`](Serve::shutdown_timeout). What is left then, or
    /// at a second signal, is aborted. An event says how many connections ended in which way.
    ///
    /// A listening socket that the process inherits is used in place of the address: from systemd (socket activation),
    /// or from [systemfd](https://docs.rs/crate/systemfd), which keeps the port open while the program is rebuilt and
    /// restarted, as `uvicorn --reload` does:
    ///
    /// ```text
    /// systemfd --no-pid -s http::8000 -- cargo watch -x run
    /// systemfd --no-pid -s http::8000 -- watchexec -r -e rs -- cargo run
    /// ```
    ///
    /// If there are several sockets, each call uses the next.
    ///
    /// One event of the level INFO has the address and the routes.
    ///
    /// Each request has the address of its peer as the extension
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo), where that is one of IP.
    pub fn serve<'a, Kind: 'a>(self, on: impl ListenOn<Kind> + Send + 'a) -> Serve<'a> {
        Serve::new(self, Box::pin(on.listen()))
    }

    /// Serves the app on a listener that is bound already. See [`serve`](Self::serve).
    pub fn serve_on<'a>(self, listener: TcpListener) -> Serve<'a> {
        Serve::new(self, Box::pin(std::future::ready(Ok(Bound::tcp(listener)))))
    }
}

#[cfg(feature = "tls")]
impl App {
    /// Serves the app over TLS on an address: `wss://` and `https://`, and nothing else. Otherwise it is the same as
    /// [`serve`](Self::serve). See also [`Tls`].
    ///
    /// The TLS handshake may take [`handshake_timeout`](Serve::handshake_timeout), and delays no other connection. A
    /// failed one is a debug event. After the closing handshake of a WebSocket the server sends `close_notify`, so that
    /// the client knows that no data is missing.
    ///
    /// ```no_run
    /// use hangup::{App, Handshake, Result, serve::Tls};
    ///
    /// async fn greet(handshake: Handshake) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     Ok(socket.send_text("hello").await?)
    /// }
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let tls = Tls::from_pem_files("chain.pem", "key.pem")?;
    ///     App::new().route("/ws", greet).serve_tls("0.0.0.0:8443", tls).await
    /// }
    /// ```
    pub fn serve_tls<'a>(self, address: impl ToSocketAddrs + Send + 'a, tls: Tls) -> Serve<'a> {
        self.serve(address).over(tls)
    }

    /// Serves the app over TLS on a listener that is bound already. See [`serve_tls`](Self::serve_tls).
    pub fn serve_tls_on<'a>(self, listener: TcpListener, tls: Tls) -> Serve<'a> {
        self.serve_on(listener).over(tls)
    }
}

/// A server that runs when it is awaited.
///
/// # Errors
///
/// Awaiting it fails if the address cannot be bound, if `LISTEN_FDS` names a descriptor that is not a listening TCP
/// socket, or if the signal handlers cannot be installed.
///
/// # Cancel safety
///
/// Dropping the future closes the listener. Open connections continue.
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<'a> {
    app: App,
    listening: Listening<'a>,
    trigger: Trigger<'a>,
    limits: HttpLimits,
    http_connections: Option<usize>,
    http_connections_per_peer: Option<usize>,
    shutdown: Shutdown,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl<'a> Serve<'a> {
    fn new(app: App, listening: Listening<'a>) -> Self {
        let limits = HttpLimits {
            max_head_size: app.max_head_size(),
            ..HttpLimits::default()
        };
        Self {
            app,
            listening,
            trigger: Trigger::Signals,
            limits,
            http_connections: None,
            http_connections_per_peer: None,
            shutdown: Shutdown::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    #[cfg(feature = "tls")]
    fn over(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Starts the graceful shutdown when this future is ready, in place of SIGTERM and SIGINT.
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'a) -> Self {
        self.trigger = Trigger::Future(Box::pin(signal));
        self
    }

    /// How long the head of a request may take. After that the connection is closed. Default: 10 s.
    ///
    /// The time starts with the first byte of the head, and for the first request with the connection. A TLS handshake
    /// has this much time of its own.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head_timeout = timeout.min(FAR);
        self
    }

    /// How long an HTTP connection may wait for its next request. After that it is closed. Default: 75 s.
    ///
    /// A load balancer that keeps connections should close them earlier. Otherwise it may send a request at the moment
    /// of the close, and answer its client with 502. Common ones wait 60 s.
    #[doc(alias = "timeout_keep_alive")]
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.limits.keep_alive_timeout = timeout.min(FAR);
        self
    }

    /// How long the write of an HTTP response may make no progress. After that the connection is dropped. Default: 30 s.
    ///
    /// The answer to a handshake is such a response. For messages see
    /// [`Settings::write_timeout`](crate::Settings::write_timeout).
    pub fn response_write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response_write_timeout = timeout.min(FAR);
        self
    }

    /// How many HTTP connections may be open at once. One more is answered with 503 and closed. Default: the app's own
    /// `max_connections`, if it is set; otherwise no limit.
    ///
    /// A connection counts until it becomes a WebSocket. So HTTP cannot use up the descriptors for WebSockets, which
    /// [`Settings::max_connections`](crate::Settings::max_connections) counts.
    pub fn max_http_connections(mut self, connections: usize) -> Self {
        self.http_connections = Some(connections);
        self
    }

    /// How many HTTP connections of one peer may be open at once, counted as with
    /// [`max_http_connections`](Self::max_http_connections). Default: the app's own
    /// [`max_connections_per_peer`](crate::Settings::max_connections_per_peer), if it is set; otherwise no limit.
    ///
    /// A peer is an IPv4 address, or an IPv6 network of 64 bits. The app's own
    /// [`trusted_proxies`](crate::Settings::trusted_proxies) are not counted.
    pub fn max_http_connections_per_peer(mut self, connections: usize) -> Self {
        self.http_connections_per_peer = Some(connections);
        self
    }

    /// How long the server accepts connections after the start of a shutdown. Default: none; the listener and the
    /// connections without a request are closed at the start.
    ///
    /// It is for load balancers that send new clients until they notice the shutdown. Meanwhile handshakes are refused
    /// with 1012, or with HTTP 503 if the [`Refusal`](crate::Refusal) says so. Other requests are answered as before.
    /// Connections that were open at the start are closed as without this setting. A shutdown takes at most this time
    /// plus [`shutdown_timeout`](Self::shutdown_timeout).
    pub fn lame_duck(mut self, time: Duration) -> Self {
        self.shutdown.lame_duck = time.min(FAR);
        self
    }

    /// How long a shutdown waits for the closing handshakes. After that the remaining connections are aborted: their
    /// endpoints are dropped, which may take one more second, and their streams are closed. Default: 30 s.
    #[doc(alias = "timeout_graceful_shutdown")]
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown.options.timeout = timeout;
        self
    }

    /// The close code of a shutdown. Default: [`CloseCode::GOING_AWAY`].
    pub fn shutdown_code(mut self, code: CloseCode) -> Self {
        self.shutdown.options.code = code;
        self
    }

    /// How long endpoints that have called [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown) may run
    /// after the start of a shutdown before their connections are closed; at most half of
    /// [`shutdown_timeout`](Self::shutdown_timeout). The connections of other endpoints are closed at once. Default: 5 s.
    pub fn shutdown_notice(mut self, notice: Duration) -> Self {
        self.shutdown.options.notice = notice;
        self
    }

    /// How many connections a shutdown closes at once, and the time until the next batch, so that clients do not all
    /// reconnect at the same moment. The time is shortened so that all batches fit into half of
    /// [`shutdown_timeout`](Self::shutdown_timeout). Default: 1,000, and 200 ms.
    pub fn shutdown_batches(mut self, size: usize, interval: Duration) -> Self {
        self.shutdown.options.batches = Batches { size, interval };
        self
    }

    /// Calls a function at the end of a shutdown, with the number of connections that ended in each way. An event of the
    /// level INFO has the same numbers.
    pub fn on_shutdown(mut self, report: impl FnOnce(Drained) + Send + 'static) -> Self {
        self.shutdown.report = Some(Box::new(report));
        self
    }

    async fn run(self) -> io::Result<()> {
        let listener = self.listening.await?;
        let mut signals = self.trigger.listen()?;
        #[cfg(feature = "tls")]
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        tracing::info!(
            scheme = %logged::text(scheme),
            address = %logged::text(listener.address()?),
            routes = Some(self.app.paths().join(" "))
                .filter(|routes| !routes.is_empty())
                .map(|routes| tracing::field::display(logged::chain(routes))),
            "server started"
        );
        if let Some(warning) = abort_warning(cfg!(panic = "abort")) {
            tracing::warn!("{}", warning);
        }
        let connections = Arc::<Connections>::default();
        let [in_total, per_peer] = [
            self.http_connections
                .or(self.app.max_connections())
                .map(ConnectionLimit::in_total),
            self.http_connections_per_peer
                .or(self.app.max_connections_per_peer())
                .map(ConnectionLimit::per_peer),
        ];
        let proxies = self.app.trusted_proxies();
        let served = Served::from(self.app).with_connections(Arc::clone(&connections));
        #[cfg(feature = "tls")]
        let served = match self.tls {
            Some(_) => served.over_tls(),
            None => served,
        };
        // Every HTTP connection holds a receiver, so the server knows when the last one has ended.
        let (http, stage) = watch::channel(Stage::Serving);
        let mut accepting = Accepting {
            listener,
            served,
            limits: self.limits,
            stage,
            in_total,
            per_peer,
            proxies,
            #[cfg(feature = "tls")]
            tls: self.tls,
        };
        tokio::select! {
            never = accepting.run() => match never {},
            () = signals.first() => {}
        }
        self.shutdown
            .run(connections, accepting, http, signals.second())
            .await;
        Ok(())
    }
}

impl<'a> IntoFuture for Serve<'a> {
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Serve<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}
