//! The budget that tokio gives a task for one poll: an endpoint that uses it up does not cut its own connection off.

use std::time::Duration;

use hangup::{App, CloseCode, Handshake, Result, Sender, Settings};
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{
    stop::Server,
    wire::{self, CLOSE, Frame, PING, PONG, Peer, TEXT, frame},
};

/// An endpoint that takes from a feed that is never empty; it sends a message for each if it `sends`.
async fn greedy(settings: Settings, sends: bool) -> (Server, Peer<TcpStream>, Sender) {
    let (hand_out, mut handed) = mpsc::unbounded_channel();
    let endpoint = move |handshake: Handshake| {
        let hand_out = hand_out.clone();
        async move {
            let socket = handshake.accept().await?;
            hand_out.send(socket.sender())?;
            let (sender, _receiver) = socket.split();
            let (feed, mut fed) = mpsc::channel::<()>(10_000);
            for _ in 0..5_000 {
                feed.try_send(())?;
            }
            while fed.recv().await.is_some() {
                feed.try_send(())?;
                if sends {
                    sender.send_text("x").await?;
                }
            }
            Result::<()>::Ok(())
        }
    };
    let greedy = App::new().route("/ws", endpoint).settings(settings);
    let app = App::new().include(greedy);
    let server = Server::start(app, None).await;
    let peer = Peer::open(server.connect().await, "/ws").await;
    let sender = handed.recv().await.unwrap();
    (server, peer, sender)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_task_sends_goes_out_and_so_does_its_close() {
    let (_server, mut peer, sender) = greedy(Settings::new(), false).await;
    sender.send_text("hello").await.unwrap();
    let sent = timeout(Duration::from_secs(10), peer.frame()).await;
    assert_eq!(sent.expect("it is written"), Frame::text("hello"));
    sender.start_close(CloseCode::GOING_AWAY);
    let closed = timeout(Duration::from_secs(10), peer.frame()).await;
    assert_eq!(closed.expect("it is written"), Frame::close(1001, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_answers_its_pings_is_heard() {
    let settings = Settings::new()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(1500));
    let (_server, mut peer, _sender) = greedy(settings, true).await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        let frame = peer.frame().await;
        assert_ne!(frame.opcode, CLOSE, "closed after {:?}", begun.elapsed());
        if frame.opcode == PING {
            peer.send(wire::frame(PONG, &frame.payload)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_closes_is_answered() {
    let (_server, mut peer, _sender) = greedy(Settings::new(), true).await;
    peer.send(wire::close(1000, "")).await;
    let answered = async { while peer.frame().await.opcode != CLOSE {} };
    assert!(timeout(Duration::from_secs(10), answered).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_within_a_stream_of_messages_is_answered_while_they_come() {
    let listen = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.recv().await?;
        }
    };
    let server = Server::start(App::new().route("/ws", listen), None).await;
    let mut peer = Peer::open(server.connect().await, "/ws").await;
    peer.send(frame(PING, b"")).await;
    let (mut reader, mut writer) = tokio::io::split(peer.stream);
    let flood = async {
        let messages = frame(TEXT, b"x").repeat(5_000);
        loop {
            tokio::io::AsyncWriteExt::write_all(&mut writer, &messages)
                .await
                .unwrap();
        }
    };
    let answer = tokio::io::AsyncReadExt::read_u8(&mut reader);
    tokio::select! {
        answered = timeout(Duration::from_secs(10), answer) => assert_eq!(answered.unwrap().unwrap(), 0x8a),
        () = flood => {}
    }
}
