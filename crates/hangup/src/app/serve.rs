//! Serving: the accept loop, one HTTP connection a task, and the end of it all.

use std::{
    fmt,
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use hangup_protocol::CloseCode;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
#[cfg(feature = "tls")]
use tokio::net::TcpStream;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, ToSocketAddrs},
    sync::watch,
};

#[cfg(feature = "tls")]
use super::Tls;
use super::{
    App, Served,
    drain::{Batches, Drain, Stage},
    inherited,
    signals::Stop,
};
#[cfg(feature = "tls")]
use crate::origin::OverTls;
use crate::{
    connections::{Connections, Drained},
    error::abort_warning,
    handshake::WriteDeadline,
    log,
    settings::FAR,
};

/// How long the head of a request may take to arrive, unless it is set.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a peer may take nothing of a response, unless it is set.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the accept loop rests when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

type Listening<'a> = Pin<Box<dyn Future<Output = io::Result<TcpListener>> + Send + 'a>>;

impl App {
    /// Serves the app on an address, until SIGTERM or SIGINT.
    ///
    /// Then no connection is accepted any more, new handshakes are refused with HTTP 503, endpoints that wait for
    /// [`draining`](crate::WebSocket::draining) are told, every open connection is closed with 1001 (RFC 6455,
    /// section 7.4.1: going away) in [batches](Serve::drain_batches), and the server waits for their closing
    /// handshakes for at most [`drain_timeout`](Serve::drain_timeout). What is left then, or at a second signal, is
    /// given up. An event says how many connections ended which way.
    ///
    /// A listening socket that the process was handed is used in place of the address: from systemd (socket
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
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo).
    pub fn serve<'a>(self, address: impl ToSocketAddrs + Send + 'a) -> Serve<'a> {
        let listening = async {
            match inherited::next()? {
                Some(listener) => Ok(listener),
                None => TcpListener::bind(address).await,
            }
        };
        Serve::new(self, Box::pin(listening))
    }

    /// Serves the app on a listener that is bound already. See [`serve`](Self::serve).
    pub fn serve_on<'a>(self, listener: TcpListener) -> Serve<'a> {
        Serve::new(self, Box::pin(std::future::ready(Ok(listener))))
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
    handshake_timeout: Duration,
    write_timeout: Duration,
    drain: Drain,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl<'a> Serve<'a> {
    fn new(app: App, listening: Listening<'a>) -> Self {
        Self {
            app,
            listening,
            stop: Stop::Signals,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
            drain: Drain::default(),
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

    /// How long the head of a request may take to arrive; then the connection is dropped. It bounds as well how long
    /// a connection may be without a request, and, on its own, the handshake of TLS. Default: 10 s.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout.min(FAR);
        self
    }

    /// How long a peer may take nothing of an HTTP response, the answer to its handshake among them; then the connection
    /// is dropped. For messages it is [`Settings::write_timeout`](crate::Settings::write_timeout). Default: 30 s.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// How long a stopping server waits for the closing handshakes; what has not ended then is given up: endpoints
    /// are dropped, which may take a second more, and streams closed as they are. Default: 30 s.
    #[doc(alias = "timeout_graceful_shutdown")]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain.timeout = timeout;
        self
    }

    /// With which code a stopping server closes. Default: [`CloseCode::GOING_AWAY`].
    pub fn drain_code(mut self, code: CloseCode) -> Self {
        self.drain.code = code;
        self
    }

    /// How long endpoints that wait for [`WebSocket::draining`](crate::WebSocket::draining) have to end by
    /// themselves: those that have asked for it once, and no longer than half of
    /// [`drain_timeout`](Self::drain_timeout). The others are not waited for. Default: 5 s.
    pub fn drain_notice(mut self, notice: Duration) -> Self {
        self.drain.notice = notice;
        self
    }

    /// How many connections a stopping server closes at once, and after what time the next, so that not all clients
    /// connect again in one moment. Where that would take more than half of
    /// [`drain_timeout`](Self::drain_timeout), the time between batches is shorter. Default: 1,000, and 200 ms.
    pub fn drain_batches(mut self, size: usize, interval: Duration) -> Self {
        self.drain.batches = Batches { size, interval };
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
            scheme,
            address = %log::text(listener.local_addr()?),
            routes = %log::chain(self.app.paths().join(" ")),
            "server started"
        );
        if let Some(warning) = abort_warning(cfg!(panic = "abort")) {
            tracing::warn!("{}", warning);
        }
        let connections = Arc::<Connections>::default();
        let served = Served::from(self.app).with_connections(Arc::clone(&connections));
        #[cfg(feature = "tls")]
        let served = match self.tls {
            Some(_) => served.with_extension(OverTls),
            None => served,
        };
        // Every HTTP connection holds a receiver, so that the server knows when the last has ended.
        let (http, stage) = watch::channel(Stage::Serving);
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(error = %log::text(error), "TCP_NODELAY cannot be set");
                        }
                        let http = Http {
                            peer,
                            served: served.for_peer(peer),
                            handshake_timeout: self.handshake_timeout,
                            write_timeout: self.write_timeout,
                            stage: stage.clone(),
                        };
                        #[cfg(feature = "tls")]
                        if let Some(tls) = &self.tls {
                            tokio::spawn(http.serve_secured(stream, tls.clone()));
                            continue;
                        }
                        tokio::spawn(http.serve(stream));
                    }
                    Err(error) if is_of_one_connection(&error) => {}
                    Err(error) => {
                        tracing::error!(error = %log::text(error), "accept failed");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = stop.stop() => break,
            }
        }
        drop((listener, stage));
        self.drain.run(connections, http, stop.hurry()).await;
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

/// One HTTP connection.
struct Http {
    peer: SocketAddr,
    served: Served,
    handshake_timeout: Duration,
    write_timeout: Duration,
    stage: watch::Receiver<Stage>,
}

impl Http {
    /// The handshake of TLS, for which a server that stops does not wait, and HTTP above it.
    #[cfg(feature = "tls")]
    async fn serve_secured(mut self, stream: TcpStream, tls: Tls) {
        let accepted = tokio::select! {
            accepted = tokio::time::timeout(self.handshake_timeout, tls.accept(stream)) => accepted,
            () = reach(&mut self.stage, Stage::Stopping) => return,
        };
        let peer = self.peer;
        match accepted {
            Ok(Ok(stream)) => self.serve(stream).await,
            Ok(Err(error)) => {
                tracing::debug!(peer = %log::text(peer), error = %log::error(&error), "TLS handshake failed")
            }
            Err(error) => {
                tracing::debug!(peer = %log::text(peer), error = %log::error(&error), "TLS handshake failed")
            }
        }
    }

    async fn serve(mut self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        let stream = WriteDeadline::new(stream, self.write_timeout);
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.handshake_timeout)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.served))
                .with_upgrades()
        );
        let stopping = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = reach(&mut self.stage, Stage::Stopping) => None,
        };
        let ended = match stopping {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    // Handshakes that are not answered yet are dropped with it.
                    () = reach(&mut self.stage, Stage::Aborting) => Ok(()),
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %log::text(self.peer), error = %log::error(&error), "HTTP connection failed");
        }
    }
}

/// Waits until the server is so far: for ever if it is dropped before.
async fn reach(stage: &mut watch::Receiver<Stage>, wanted: Stage) {
    if stage.wait_for(|stage| *stage >= wanted).await.is_err() {
        std::future::pending().await
    }
}

/// Errors of `accept` that say something about the connection and nothing about the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
