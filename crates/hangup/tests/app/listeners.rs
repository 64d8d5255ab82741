//! What `App::serve` listens on: an address, a TCP or Unix socket, a listener of one's own.

use std::{
    future::IntoFuture,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, routing::get, serve::Listener};
use hangup::{App, CloseCode, Handshake, Refusal, Result, Settings, origin::TrustedProxies};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
};

use crate::raw::{Client, request};

async fn echo_one(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let text = socket.recv_text().await?;
    Ok(socket.send_text(text).await?)
}

async fn wait(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

fn app() -> App {
    let whence = get(async |peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>| {
        peer.map_or("nowhere".to_owned(), |peer| peer.0.0.ip().to_string())
    });
    App::new()
        .route("/echo", echo_one)
        .route("/wait", wait)
        .merge(Router::new().route("/whence", whence))
}

/// An echo, its end, and a plain request, over streams of one kind.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(connect: impl AsyncFn() -> S, whence: &str) {
    let mut client = Client::open(connect().await, "/echo", "").await.ok().unwrap();
    client.send(1, b"hello").await;
    assert_eq!(client.text().await, "hello");
    assert_eq!(client.close().await, (1000, String::new()));
    let get = "GET /whence HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    assert_eq!(request(connect().await, get).await.body, whence);
}

/// The Close of a client that waits when the server stops.
async fn stop<S: AsyncRead + AsyncWrite + Unpin>(
    connect: impl AsyncFn() -> S,
    stop: &Notify,
    running: tokio::task::JoinHandle<io::Result<()>>,
) {
    let mut client = Client::open(connect().await, "/wait", "").await.ok().unwrap();
    stop.notify_one();
    assert_eq!(client.close().await.0, 1001);
    tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

/// Something to stop a server with.
fn stopping() -> (Arc<Notify>, impl Future<Output = ()> + Send + 'static) {
    let notify = Arc::new(Notify::new());
    let stop = Arc::clone(&notify);
    (notify, async move { stop.notified().await })
}

#[tokio::test]
async fn a_tcp_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connect = async || TcpStream::connect(address).await.unwrap();
    let (notify, stopped) = stopping();
    let running = tokio::spawn(
        app()
            .serve(listener)
            .with_graceful_shutdown(stopped)
            .into_future(),
    );
    talk(connect, "127.0.0.1").await;
    stop(connect, &notify, running).await;
}

#[tokio::test]
async fn addresses_of_every_kind_that_tokio_takes() {
    for make in [
        || app().serve("127.0.0.1:0"),
        || app().serve("127.0.0.1:0".to_owned()),
        || app().serve(("127.0.0.1", 0)),
        || app().serve(SocketAddr::from(([127, 0, 0, 1], 0))),
    ] {
        make().with_graceful_shutdown(async {}).await.unwrap();
    }
    let error = app().serve("256.0.0.1:0").await.unwrap_err();
    assert!(!error.to_string().is_empty());
}

#[cfg(unix)]
mod unix {
    use tokio::net::{UnixListener, UnixStream};

    use super::*;

    /// A path for a socket that is removed at the end.
    struct SocketPath(std::path::PathBuf);

    impl SocketPath {
        fn new(name: &str) -> Self {
            let name = format!("hangup-{name}-{}.sock", std::process::id());
            Self(std::env::temp_dir().join(name))
        }

        async fn connect(&self) -> UnixStream {
            UnixStream::connect(&self.0).await.unwrap()
        }
    }

    impl Drop for SocketPath {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[tokio::test]
    async fn a_unix_listener() {
        let path = SocketPath::new("serve");
        let listener = UnixListener::bind(&path.0).unwrap();
        let (notify, stopped) = stopping();
        let running = tokio::spawn(
            app()
                .serve(listener)
                .with_graceful_shutdown(stopped)
                .into_future(),
        );
        talk(async || path.connect().await, "nowhere").await;
        stop(async || path.connect().await, &notify, running).await;
    }

    #[tokio::test]
    async fn a_client_that_leaves_before_accept_cancels_its_endpoint_over_a_unix_socket_too() {
        let path = SocketPath::new("left");
        let listener = UnixListener::bind(&path.0).unwrap();
        let (dropped, mut seen) = mpsc::unbounded_channel::<()>();
        let app = App::new().route("/ws", move |_: Handshake| {
            let dropped = dropped.clone();
            async move {
                let _dropped = dropped;
                std::future::pending::<Result>().await
            }
        });
        let running = tokio::spawn(app.serve(listener).into_future());
        let mut stream = path.connect().await;
        let head = "GET /ws HTTP/1.1\r\nhost: h\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
                    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes())
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(stream);
        tokio::time::sleep(Duration::from_millis(200)).await;
        running.abort();
        let _ = running.await;
        let ended = tokio::time::timeout(Duration::from_secs(5), seen.recv()).await;
        assert_eq!(
            ended.expect("the endpoint is dropped, and its route with the server"),
            None
        );
    }

    #[tokio::test]
    async fn limits_of_each_peer_count_no_peer_without_an_address_and_those_in_total_do() {
        let path = SocketPath::new("limits");
        let listener = UnixListener::bind(&path.0).unwrap();
        let settings = Settings::new().max_connections_per_peer(1).max_connections(2);
        tokio::spawn(
            app()
                .settings(settings)
                .serve(listener)
                .max_http_connections(100)
                .into_future(),
        );
        let first = Client::open(path.connect().await, "/wait", "")
            .await
            .ok()
            .unwrap();
        let second = Client::open(path.connect().await, "/wait", "")
            .await
            .ok()
            .unwrap();
        let mut third = Client::open(path.connect().await, "/wait", "")
            .await
            .ok()
            .unwrap();
        assert_eq!(third.close().await, (1013, "too many connections".to_owned()));
        drop((first, second));
    }

    #[tokio::test]
    async fn behind_a_proxy_on_a_unix_socket_the_forwarded_address_counts() {
        let path = SocketPath::new("proxy");
        let listener = UnixListener::bind(&path.0).unwrap();
        let settings = Settings::new()
            .trusted_proxies(TrustedProxies::none().unaddressed())
            .refusal(Refusal::Http)
            .max_connections_per_peer(1);
        tokio::spawn(app().settings(settings).serve(listener).into_future());
        let open = async |client: &str| {
            let forwarded = format!("x-forwarded-for: {client}\r\n");
            Client::open(path.connect().await, "/wait", &forwarded).await
        };
        let first = open("192.0.2.1").await;
        assert_eq!(open("192.0.2.1").await.err(), Some(503));
        assert!(first.is_ok() && open("192.0.2.2").await.is_ok());
    }
}

/// A listener of one's own: connections come through a channel.
struct InMemory(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for InMemory {
    type Io = DuplexStream;
    /// Nothing that can be shown.
    type Addr = NoAddress;

    async fn accept(&mut self) -> (DuplexStream, NoAddress) {
        match self.0.recv().await {
            Some(stream) => (stream, NoAddress),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<NoAddress> {
        Ok(NoAddress)
    }
}

struct NoAddress;

#[tokio::test]
async fn a_listener_of_ones_own() {
    let (sender, receiver) = mpsc::unbounded_channel();
    let connect = async || {
        let (client, server) = duplex(1024);
        sender.send(server).unwrap();
        client
    };
    let (notify, stopped) = stopping();
    let serve = app().serve(InMemory(receiver)).with_graceful_shutdown(stopped);
    let running = tokio::spawn(serve.into_future());
    talk(connect, "nowhere").await;
    stop(connect, &notify, running).await;
}

/// A listener over TCP whose streams are of another type, with the address of the peer.
struct Wrapping(TcpListener);

struct Wrapped(TcpStream);

impl Listener for Wrapping {
    type Io = Wrapped;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wrapped, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Wrapped(stream), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a_listener_that_knows_addresses_of_ip_has_limits_for_each_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connect = async || TcpStream::connect(address).await.unwrap();
    let settings = Settings::new()
        .max_connections_per_peer(1)
        .overload_code(CloseCode::of::<4000>());
    let app = app().settings(settings);
    tokio::spawn(
        app.serve(Wrapping(listener))
            .max_http_connections_per_peer(100)
            .into_future(),
    );
    talk(connect, "127.0.0.1").await;
    let first = Client::open(connect().await, "/wait", "").await.ok().unwrap();
    let mut second = Client::open(connect().await, "/wait", "").await.ok().unwrap();
    assert_eq!(second.close().await.0, 4000);
    drop(first);
}
