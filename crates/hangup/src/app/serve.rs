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

use hangup_protocol::{Close, CloseCode};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, ToSocketAddrs},
    sync::watch,
};

#[cfg(feature = "tls")]
use super::Tls;
use super::{App, Served, inherited};
use crate::connections::Connections;
#[cfg(feature = "tls")]
use crate::origin::OverTls;

/// How long the head of a request may take to arrive.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the accept loop rests when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

type Listening<'a> = Pin<Box<dyn Future<Output = io::Result<TcpListener>> + Send + 'a>>;
type Signal<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

impl App {
    /// Serves the app on an address, until SIGTERM or SIGINT.
    ///
    /// Then no connection is accepted any more, new handshakes are refused with HTTP 503, every open connection is
    /// closed with 1001 (RFC 6455, section 7.4.1: going away), and the server waits for their closing handshakes
    /// for at most [`drain_timeout`](Serve::drain_timeout).
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
    /// The handshake of TLS has the time that the head of a request has, and takes place beside the handshakes of
    /// others; one that fails is a debug event. Behind the closing handshake of a WebSocket the client is sent a
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
    signal: Option<Signal<'a>>,
    drain_timeout: Duration,
    drain_code: CloseCode,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl<'a> Serve<'a> {
    fn new(app: App, listening: Listening<'a>) -> Self {
        Self {
            app,
            listening,
            signal: None,
            drain_timeout: Duration::from_secs(30),
            drain_code: CloseCode::GOING_AWAY,
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
        self.signal = Some(Box::pin(signal));
        self
    }

    /// How long a stopping server waits for the closing handshakes; what has not ended then goes on until the
    /// runtime stops. Default: 30 s.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// With which code a stopping server closes. Default: [`CloseCode::GOING_AWAY`].
    pub fn drain_code(mut self, code: CloseCode) -> Self {
        self.drain_code = code;
        self
    }

    async fn run(self) -> io::Result<()> {
        let listener = self.listening.await?;
        let mut signal = match self.signal {
            Some(signal) => signal,
            None => stop_signal()?,
        };
        tracing::info!(
            address = %listener.local_addr()?,
            routes = self.app.paths().join(" "),
            "server started"
        );
        let connections = Arc::<Connections>::default();
        let served = Served::from(self.app).with_extension(Arc::clone(&connections));
        #[cfg(feature = "tls")]
        let served = match self.tls {
            Some(_) => served.with_extension(OverTls),
            None => served,
        };
        // Every HTTP connection holds a receiver, so that the server knows when the last has ended.
        let (stop, stopped) = watch::channel(());
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(%error, "TCP_NODELAY cannot be set");
                        }
                        let (served, stopped) = (served.for_peer(peer), stopped.clone());
                        #[cfg(feature = "tls")]
                        if let Some(tls) = &self.tls {
                            tokio::spawn(serve_secured(stream, peer, tls.clone(), served, stopped));
                            continue;
                        }
                        tokio::spawn(serve_connection(stream, peer, served, stopped));
                    }
                    Err(error) if is_of_one_connection(&error) => {}
                    Err(error) => {
                        tracing::error!(%error, "accept failed");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = &mut signal => break,
            }
        }
        drop((listener, stopped));
        let _ = stop.send(());
        connections.stop(&Close::from(self.drain_code));
        // The HTTP connections first: a handshake that is under way may still become one of the open connections.
        let all_ended = async {
            stop.closed().await;
            connections.all_ended().await;
        };
        let _ = tokio::time::timeout(self.drain_timeout, all_ended).await;
        tracing::info!(unfinished = connections.count(), "server stopped");
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

/// The handshake of TLS, for which a server that stops does not wait, and HTTP above it.
#[cfg(feature = "tls")]
async fn serve_secured(
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    tls: Tls,
    served: Served,
    mut stopped: watch::Receiver<()>,
) {
    let accepted = tokio::select! {
        accepted = tokio::time::timeout(HEADER_TIMEOUT, tls.accept(stream)) => accepted,
        _ = stopped.changed() => return,
    };
    match accepted {
        Ok(Ok(stream)) => serve_connection(stream, peer, served, stopped).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
        Err(error) => tracing::debug!(%peer, %error, "TLS handshake failed"),
    }
}

async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    served: Served,
    mut stopped: watch::Receiver<()>,
) {
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(served))
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "HTTP connection failed");
    }
}

#[cfg(unix)]
fn stop_signal() -> io::Result<Signal<'static>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(Box::pin(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }))
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<Signal<'static>> {
    Ok(Box::pin(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }))
}

/// Errors of `accept` that say something about the connection and nothing about the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
