//! Keep-alive: a peer that is silent is not waited for, and one that is not may be as slow as it likes.

use std::time::Duration;

use hangup::{App, CloseCode, Handshake, Result, Settings, testing::TestClient};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use crate::{
    log::Log,
    wire::{self, BINARY, CLOSE, Frame, PING, PONG, Peer, TEXT, frame},
};

async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

async fn open(settings: Settings) -> Peer<tokio::io::DuplexStream> {
    let client = TestClient::new(App::new().route("/ws", listen).settings(settings));
    Peer::open(client.stream(), "/ws").await
}

#[tokio::test(start_paused = true)]
async fn a_peer_is_sent_a_ping_every_20_s_and_its_silence_of_20_s_ends_in_1011() {
    let log = Log::listen();
    let mut peer = open(Settings::new()).await;
    let begun = Instant::now();
    for number in 1..=3 {
        let ping = peer.frame().await;
        assert_eq!(ping.opcode, PING);
        assert_eq!(begun.elapsed().as_secs(), number * 20);
        peer.send(frame(PONG, &ping.payload)).await;
    }
    assert_eq!(peer.frame().await.opcode, PING);
    assert_eq!(peer.frame().await, Frame::close(1011, "keepalive ping timeout"));
    assert_eq!(begun.elapsed().as_secs(), 100);
    drop(peer);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "reason_sent", "initiator", "clean"]),
        "1011 keepalive ping timeout local false"
    );
    assert_eq!(event.level, tracing::Level::INFO, "a silent peer is no error");
}

#[tokio::test(start_paused = true)]
async fn both_times_may_be_set_and_pings_switched_off() {
    let mut peer = open(
        Settings::new()
            .ping_interval(Duration::from_secs(3))
            .ping_timeout(Duration::from_secs(2)),
    )
    .await;
    let begun = Instant::now();
    assert_eq!(peer.frame().await.opcode, PING);
    assert_eq!(begun.elapsed().as_secs(), 3);
    assert_eq!(peer.frame().await.opcode, CLOSE);
    assert_eq!(begun.elapsed().as_secs(), 5);

    let mut peer = open(Settings::new().ping_interval(None)).await;
    assert!(
        timeout(Duration::from_secs(3600), peer.frame()).await.is_err(),
        "nothing is sent in an hour"
    );
}

#[tokio::test(start_paused = true)]
async fn a_pong_that_answers_no_ping_is_no_answer_but_no_silence_either() {
    let mut peer = open(Settings::new()).await;
    let begun = Instant::now();
    let first = peer.frame().await;
    peer.send(frame(PONG, b"something else")).await;
    // Not judged silent at 40 s, so the next ping comes 20 s after that.
    let second = peer.frame().await;
    assert_eq!((second.opcode, begun.elapsed().as_secs()), (PING, 60));
    assert_ne!(first.payload, second.payload);
    peer.send(frame(PONG, &second.payload)).await;
    assert_eq!(peer.frame().await.opcode, PING);
    assert_eq!(begun.elapsed().as_secs(), 80);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_one_long_message_slowly_is_not_silent() {
    let mut peer = open(Settings::new()).await;
    let message = frame(BINARY, &[7; 600]);
    for byte in message.chunks(1) {
        peer.send(byte).await;
        sleep(Duration::from_secs(1)).await;
    }
    peer.send(wire::close(1000, "")).await;
    let frames = peer.frames().await;
    let (last, pings) = frames.split_last().unwrap();
    assert!(pings.iter().all(|frame| frame.opcode == PING));
    assert!(pings.len() > 10, "{}", pings.len());
    assert_eq!(*last, Frame::close(1000, ""));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_not_read_from_is_not_judged() {
    let busy = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        sleep(Duration::from_secs(300)).await;
        while socket.recv().await?.len() > 1 {}
        Ok(())
    };
    let app = App::new()
        .route("/ws", busy)
        .settings(Settings::new().read_ahead(1000).receive_timeout(None));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    for _ in 0..30 {
        peer.send(frame(BINARY, &[7; 1000])).await;
    }
    peer.send(frame(TEXT, b"x")).await;
    let frames = peer.frames().await;
    let (last, pings) = frames.split_last().unwrap();
    assert!(pings.iter().all(|frame| frame.opcode == PING));
    assert_eq!(pings.len(), 14, "one each 20 s");
    assert_eq!(*last, Frame::close(1000, ""));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_not_read_from_and_has_left_is_noticed_by_what_is_written_to_it() {
    let log = Log::listen();
    let never_receives = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        std::future::pending().await
    };
    let app = App::new().route("/ws", never_receives);
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(frame(BINARY, &[7; 70_000])).await;
    sleep(Duration::from_secs(25)).await;
    drop(peer);
    sleep(Duration::from_secs(120)).await;
    assert_eq!(log.connections().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_a_long_message_slowly_is_not_silent() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![7; 1_500_000]).await?;
        socket.recv().await?;
        Ok(())
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut peer = Peer::open(client.stream(), "/ws").await;
    let taken = peer.frame_slowly(10_000).await;
    assert_eq!((taken.opcode, taken.payload.len()), (BINARY, 1_500_000));
    peer.send(frame(TEXT, b"thanks")).await;
    let frames = peer.frames().await;
    let (last, pings) = frames.split_last().unwrap();
    assert!(pings.iter().all(|frame| frame.opcode == PING));
    assert_eq!(*last, Frame::close(1000, ""));
}

#[tokio::test(start_paused = true)]
async fn no_time_at_all_for_an_answer_keeps_no_task_busy() {
    let never_receives = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        std::future::pending().await
    };
    let app = App::new()
        .route("/ws", never_receives)
        .settings(Settings::new().ping_timeout(Duration::ZERO));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(frame(BINARY, &[7; 70_000])).await;
    // Where a task never waits, the clock of the test stands still.
    sleep(Duration::from_secs(21)).await;
}

#[tokio::test(start_paused = true)]
async fn the_round_trip_time_is_readable() {
    let (tell, mut told) = mpsc::channel(2);
    let endpoint = move |handshake: Handshake| {
        let tell = tell.clone();
        async move {
            let mut socket = handshake.accept().await?;
            loop {
                socket.recv().await?;
                tell.send(socket.round_trip_time()).await?;
            }
            #[expect(unreachable_code, reason = "it says of what type the endpoint's errors are")]
            Result::<()>::Ok(())
        }
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut peer = Peer::open(client.stream(), "/ws").await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(told.recv().await.unwrap(), None);
    let ping = peer.frame().await;
    sleep(Duration::from_millis(150)).await;
    peer.send(frame(PONG, &ping.payload)).await;
    peer.send(frame(TEXT, b"x")).await;
    assert_eq!(told.recv().await.unwrap(), Some(Duration::from_millis(150)));
}

#[tokio::test(start_paused = true)]
async fn no_ping_follows_a_close_frame() {
    let endpoint = async |handshake: Handshake| -> Result {
        drop(handshake.accept().await?);
        Ok(())
    };
    let app = App::new().route("/ws", endpoint).settings(
        Settings::new()
            .close_timeout(Duration::from_secs(100))
            .ping_interval(Duration::from_secs(1)),
    );
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    assert_eq!(
        peer.frames().await,
        [Frame::close(CloseCode::NORMAL_CLOSURE.get(), "")]
    );
}
