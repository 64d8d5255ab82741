//! Serving: the accept loop, one HTTP connection a task, and the end of it all.

use std::{
    fmt,
    future::{Future, IntoFuture},
    io,
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
    net::{TcpListener, TcpStream, ToSocketAddrs},
    sync::watch,
};

use super::{App, Served, inherited};
use crate::connections::Connections;

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
}

impl<'a> Serve<'a> {
    fn new(app: App, listening: Listening<'a>) -> Self {
        Self {
            app,
            listening,
            signal: None,
            drain_timeout: Duration::from_secs(30),
            drain_code: CloseCode::GOING_AWAY,
        }
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
        // Every HTTP connection holds a receiver, so that the server knows when the last has ended.
        let (stop, stopped) = watch::channel(());
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let connection = serve_connection(stream, served.for_peer(peer), stopped.clone());
                        tokio::spawn(async move {
                            if let Err(error) = connection.await {
                                tracing::debug!(%peer, %error, "HTTP connection failed");
                            }
                        });
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

async fn serve_connection(
    stream: TcpStream,
    served: Served,
    mut stopped: watch::Receiver<()>,
) -> hyper::Result<()> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(served))
            .with_upgrades()
    );
    tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
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
