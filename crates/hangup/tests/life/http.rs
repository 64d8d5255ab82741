//! The HTTP connection of a handshake: its head, what comes too early, how long it may wait, how it ends.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use hangup::{App, Close, CloseCode, Handshake, Refusal, Result, Settings, testing::TestClient};
use http::StatusCode;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};

use crate::{
    log::Log,
    stop::Server,
    wire::{self, Frame, Peer, TEXT, frame, handshake},
};

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

async fn never(_: Handshake) -> Result {
    std::future::pending().await
}

fn app() -> App {
    let http = Router::new()
        .route("/", get(async || "plain HTTP"))
        .route("/length", post(async |body: String| body.len().to_string()));
    App::new().route("/ws", echo).route("/never", never).merge(http)
}

/// The values of `Connection` in a head.
fn connection(head: &str) -> Vec<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .map(|(_, value)| value.to_owned())
        .collect()
}

#[tokio::test]
async fn a_101_names_upgrade_alone_whatever_the_client_has_named() {
    let server = Server::start(app(), None).await;
    for named in [
        "close, Upgrade",
        "Upgrade, close",
        "keep-alive, Upgrade",
        "upgrade",
    ] {
        let request = handshake("/ws", "").replace("Connection: Upgrade", &format!("Connection: {named}"));
        assert!(request.contains(named));
        let mut peer = Peer::new(server.connect().await);
        peer.send(request).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert_eq!(connection(&head), ["Upgrade"], "{named}");
        peer.send(frame(TEXT, b"hello")).await;
        assert_eq!(peer.frame().await, Frame::text("hello"));
    }
}

#[tokio::test]
async fn a_101_of_a_server_that_stops_names_upgrade_alone() {
    let late = async |handshake: Handshake| -> Result {
        tokio::time::sleep(Duration::from_millis(300)).await;
        handshake.accept().await?;
        Ok(())
    };
    let mut server = Server::start(App::new().route("/ws", late), None).await;
    let mut peer = Peer::new(server.connect().await);
    peer.send(handshake("/ws", "")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop();
    let head = peer.head().await;
    assert_eq!(connection(&head), ["Upgrade"], "{head}");
    assert_eq!(peer.frame().await, Frame::close(1001, ""));
}

#[tokio::test]
async fn a_handshake_on_a_connection_that_has_served_requests_is_the_same() {
    let server = Server::start(app(), None).await;
    let mut peer = Peer::new(server.connect().await);
    for request in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\n\r\n\nx".to_owned(),
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
    ] {
        peer.send(request).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        peer.skip(length.unwrap().parse().unwrap()).await;
    }
    let early = [handshake("/ws", "").into_bytes(), frame(TEXT, b"early")].concat();
    peer.send(early).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(peer.frame().await, Frame::text("early"));
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_in_order() {
    let server = Server::start(app(), None).await;
    let mut stream = server.connect().await;
    let one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream
        .write_all(format!("{one}{one}{last}").as_bytes())
        .await
        .unwrap();
    let mut answers = String::new();
    timeout(Duration::from_secs(5), stream.read_to_string(&mut answers))
        .await
        .expect("the connection ends")
        .unwrap();
    assert_eq!(answers.matches("plain HTTP").count(), 3, "{answers}");
}

#[tokio::test]
async fn what_hyper_refuses_by_itself_has_its_line_in_the_access_log() {
    let server = Server::start_with(app(), |serve| serve).await;
    for (request, status) in [
        (handshake("/ws?a=\"b\"", ""), "400"),
        (handshake(&format!("/ws?{}", "a".repeat(70_000)), ""), "431"),
        (handshake("/ws", &format!("x: {}\r\n", "a".repeat(70_000))), "431"),
        (handshake("/unknown", ""), "404"),
    ] {
        let log = Log::listen();
        let mut peer = Peer::new(server.connect().await);
        peer.send(request).await;
        let head = peer.head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        peer.rest().await;
        let lines: Vec<_> = wait_for(|| {
            let mut events = log.all();
            events.retain(|event| event.target == "hangup::access");
            (!events.is_empty()).then_some(events)
        })
        .await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].get("status"), status);
        assert!(lines[0].get("client").starts_with("127.0.0.1:"));
    }
}

async fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it has not come within 5 s");
}

#[tokio::test]
async fn a_client_that_leaves_before_accept_cancels_the_endpoint_though_it_has_sent_something() {
    let server = Server::start(app(), None).await;
    for early in [frame(TEXT, b"early"), vec![7; 100_000]] {
        let log = Log::listen();
        let mut stream = server.connect().await;
        let request = [handshake("/never", "").into_bytes(), early].concat();
        stream.write_all(&request).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let left = Instant::now();
        drop(stream);
        assert_eq!(log.ended().await.get("phase"), "before");
        assert!(left.elapsed() < Duration::from_secs(3), "{:?}", left.elapsed());
    }
}

#[tokio::test]
async fn the_bytes_of_a_body_are_never_frames() {
    let server = Server::start(app(), None).await;
    for (header, body) in [
        ("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ("Content-Length: 5\r\n", "hello"),
    ] {
        let mut peer = Peer::new(server.connect().await);
        peer.send(handshake("/ws", header)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ = peer.stream.write_all(body.as_bytes()).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    }
    let mut peer = Peer::new(server.connect().await);
    peer.send(handshake("/ws", "Content-Length: 0\r\n")).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
}

#[tokio::test]
async fn the_time_between_requests_is_a_setting_of_its_own() {
    let server = Server::start_with(app(), |serve| {
        serve
            .handshake_timeout(Duration::from_millis(200))
            .keep_alive_timeout(Duration::from_millis(900))
    })
    .await;
    let mut stream = server.connect().await;
    for wait in [500, 0] {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = vec![0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let idle = Instant::now();
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
    assert!(
        idle.elapsed() >= Duration::from_millis(800),
        "{:?}",
        idle.elapsed()
    );

    // The second head has begun: from then on it has the time of a head.
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT")
        .await
        .unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_millis(700),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_refused_handshake_ends_the_connection_behind_its_answer() {
    let deny = async |handshake: Handshake| -> Result { handshake.deny(StatusCode::GONE) };
    let refuse = async |_: Handshake| -> Result { Err(Close::new(CloseCode::of::<4000>(), "no").into()) };
    let app = app().route("/deny", deny).route("/refuse", refuse);
    let settings = Settings::new().refusal(Refusal::Http);
    let server = Server::with_settings(app, settings, |serve| serve).await;
    for (path, more, status) in [
        ("/deny", "", 410),
        ("/refuse", "", 403),
        ("/ws", "Origin: http://other.example\r\n", 403),
        ("/unknown", "", 404),
    ] {
        let mut peer = Peer::new(server.connect().await);
        // Early bytes, which a reset would answer.
        let request = [handshake(path, more).into_bytes(), vec![7; 100_000]].concat();
        peer.send(request).await;
        let head = peer.head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(
            connection(&head).iter().any(|value| value.contains("close")),
            "{head}"
        );
        timeout(Duration::from_secs(3), peer.rest())
            .await
            .expect("it ends");
    }
}

#[tokio::test]
async fn a_head_beyond_its_bound_is_refused_with_431() {
    let app = || app().settings(Settings::new().max_head_size(1000));
    let server = TestClient::new(app());
    let mut peer = Peer::new(server.stream());
    peer.send(handshake("/ws", &format!("x: {}\r\n", "a".repeat(20_000))))
        .await;
    assert!(peer.head().await.starts_with("HTTP/1.1 431 "));
    // Below what hyper can be bounded to, the route refuses it.
    let mut peer = Peer::new(server.stream());
    peer.send(handshake("/ws", &format!("x: {}\r\n", "a".repeat(2000))))
        .await;
    assert!(peer.head().await.starts_with("HTTP/1.1 431 "));
    let mut peer = Peer::new(server.stream());
    peer.send(handshake("/ws", "")).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
}

#[tokio::test]
async fn a_layer_that_is_slower_than_accept_timeout_leaves_one_ending() {
    async fn slow(request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        response
    }
    let ran = Arc::<std::sync::atomic::AtomicBool>::default();
    let has_ended = Arc::clone(&ran);
    let endpoint = move |handshake: Handshake| {
        let has_ended = Arc::clone(&has_ended);
        async move {
            let accepted = handshake.accept().await;
            has_ended.store(true, Ordering::SeqCst);
            accepted?;
            Result::<()>::Ok(())
        }
    };
    let settings = Settings::new().accept_timeout(Duration::from_millis(100));
    let router = Router::new()
        .route("/ws", hangup::route(endpoint))
        .layer(settings)
        .layer(middleware::from_fn(slow));
    let server = Server::start_with(App::new().merge(router), |serve| serve).await;
    let log = Log::listen();
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    let Frame { payload, .. } = peer.frame().await;
    assert_eq!(payload[..2], 3008u16.to_be_bytes());
    peer.send(wire::close(3008, "")).await;
    peer.rest().await;
    drop(peer);
    assert_eq!(log.ended().await.get("code_sent"), "3008");
    assert!(!ran.load(Ordering::SeqCst), "its endpoint was dropped");
}

/// Wherever a segment ends, the answers are the same.
#[tokio::test(start_paused = true)]
async fn requests_in_any_two_pieces_are_answered_alike() {
    let client = TestClient::new(app());
    let bytes = [
        b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\nHost: x\n\n".to_vec(),
        handshake("/ws", "").into_bytes(),
        frame(TEXT, b"early"),
    ]
    .concat();
    for at in 0..=bytes.len() {
        let (first, second) = bytes.split_at(at);
        let mut peer = Peer::new(client.stream());
        peer.send(first).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
        peer.send(second).await;
        for _ in 0..2 {
            assert!(peer.head().await.starts_with("HTTP/1.1 200 "), "at {at}");
            peer.skip("plain HTTP".len()).await;
        }
        assert!(peer.head().await.starts_with("HTTP/1.1 101 "), "at {at}");
        assert_eq!(peer.frame().await, Frame::text("early"), "at {at}");
    }
}

/// Axum's own `extract::ws` and other protocols upgrade beside the endpoints of this crate.
#[tokio::test]
async fn another_protocol_has_its_upgrade() {
    async fn shout(mut request: Request) -> Response {
        let upgrading = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut stream = TokioIo::new(upgrading.await.unwrap());
            let mut bytes = [0; 5];
            stream.read_exact(&mut bytes).await.unwrap();
            stream.write_all(&bytes.to_ascii_uppercase()).await.unwrap();
        });
        let head = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header("connection", "upgrade")
            .header("upgrade", "shout");
        head.body(axum::body::Body::empty()).unwrap()
    }
    let app = App::new().merge(Router::new().route("/shout", get(shout)));
    let server = Server::start(app, None).await;
    for early in [true, false] {
        let mut peer = Peer::new(server.connect().await);
        let head = "GET /shout HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n";
        let early = if early { "hello" } else { "" };
        peer.send(format!("{head}{early}")).await;
        assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
        if early.is_empty() {
            peer.send("hello").await;
        }
        assert_eq!(peer.rest().await, b"HELLO");
    }
}
