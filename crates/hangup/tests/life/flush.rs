//! A transport that takes bytes and holds them back, as TLS does: all that was sent arrives, however slowly it goes.

use std::time::Duration;

use hangup::{App, Close, CloseCode, Handshake, Result};
use tokio::{
    io::{AsyncReadExt, BufStream, DuplexStream},
    time::timeout,
};

use crate::{
    log::Log,
    wire::{self, BINARY, Frame, PING, PONG, Peer, TEXT, frame},
};

/// A client behind a pipe of a few bytes, into which the server writes through a buffer that takes everything.
async fn connect(app: App) -> Peer<DuplexStream> {
    let (client, server) = tokio::io::duplex(16);
    wire::serve(BufStream::with_capacity(1024, 64 * 1024, server), app);
    let opening = Peer::open(client, "/ws");
    timeout(Duration::from_secs(5), opening).await.expect("the 101")
}

async fn next(peer: &mut Peer<DuplexStream>) -> Frame {
    timeout(Duration::from_secs(5), peer.frame())
        .await
        .expect("a frame that was sent")
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_arrives_although_the_endpoint_waits() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_text("a text that is longer than the pipe").await?;
        loop {
            let message = socket.recv().await?;
            socket.send(message).await?;
        }
    };
    let mut peer = connect(App::new().route("/ws", endpoint)).await;
    assert_eq!(
        next(&mut peer).await,
        Frame::text("a text that is longer than the pipe")
    );
    for length in [20, 40_000, 200_000] {
        peer.send(frame(BINARY, &vec![7; length])).await;
        assert_eq!(next(&mut peer).await.payload, vec![7; length]);
    }
    peer.send(frame(PING, b"are you there, behind the pipe?")).await;
    let pong = next(&mut peer).await;
    assert_eq!(
        (pong.opcode, &*pong.payload),
        (PONG, &b"are you there, behind the pipe?"[..])
    );
}

#[tokio::test(start_paused = true)]
async fn the_close_frame_arrives_before_the_end() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        socket.send_text(text).await?;
        Err(Close::new(CloseCode::of::<4000>(), "a reason that is longer than the pipe").into())
    };
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", endpoint)).await;
    peer.send(frame(TEXT, b"the last message of this conversation"))
        .await;
    assert_eq!(
        next(&mut peer).await,
        Frame::text("the last message of this conversation")
    );
    let close = Frame::close(4000, "a reason that is longer than the pipe");
    assert_eq!(next(&mut peer).await, close);
    peer.send(wire::close(4000, "")).await;
    assert_eq!(peer.frames().await, []);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "code_received", "clean"]),
        "4000 4000 true"
    );
}

#[tokio::test(start_paused = true)]
async fn a_close_frame_that_never_left_is_no_clean_end() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        Err(Close::new(CloseCode::of::<4000>(), "a reason that is longer than the pipe").into())
    };
    let log = Log::listen();
    let mut peer = connect(App::new().route("/ws", endpoint)).await;
    peer.send(frame(TEXT, b"x")).await;
    peer.send(wire::close(4001, "")).await;
    // The peer has said all, and reads no more than the first bytes.
    let mut first = [0; 4];
    peer.stream.read_exact(&mut first).await.unwrap();
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "code_received", "clean"]),
        "4000 4001 false"
    );
}
