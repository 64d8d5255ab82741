//! Connections that a server takes, counts and refuses: too many of them, and those that come while it stops.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::get};
use hangup::{App, Handshake, Refusal, Result, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::{
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
    let http = Router::new().route("/", get(async || "plain HTTP"));
    App::new().route("/ws", echo).route("/never", never).merge(http)
}

#[tokio::test]
async fn http_connections_are_counted_and_leave_places_for_websockets() {
    let settings = Settings::new().max_connections(5).max_connections_per_peer(5);
    let server = Server::with_settings(app(), settings, |serve| serve).await;
    let mut kept: Vec<TcpStream> = Vec::new();
    for _ in 0..5 {
        let mut stream = server.connect().await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let read = stream.read(&mut [0; 1024]).await.unwrap();
        assert!(read > 0);
        kept.push(stream);
    }
    let mut refused = String::new();
    let mut stream = server.connect().await;
    stream.read_to_string(&mut refused).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    // A connection that becomes a WebSocket gives its place back.
    kept.pop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut peer = Peer::open(server.connect().await, "/ws").await;
        peer.send(frame(TEXT, b"x")).await;
        assert_eq!(peer.frame().await, Frame::text("x"));
        open.push(peer);
    }
}

#[tokio::test]
async fn newcomers_of_a_lame_duck_are_told_so() {
    for (refusal, answer) in [
        (Refusal::Close, "HTTP/1.1 101 "),
        (Refusal::Http, "HTTP/1.1 503 "),
    ] {
        let mut server = Server::with_settings(app(), Settings::new().refusal(refusal), |serve| {
            serve.lame_duck(Duration::from_millis(1500))
        })
        .await;
        let mut open = Peer::open(server.connect().await, "/ws").await;
        let silent = server.connect().await;
        let stopped = Instant::now();
        server.stop();
        assert_eq!(open.frame().await, Frame::close(1001, ""));
        for stream in [server.connect().await, silent] {
            let mut newcomer = Peer::new(stream);
            newcomer.send(handshake("/ws", "")).await;
            let head = newcomer.head().await;
            assert!(head.starts_with(answer), "{head}");
            if refusal == Refusal::Close {
                assert_eq!(
                    newcomer.frame().await,
                    Frame::close(1012, "the server is stopping")
                );
                newcomer.send(wire::close(1012, "")).await;
            } else {
                assert!(head.to_ascii_lowercase().contains("retry-after"), "{head}");
            }
        }
        drop(open);
        let address = server.address;
        server.ended().await;
        assert!(stopped.elapsed() >= Duration::from_millis(1490));
        assert!(TcpStream::connect(address).await.is_err());
    }
}

#[tokio::test]
async fn a_stopping_server_counts_handshakes_and_does_not_wait_for_half_a_head() {
    let drained = Arc::new(std::sync::Mutex::new(None));
    let into = Arc::clone(&drained);
    let mut server = Server::start_with(app(), |serve| {
        serve
            .shutdown_timeout(Duration::from_millis(400))
            .on_shutdown(move |drained| *into.lock().unwrap() = Some(drained))
    })
    .await;
    let mut waiting = Peer::new(server.connect().await);
    waiting.send(handshake("/never", "")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop();
    server.ended().await;
    let drained = drained.lock().unwrap().unwrap();
    assert_eq!((drained.closed, drained.cut, drained.aborted), (0, 0, 1));

    let mut server = Server::start_with(app(), |serve| serve).await;
    let mut half = server.connect().await;
    half.write_all(b"GET /ws HTTP/1.1\r\nHost: ").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = Instant::now();
    server.stop();
    server.ended().await;
    assert!(
        stopped.elapsed() < Duration::from_secs(2),
        "{:?}",
        stopped.elapsed()
    );
}
