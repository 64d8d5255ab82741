//! TLS with a client of rustls: what is owed over TCP is owed here too, and `close_notify` behind it.

use std::{
    future::IntoFuture,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use hangup::{
    App, Close, CloseCode, Handshake, Result, Settings,
    serve::{Serve, Tls},
};
use rcgen::{CertifiedKey, KeyPair};
use rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, TlsConnector, client::TlsStream};
use tracing::Level;

use crate::{
    log::{Event, Log},
    wire::{self, BINARY, Frame, PING, PONG, Peer, TEXT, frame, handshake},
};

pub(crate) type Client = Peer<TlsStream<TcpStream>>;

/// A certificate of `testserver` and its key, signed by itself.
pub(crate) fn certificate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["testserver".to_owned()]).unwrap()
}

fn tls(certified: &CertifiedKey<KeyPair>) -> Tls {
    let key = certified.signing_key.serialize_pem();
    Tls::from_pem(certified.cert.pem().as_bytes(), key.as_bytes()).unwrap()
}

/// A client that trusts this certificate alone, and offers these protocols.
fn connector(trusted: &CertificateDer<'_>, protocols: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone().into_owned()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// A server on a port of its own, and the one certificate that its clients trust.
pub(crate) struct TlsServer {
    address: SocketAddr,
    pub(crate) trusted: CertificateDer<'static>,
    stop: Option<oneshot::Sender<()>>,
}

impl TlsServer {
    async fn start(app: App) -> Self {
        let certified = certificate();
        Self::showing(app, tls(&certified), certified.cert.der()).await
    }

    pub(crate) async fn showing(app: App, tls: Tls, trusted: &CertificateDer<'_>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = Settings::new()
            .close_timeout(Duration::from_millis(500))
            .linger_timeout(Duration::from_millis(500));
        let (stop, stopped) = oneshot::channel();
        let serve: Serve<'_> = app.settings(settings).serve_tls_on(listener, tls);
        let serve = serve.with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        tokio::spawn(serve.into_future());
        Self {
            address,
            trusted: trusted.clone().into_owned(),
            stop: Some(stop),
        }
    }

    async fn connect_with(&self, connector: TlsConnector) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("testserver").unwrap();
        connector.connect(name, stream).await
    }

    pub(crate) async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        self.connect_with(connector(&self.trusted, &["http/1.1"])).await
    }

    pub(crate) async fn open(&self) -> Client {
        Peer::open(self.connect().await.unwrap(), "/ws").await
    }
}

pub(crate) async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

async fn end_at_the_first_message(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.recv().await?;
    Err(Close::new(CloseCode::of::<4000>(), "enough").into())
}

/// The reason that the log gives for the one handshake of TLS that failed.
async fn failed_handshake(log: &Log) -> Event {
    let find = || {
        let is_failed = |event: &Event| event.get("message") == "TLS handshake failed";
        log.all().into_iter().find(is_failed)
    };
    for _ in 0..100_000 {
        match find() {
            Some(event) => return event,
            None => tokio::task::yield_now().await,
        }
    }
    panic!("no handshake of TLS has failed");
}

#[tokio::test]
async fn a_connection_lives_and_ends_over_tls() {
    let log = Log::listen();
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let mut peer = server.open().await;
    for length in [0, 1, 125, 126, 16_384, 65_535, 65_536, 1_000_000] {
        let payload: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        peer.send(frame(BINARY, &payload)).await;
        assert!(peer.frame().await.payload == payload, "{length}");
    }
    peer.send([frame(PING, b"1"), frame(TEXT, b"2")].concat()).await;
    let pong = peer.frame().await;
    assert_eq!((pong.opcode, &*pong.payload), (PONG, &b"1"[..]));
    assert_eq!(peer.frame().await, Frame::text("2"));
    peer.send(wire::close(1000, "bye")).await;
    // A stream that ends without `close_notify` ends in an error for a client of rustls.
    assert_eq!(peer.frames().await, [Frame::close(1000, "bye")]);
    drop(peer);
    let event = log.ended().await;
    assert_eq!(
        event.line(&["initiator", "clean", "client"]),
        "peer true 127.0.0.1"
    );
}

#[tokio::test]
async fn many_messages_at_once_keep_their_order_both_ways() {
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let mut peer = server.open().await;
    // Much of it lies in the buffers of both sides at once: the client reads only when all is sent or stuck.
    let messages: Vec<Vec<u8>> = (0..40_u8)
        .map(|at| vec![at; 1 + usize::from(at) * 5_000])
        .collect();
    let sent: Vec<u8> = messages
        .iter()
        .flat_map(|message| frame(BINARY, message))
        .collect();
    peer.send_and_read(&sent).await;
    for message in &messages {
        assert!(peer.frame().await.payload == *message, "{}", message.len());
    }
}

#[tokio::test]
async fn the_close_frame_and_then_close_notify_arrive() {
    let log = Log::listen();
    let server = TlsServer::start(App::new().route("/ws", end_at_the_first_message)).await;
    let mut peer = server.open().await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(peer.frame().await, Frame::close(4000, "enough"));
    // The closing handshake first: the server waits for this Close frame before it ends the stream.
    let early = timeout(Duration::from_millis(50), peer.stream.read_u8()).await;
    assert!(early.is_err(), "{early:?}");
    peer.send(wire::close(4000, "enough")).await;
    assert_eq!(peer.frames().await, []);
    drop(peer);
    let event = log.ended().await;
    assert_eq!(
        event.line(&["code_sent", "code_received", "clean"]),
        "4000 4000 true"
    );
}

#[tokio::test]
async fn a_client_that_has_sent_much_gets_the_close_and_close_notify() {
    let server = TlsServer::start(App::new().route("/ws", end_at_the_first_message)).await;
    let mut peer = server.open().await;
    for _ in 0..32 {
        peer.send(frame(BINARY, &[7; 32 * 1024])).await;
    }
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frames().await, [Frame::close(4000, "enough")]);
}

#[tokio::test]
async fn a_client_that_vanishes_without_close_notify_has_vanished() {
    let log = Log::listen();
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    drop(server.open().await);
    let event = log.ended().await;
    assert_eq!(event.line(&["code_sent", "initiator", "clean"]), "- none false");
}

#[tokio::test]
async fn http_1_1_is_the_only_protocol() {
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let both = connector(&server.trusted, &["h2", "http/1.1"]);
    let stream = server.connect_with(both).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let none = connector(&server.trusted, &[]);
    Peer::open(server.connect_with(none).await.unwrap(), "/ws").await;
    let other = connector(&server.trusted, &["h2"]);
    assert!(server.connect_with(other).await.is_err());
}

#[tokio::test]
async fn a_configuration_of_the_users_own_is_taken_but_for_its_protocols() {
    let certified = certificate();
    let tls = Tls::from_config(Arc::new(server_config(&certified)));
    assert!(tls.reload().is_err());
    let server = TlsServer::showing(App::new().route("/ws", echo), tls, certified.cert.der()).await;
    let stream = server.connect().await.unwrap();
    assert_eq!(
        stream.get_ref().1.protocol_version(),
        Some(ProtocolVersion::TLSv1_3)
    );
    let mut peer = Peer::open(stream, "/ws").await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(peer.frame().await, Frame::text("x"));
}

/// A configuration of rustls that offers HTTP/2, no TLS but 1.3, and no tickets: a client that writes before it reads
/// would not take them.
fn server_config(certified: &CertifiedKey<KeyPair>) -> ServerConfig {
    let key = certified.signing_key.serialize_der().try_into().unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.send_tls13_tickets = 0;
    config
}

#[tokio::test(start_paused = true)]
async fn over_a_slow_pipe_all_of_it_arrives_whoever_serves() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let message = socket.recv_binary().await?;
            if message.is_empty() {
                return Err(Close::new(CloseCode::of::<4000>(), "enough").into());
            }
            socket.send_binary(message).await?;
        }
    };
    let certified = certificate();
    let (client, server) = tokio::io::duplex(50);
    let acceptor = TlsAcceptor::from(Arc::new(server_config(&certified)));
    let name = ServerName::try_from("testserver").unwrap();
    let connector = connector(certified.cert.der(), &[]);
    tokio::spawn(async move {
        let stream = acceptor.accept(server).await.unwrap();
        wire::serve(stream, App::new().route("/ws", endpoint));
    });
    let client = connector.connect(name, client).await.unwrap();
    let mut peer = Peer::open(client, "/ws").await;
    for length in [1, 100, 20_000, 200_000] {
        peer.send(frame(BINARY, &vec![7; length])).await;
        let arriving = timeout(Duration::from_secs(5), peer.frame());
        assert_eq!(arriving.await.expect("the echo").payload.len(), length);
    }
    peer.send(frame(BINARY, b"")).await;
    let arriving = timeout(Duration::from_secs(5), peer.frame());
    assert_eq!(
        arriving.await.expect("the Close frame"),
        Frame::close(4000, "enough")
    );
    peer.send(wire::close(4000, "")).await;
    assert_eq!(peer.frames().await, []);
}

#[tokio::test]
async fn a_page_over_plain_http_is_of_another_origin() {
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    for (origin, status) in [
        ("https://testserver", "101"),
        ("https://testserver:443", "101"),
        ("http://testserver", "403"),
        ("http://testserver:443", "403"),
        ("https://evil.example", "403"),
    ] {
        let mut peer = Peer::new(server.connect().await.unwrap());
        peer.send(handshake("/ws", &format!("Origin: {origin}\r\n")))
            .await;
        let head = peer.head().await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{origin}: {head}"
        );
    }
}

#[tokio::test]
async fn a_client_that_stalls_in_the_handshake_holds_nobody_up() {
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let mut stalled = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // The head of a record that never comes.
        stream.write_all(&[22, 3, 1, 1, 0]).await.unwrap();
        stalled.push(stream);
    }
    let mut peer = server.open().await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(peer.frame().await, Frame::text("x"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stalls_in_the_handshake_is_dropped() {
    let log = Log::listen();
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let mut stalled = TcpStream::connect(server.address).await.unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(stalled.read(&mut [0; 100]).await.unwrap(), 0);
    let waited = began.elapsed().as_secs_f32();
    assert!((9.9..10.1).contains(&waited), "{waited} s");
    assert_eq!(failed_handshake(&log).await.level, Level::DEBUG);
}

#[tokio::test]
async fn a_handshake_that_fails_is_a_debug_event_and_no_more() {
    let log = Log::listen();
    let server = TlsServer::start(App::new().route("/ws", echo)).await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(handshake("/ws", "").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let event = failed_handshake(&log).await;
    assert_eq!(event.level, Level::DEBUG);
    assert!(event.get("peer").starts_with("127.0.0.1:"), "{event}");
    server.open().await;
}

#[tokio::test]
async fn a_server_that_stops_closes_and_does_not_wait_for_a_stalled_handshake() {
    let log = Log::listen();
    let mut server = TlsServer::start(App::new().route("/ws", echo)).await;
    let stalled = TcpStream::connect(server.address).await.unwrap();
    let mut peer = server.open().await;
    let began = Instant::now();
    let _ = server.stop.take().unwrap().send(());
    assert_eq!(peer.frame().await, Frame::close(1001, ""));
    peer.send(wire::close(1001, "")).await;
    assert_eq!(peer.frames().await, []);
    while !log
        .all()
        .iter()
        .any(|event| event.get("message") == "server shutdown completed")
    {
        tokio::task::yield_now().await;
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "the server has not stopped"
        );
    }
    drop(stalled);
}
