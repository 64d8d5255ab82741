//! Serving: the accept loop, one HTTP connection a task, and the end of it all.

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
    draining::{Batches, ServerDrain},
    listener::{Bound, ListenOn},
    signals::Stop,
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
    /// [`TrustedProxies::unaddressed`](crate::TrustedProxies::unaddressed) the address that it forwards takes its place.
    ///
    /// Then no connection is accepted any more, new handshakes are refused with HTTP 503, endpoints that wait for
    /// [`draining`](crate::WebSocket::draining) are told, every open connection is closed with 1001 (RFC 6455,
    /// section 7.4.1: going away) in [batches](Serve::drain_batches), and the server waits for their closing
    /// handshakes for at most [`drain_timeout`](Serve::drain_timeout). What is left then, or at a second signal, is
    /// given up. An event says how many connections ended which way.
    ///
    /// A listening socket that the process was handed is used in place of an address: from systemd (socket
    /// activation), or from [systemfd](https://docs.rs/crate/systemfd), which keeps the port open while the program
    /// is built and started anew, as `uvicorn --reload` does:
    ///
    /// ```text
    /// systemfd --no-pid -s http::8000 -- cargo watch -x run
    /// systemfd --no-pid -s http::8000 -- watchexec -r -e rs -- cargo run
    /// ```
    ///
    /// Of several sockets each call takes the next.
    ///
    /// One event of the level INFO says where it listens, and on which routes.
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
    /// Serves the app over TLS on an address: `wss://` and `https://`, and nothing else. See [`serve`](Self::serve),
    /// which this is in all other ways, and [`Tls`].
    ///
    /// The handshake of TLS may take [`handshake_timeout`](Serve::handshake_timeout), and holds up nobody else's; one
    /// that fails is a debug event. Behind the closing handshake of a WebSocket the client is sent a
    /// `close_notify`, so that it knows that nothing was cut off.
    ///
    /// ```no_run
    /// use hangup::{App, Handshake, Result, Tls};
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
/// Awaiting it fails if the address cannot be bound, if what `LISTEN_FDS` hands over is no listening TCP socket, or if
/// the signals of the process cannot be listened to.
///
/// # Cancel safety
///
/// Dropping the future closes the listener; open connections go on.
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<'a> {
    app: App,
    listening: Listening<'a>,
    stop: Stop<'a>,
    limits: HttpLimits,
    http_connections: Option<usize>,
    http_connections_per_peer: Option<usize>,
    drain: ServerDrain,
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
            stop: Stop::Signals,
            limits,
            http_connections: None,
            http_connections_per_peer: None,
            drain: ServerDrain::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    #[cfg(feature = "tls")]
    fn over(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Stops the server when this future is ready, in place of SIGTERM and SIGINT.
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'a) -> Self {
        self.stop = Stop::Future(Box::pin(signal));
        self
    }

    /// How long the head of a request may take from its first byte on, and that of the first request from the start
    /// of the connection on; then the connection is closed. The handshake of TLS has as much time of its own.
    /// Default: 10 s.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head_timeout = timeout.min(FAR);
        self
    }

    /// How long an HTTP connection may be without a request after the first; then it is closed. A load balancer
    /// that keeps connections to the server should close them before: one that sends a request at that moment
    /// answers its client with 502. Default: 75 s, as the common ones wait 60 s.
    #[doc(alias = "timeout_keep_alive")]
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.limits.keep_alive_timeout = timeout.min(FAR);
        self
    }

    /// How long a peer may take nothing of an HTTP response, the answer to its handshake among them; then the connection
    /// is dropped. For messages it is [`Settings::write_timeout`](crate::Settings::write_timeout). Default: 30 s.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.write_timeout = timeout.min(FAR);
        self
    }

    /// How many HTTP connections may be open at once: those that are no WebSocket, or not yet. One more is answered
    /// with 503 and closed when it is accepted, so that they leave descriptors for the WebSockets, which
    /// [`Settings::max_connections`](crate::Settings::max_connections) counts. Default: as many as the app's own
    /// `max_connections`, where it is set; else no limit.
    pub fn max_http_connections(mut self, connections: usize) -> Self {
        self.http_connections = Some(connections);
        self
    }

    /// How many HTTP connections of one peer may be open at once, counted as with
    /// [`max_http_connections`](Self::max_http_connections). A peer is an IPv4 address, or a network of 64 bits of
    /// IPv6 addresses; the app's own [`trusted_proxies`](crate::Settings::trusted_proxies) are not counted. Default:
    /// as many as the app's own [`max_connections_per_peer`](crate::Settings::max_connections_per_peer), where it is
    /// set; else no limit.
    pub fn max_http_connections_per_peer(mut self, connections: usize) -> Self {
        self.http_connections_per_peer = Some(connections);
        self
    }

    /// How long a stopping server goes on to accept connections, for load balancers that send it new clients until
    /// they have noticed that it stops. Handshakes are refused with 1012 meanwhile, or with HTTP 503 where the
    /// [`Refusal`](crate::Refusal) says so; other requests are answered as before. Connections that are open when
    /// the server is told to stop are closed at once, as without it. All in all a server ends at the latest this
    /// time and [`drain_timeout`](Self::drain_timeout) after the signal. Default: none; the listener is closed at
    /// the signal, and connections without a request with it.
    pub fn lame_duck(mut self, time: Duration) -> Self {
        self.drain.lame_duck = time.min(FAR);
        self
    }

    /// How long a stopping server waits for the closing handshakes; what has not ended then is given up: endpoints
    /// are dropped, which may take a second more, and streams closed as they are. Default: 30 s.
    #[doc(alias = "timeout_graceful_shutdown")]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain.options.timeout = timeout;
        self
    }

    /// With which code a stopping server closes. Default: [`CloseCode::GOING_AWAY`].
    pub fn drain_code(mut self, code: CloseCode) -> Self {
        self.drain.options.code = code;
        self
    }

    /// How long endpoints that wait for [`WebSocket::draining`](crate::WebSocket::draining) have to end by
    /// themselves: those that have asked for it once, and no longer than half of
    /// [`drain_timeout`](Self::drain_timeout). The others are not waited for. Default: 5 s.
    pub fn drain_notice(mut self, notice: Duration) -> Self {
        self.drain.options.notice = notice;
        self
    }

    /// How many connections a stopping server closes at once, and after what time the next, so that not all clients
    /// connect again in one moment. Where that would take more than half of
    /// [`drain_timeout`](Self::drain_timeout), the time between batches is shorter. Default: 1,000, and 200 ms.
    pub fn drain_batches(mut self, size: usize, interval: Duration) -> Self {
        self.drain.options.batches = Batches { size, interval };
        self
    }

    /// Says, when the server has stopped, how many of its connections ended which way. An event of the level INFO
    /// says it in any case.
    pub fn on_drained(mut self, report: impl FnOnce(Drained) + Send + 'static) -> Self {
        self.drain.report = Some(Box::new(report));
        self
    }

    async fn run(self) -> io::Result<()> {
        let listener = self.listening.await?;
        let mut stop = self.stop.listen()?;
        #[cfg(feature = "tls")]
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        tracing::info!(
            scheme = %logged::text(scheme),
            address = %logged::text(listener.address()?),
            routes = %logged::chain(self.app.paths().join(" ")),
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
        // Every HTTP connection holds a receiver, so that the server knows when the last has ended.
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
            () = stop.stop() => {}
        }
        self.drain.run(connections, accepting, http, stop.hurry()).await;
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
