//! Messages that the endpoint does not receive: how long they stop the reading, and what becomes of them then.

use std::time::Duration;

use hangup::{App, CloseCode, Handshake, Result, Settings, testing::TestClient};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    log::Log,
    wire::{BINARY, CLOSE, Frame, PING, PONG, Peer, close, frame},
};

const SECOND: Duration = Duration::from_secs(1);

/// It sends every 100 ms and never receives, as `prices` in "Running a service".
async fn prices(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.send_text("1").await?;
        sleep(SECOND / 10).await;
    }
}

/// It never asks for the socket that it has asked to be opened.
async fn gives_up_accepting(handshake: Handshake) -> Result {
    let _ = timeout(Duration::ZERO, handshake.accept()).await;
    std::future::pending().await
}

/// That a talker of so many messages gets its pong and its Close within a time, and the endpoint ends.
async fn assert_answered(app: App, size: usize, count: usize, within: Duration) {
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let begun = Instant::now();
    for _ in 0..count {
        peer.send_and_read(&frame(BINARY, &vec![7; size])).await;
    }
    peer.send_and_read(&frame(PING, b"there?")).await;
    peer.send_and_read(&close(1000, "bye")).await;
    let frames = peer.frames().await;
    assert!(begun.elapsed() <= within, "{:?}", begun.elapsed());
    let pong = Frame {
        opcode: PONG,
        payload: b"there?".to_vec(),
    };
    assert!(frames.contains(&pong));
    assert_eq!(*frames.last().unwrap(), Frame::close(1000, "bye"));
    drop(peer);
    let event = log.connection().await;
    assert_eq!(event.line(&["code_received", "clean"]), "1000 true");
}

#[tokio::test(start_paused = true)]
async fn pings_and_the_close_of_one_who_talks_to_an_endpoint_that_never_receives_are_answered() {
    for (size, count) in [(1000, 100), (100_000, 1), (1000, 10_000), (1_000_000, 10)] {
        assert_answered(App::new().route("/ws", prices), size, count, 2 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_accept_that_was_dropped_they_are_answered_at_once() {
    let app = || {
        App::new()
            .route("/ws", gives_up_accepting)
            .settings(Settings::new().receive_timeout(None))
    };
    for (size, count) in [(1000, 100), (1_000_000, 10)] {
        assert_answered(app(), size, count, Duration::ZERO).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_who_talks_under_a_rate_limit_is_judged_by_it_as_ever() {
    let app = App::new()
        .route("/ws", prices)
        .settings(Settings::new().read_ahead(100).messages_per_second(10));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    // What comes while nothing is read is allowed at the same rate.
    for _ in 0..300 {
        peer.send_and_read(&frame(BINARY, &[7; 100])).await;
        peer.read_for(SECOND / 10).await;
    }
    for _ in 0..30 {
        peer.send_and_read(&frame(BINARY, &[7; 100])).await;
    }
    let frames = peer.frames().await;
    assert_eq!(*frames.last().unwrap(), Frame::close(1008, "too many messages"));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_receives_too_late_gets_what_has_waited_and_then_an_end_with_1008() {
    let log = Log::listen();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let late = move |handshake: Handshake| {
        let tell = tell.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let asked = socket.recv().await?.len();
            sleep(Duration::from_secs(20)).await;
            let mut waited = 0;
            let disconnect = loop {
                match socket.recv().await {
                    Ok(message) => waited += message.len(),
                    Err(disconnect) => break disconnect,
                }
            };
            tell.send((asked, waited, disconnect.clone()))?;
            Result::<()>::Err(disconnect.into())
        }
    };
    let app = App::new()
        .route("/ws", late)
        .settings(Settings::new().read_ahead(2500));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(frame(BINARY, &[7; 10])).await;
    for _ in 0..300 {
        peer.send_and_read(&frame(BINARY, &[7; 1000])).await;
    }
    let (asked, waited, disconnect) = told.recv().await.unwrap();
    assert_eq!((asked, waited), (10, 3000));
    assert_eq!(
        (disconnect.code().get(), disconnect.reason()),
        (1008, "messages were not received")
    );
    assert_eq!(peer.frames().await.last().unwrap().opcode, CLOSE);
    drop(peer);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "reason_sent"]),
        "1008 messages were not received"
    );
    assert!(event.get("note").contains("receive_timeout"), "{event}");
}

/// By how long a ping waits for its pong, after an endpoint has asked for a message and then no more.
async fn pong_after(settings: Settings) -> Option<Duration> {
    let once = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        std::future::pending().await
    };
    let app = App::new()
        .route("/ws", once)
        .settings(settings.read_ahead(1).ping_interval(None));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    for _ in 0..3 {
        peer.send(frame(BINARY, b"x")).await;
    }
    let begun = Instant::now();
    peer.send(frame(PING, b"")).await;
    let pong = timeout(Duration::from_secs(3600), peer.frame()).await.ok()?;
    assert_eq!(pong.opcode, PONG);
    Some(begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_waits_stops_the_reading_for_15_s_or_what_is_set() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let rounded = |elapsed: Option<Duration>| elapsed.map(|elapsed| Duration::from_secs(elapsed.as_secs()));
    assert_eq!(rounded(pong_after(Settings::new()).await), seconds(15));
    assert_eq!(
        rounded(pong_after(Settings::new().receive_timeout(SECOND * 40)).await),
        seconds(40)
    );
    assert_eq!(pong_after(Settings::new().receive_timeout(None)).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_busy_endpoint_that_is_back_in_time_gets_everything() {
    let busy = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for number in 0..100_u8 {
            assert_eq!(socket.recv_binary().await?, [number; 100][..]);
            sleep(14 * SECOND).await;
        }
        Ok(())
    };
    let app = App::new()
        .route("/ws", busy)
        .settings(Settings::new().read_ahead(300));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    for number in 0..100 {
        peer.send_and_read(&frame(BINARY, &[number; 100])).await;
    }
    let last = peer.frames().await.pop().unwrap();
    assert_eq!(last, Frame::close(CloseCode::NORMAL_CLOSURE.get(), ""));
}
