//! Real sockets: the Close frame arrives before the end of the stream, and no reset overtakes it.

use std::{future::IntoFuture, time::Duration};

use hangup::{App, Close, CloseCode, Handshake, Result, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{
    log::Log,
    wire::{self, BINARY, CLOSE, Frame, Peer, TEXT, frame, handshake},
};

/// Serves an app on a port of its own, and connects to it.
async fn connect(app: App) -> Peer<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings::new()
        .close_timeout(Duration::from_millis(300))
        .linger_timeout(Duration::from_millis(300));
    tokio::spawn(app.settings(settings).serve_on(listener).into_future());
    Peer::open(TcpStream::connect(address).await.unwrap(), "/ws").await
}

/// Sends 1 MiB once the Close frame is there, and does not read it: a reset would fail a send, or the read.
async fn send_behind_the_close(peer: &mut Peer<TcpStream>) {
    peer.stream.readable().await.unwrap();
    for _ in 0..32 {
        peer.send(frame(BINARY, &[7; 32 * 1024])).await;
        tokio::task::yield_now().await;
    }
}

async fn end_at_the_first_message(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.recv().await?;
    Err(Close::new(CloseCode::of::<4000>(), "enough").into())
}

#[tokio::test]
async fn a_connection_lives_and_ends_over_tcp() {
    let echo = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let message = socket.recv().await?;
            socket.send(message).await?;
        }
    };
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", echo)).await;
    for length in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
        peer.send(frame(BINARY, &vec![7; length])).await;
        assert_eq!(peer.frame().await.payload.len(), length);
    }
    peer.send(wire::close(1000, "bye")).await;
    assert_eq!(peer.frames().await, [Frame::close(1000, "bye")]);
    drop(peer);
    assert_eq!(log.ended().await.line(&["initiator", "clean"]), "peer true");
}

#[tokio::test]
async fn a_client_that_has_sent_much_gets_the_close_and_the_end_and_no_reset() {
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", end_at_the_first_message)).await;
    // 1 MiB, of which the endpoint takes one message. Nothing is read meanwhile.
    for _ in 0..32 {
        peer.send(frame(BINARY, &[7; 32 * 1024])).await;
    }
    assert_eq!(peer.frames().await, [Frame::close(4000, "enough")]);
    drop(peer);
    assert_eq!(log.ended().await.line(&["code_sent", "clean"]), "4000 false");
}

#[tokio::test]
async fn a_client_that_has_sent_much_behind_a_violation_gets_the_close_and_the_end_and_no_reset() {
    let mut peer = connect(App::new().route("/ws", end_at_the_first_message)).await;
    peer.send(frame(3, b"a reserved opcode")).await;
    send_behind_the_close(&mut peer).await;
    let frames = peer.frames().await;
    assert_eq!((frames.len(), frames[0].opcode), (1, CLOSE));
    assert_eq!(frames[0].payload[..2], [3, 0xea]);
}

#[tokio::test]
async fn a_client_that_has_sent_much_behind_its_close_gets_the_answer_and_the_end_and_no_reset() {
    let mut peer = connect(App::new().route("/ws", end_at_the_first_message)).await;
    peer.send(wire::close(1001, "")).await;
    send_behind_the_close(&mut peer).await;
    assert_eq!(peer.frames().await, [Frame::close(1001, "")]);
}

#[tokio::test]
async fn a_client_that_is_refused_gets_the_close_although_it_has_sent_already() {
    let refuse = async |_: Handshake| -> Result { Err(Close::new(CloseCode::of::<4000>(), "no").into()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings::new().close_timeout(Duration::from_millis(300));
    let app = App::new().route("/ws", refuse).settings(settings);
    tokio::spawn(app.serve_on(listener).into_future());
    let mut peer = Peer::new(TcpStream::connect(address).await.unwrap());
    let early = [
        handshake("/ws", "").into_bytes(),
        frame(BINARY, &vec![7; 1 << 19]),
    ]
    .concat();
    peer.send(early).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(peer.frames().await, [Frame::close(4000, "no")]);
}

#[tokio::test]
async fn a_client_that_stops_reading_is_left_after_close_timeout() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        // The buffers of both kernels fill up; then the send waits.
        while timeout(Duration::from_millis(100), socket.send_binary(vec![7; 1 << 20]))
            .await
            .is_ok()
        {}
        Ok(())
    };
    let log = Log::listen();
    let peer = connect(App::new().route("/ws", endpoint)).await;
    let event = log.ended().await;
    assert_eq!(
        event.line(&["code_sent", "code_received", "clean"]),
        "1000 - false"
    );
    drop(peer);
}

#[tokio::test]
async fn a_client_that_resets_the_connection_has_vanished() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        socket.send_text("unread").await?;
        let disconnect = socket.recv().await.unwrap_err();
        assert_eq!(disconnect.code(), 1006);
        Err(disconnect.into())
    };
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", endpoint)).await;
    peer.send(frame(TEXT, b"x")).await;
    // A socket that is closed with unread bytes in it is reset.
    peer.stream.readable().await.unwrap();
    drop(peer);
    let event = log.ended().await;
    assert_eq!(event.line(&["code_sent", "clean", "error"]), "- false -");
}

#[tokio::test]
async fn a_client_that_shuts_its_write_side_down_has_vanished() {
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", end_at_the_first_message)).await;
    peer.stream.shutdown().await.unwrap();
    assert_eq!(peer.rest().await, b"");
    assert_eq!(log.ended().await.line(&["code_sent", "initiator"]), "- none");
}

#[tokio::test]
async fn a_client_that_leaves_before_accept_cancels_the_endpoint() {
    let endpoint = async |_: Handshake| -> Result { std::future::pending().await };
    let log = Log::listen();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(App::new().route("/ws", endpoint).serve_on(listener).into_future());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(handshake("/ws", "").as_bytes()).await.unwrap();
    drop(stream);
    assert_eq!(log.ended().await.get("phase"), "before");
}

#[tokio::test]
async fn the_server_ends_the_stream_first() {
    // RFC 6455, 7.1.1: so that the client does not hold the port in TIME_WAIT.
    let mut peer = connect(App::new().route("/ws", end_at_the_first_message)).await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(peer.frame().await, Frame::close(4000, "enough"));
    peer.send(wire::close(4000, "enough")).await;
    let mut byte = [0];
    assert_eq!(peer.stream.read(&mut byte).await.unwrap(), 0);
}

#[tokio::test]
async fn axum_serves_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new()
        .route("/ws", hangup::route(end_at_the_first_message))
        .route("/", axum::routing::get(async || "plain HTTP"));
    tokio::spawn(axum::serve(listener, router).into_future());
    let log = Log::listen();
    let mut peer = Peer::open(TcpStream::connect(address).await.unwrap(), "/ws").await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(peer.frame().await, Frame::close(4000, "enough"));
    peer.send(wire::close(4001, "")).await;
    assert_eq!(peer.frames().await, []);
    drop(peer);
    assert_eq!(
        log.ended().await.line(&["code_sent", "code_received", "clean"]),
        "4000 4001 true"
    );

    let mut http = TcpStream::connect(address).await.unwrap();
    http.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut response = String::new();
    http.read_to_string(&mut response).await.unwrap();
    assert!(response.ends_with("plain HTTP"), "{response}");
}

/// hyper writes without a bound of time: a peer that asks and asks and reads no answer would keep its connection.
#[tokio::test]
async fn a_peer_that_takes_no_response_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = App::new()
        .route("/ws", end_at_the_first_message)
        .serve_on(listener);
    tokio::spawn(
        serve
            .response_write_timeout(Duration::from_millis(300))
            .into_future(),
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    let requests = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let asking = async { while stream.write_all(&requests).await.is_ok() {} };
    timeout(Duration::from_secs(20), asking).await.unwrap();
}
