//! The closing handshake: one Close frame, an answer that is awaited, and a deadline on every step.

use std::time::Duration;

use hangup::{
    App, Close, CloseCode, Handshake, Result, Settings, ValidationError, params::EndpointContext,
    testing::TestClient,
};
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, timeout},
};

use crate::{
    errors::Unforeseen,
    log::Log,
    wire::{self, BINARY, CLOSE, Frame, PING, Peer, TEXT, frame},
};

async fn end_at_once(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Close::new(CloseCode::of::<4000>(), "over").into())
}

async fn close_and_fail(handshake: Handshake) -> Result {
    let socket = handshake.accept().await?;
    socket.close(Close::new(CloseCode::of::<4000>(), "over")).await;
    Err(Unforeseen.into())
}

fn settings() -> Settings {
    Settings::new()
        .close_timeout(Duration::from_secs(3))
        .linger_timeout(Duration::from_secs(2))
}

fn client(app: App) -> TestClient {
    TestClient::new(app.settings(settings()))
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_ends_the_connection_at_once() {
    let log = Log::listen();
    let begun = Instant::now();
    let mut peer = Peer::open(client(App::new().route("/ws", end_at_once)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(4000, "over"));
    peer.send(wire::close(4000, "over")).await;
    assert_eq!(peer.frames().await, []);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    drop(peer);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["clean", "code_received", "duration_ms"]),
        "true 4000 0"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_is_given_up_after_close_timeout() {
    let log = Log::listen();
    let begun = Instant::now();
    let mut peer = Peer::open(client(App::new().route("/ws", end_at_once)).stream(), "/ws").await;
    assert_eq!(peer.frames().await, [Frame::close(4000, "over")]);
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
    let event = log.connection().await;
    assert_eq!(
        event.line(&["clean", "code_received", "initiator"]),
        "false - local"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_and_stays_is_left_after_linger_timeout() {
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", end_at_once)).stream(), "/ws").await;
    peer.frame().await;
    peer.send(wire::close(4000, "")).await;
    assert_eq!(peer.frames().await, [], "the write side is shut down at once");
    let event = log.connection().await;
    assert_eq!(event.line(&["clean", "duration_ms"]), "true 2000");
    // The transport is gone: there is nobody to write to.
    assert!(peer.stream.write_all(b"x").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_comes_behind_our_close_is_discarded_up_to_the_answer() {
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", end_at_once)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(4000, "over"));
    for (opcode, payload) in [
        (TEXT, &b"late"[..]),
        (BINARY, &[0; 70_000]),
        (PING, b"still there?"),
    ] {
        peer.send(frame(opcode, payload)).await;
    }
    peer.send(wire::close(1000, "answer")).await;
    assert_eq!(peer.frames().await, [], "no pong follows a Close frame");
    let event = log.connection().await;
    assert_eq!(
        event.line(&["clean", "code_received", "reason_received"]),
        "true 1000 answer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_violation_behind_our_close_is_answered_with_nothing() {
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", end_at_once)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(4000, "over"));
    peer.send([0xff; 8]).await;
    assert_eq!(peer.frames().await, []);
    assert_eq!(log.connection().await.line(&["code_sent", "clean"]), "4000 false");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_closes_and_then_fails_has_sent_one_close_frame() {
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", close_and_fail)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(4000, "over"));
    peer.send(wire::close(4000, "")).await;
    assert_eq!(peer.frames().await, []);
    let event = log.connection().await;
    assert_eq!(event.line(&["code_sent", "error", "clean"]), "4000 secret true");
    assert_eq!(event.level, tracing::Level::ERROR);
}

#[tokio::test(start_paused = true)]
async fn close_says_how_the_closing_handshake_went() {
    let endpoint = async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        let begun = Instant::now();
        let closed = socket.close(CloseCode::GOING_AWAY).await;
        let received = closed
            .received()
            .map(|close| (close.code().get(), close.reason().to_string()));
        tracing::info!(
            target: "endpoint",
            clean = closed.is_clean(),
            waited = begun.elapsed().as_secs(),
            received = ?received,
        );
        Ok(())
    };
    for (answer, said) in [
        (Some(wire::close(4711, "bye")), r#"true 0 Some((4711, "bye"))"#),
        (None, "false 3 None"),
    ] {
        let log = Log::listen();
        let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
        assert_eq!(peer.frame().await, Frame::close(1001, ""));
        if let Some(answer) = answer {
            peer.send(answer).await;
        }
        log.connection().await;
        let events = log.all();
        let event = events.iter().find(|event| event.target == "endpoint").unwrap();
        assert_eq!(event.line(&["clean", "waited", "received"]), said);
    }
}

#[tokio::test(start_paused = true)]
async fn close_goes_out_although_its_future_is_dropped() {
    let endpoint = async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        let close = socket.close(CloseCode::of::<4000>());
        assert!(timeout(Duration::from_millis(1), close).await.is_err());
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    };
    let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    assert_eq!(peer.frames().await, [Frame::close(4000, "")]);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_may_go_on_after_its_close_for_longer_than_disconnect_grace() {
    let endpoint = async |handshake: Handshake| -> Result {
        handshake.accept().await?.close(CloseCode::of::<4000>()).await;
        tokio::time::sleep(Duration::from_secs(100)).await;
        Ok(())
    };
    let log = Log::listen();
    let settings = settings().disconnect_grace(Duration::from_secs(20));
    let app = App::new().route("/ws", endpoint).settings(settings);
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(4000, ""));
    peer.send(wire::close(4000, "")).await;
    drop(peer);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "clean", "duration_ms", "error"]),
        "4000 true 100000 -"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_behind_a_close() {
    let endpoint = async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        let sender = socket.sender();
        sender.send_text("before").await?;
        let closing = socket.close(CloseCode::of::<4000>());
        let sending = async {
            let disconnect = sender.send_text("behind").await.unwrap_err();
            assert_eq!(disconnect.code(), 4000);
            assert!(sender.is_closed());
            assert!(sender.ping("behind").await.is_err());
        };
        tokio::join!(closing, sending);
        Ok(())
    };
    let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::text("before"));
    assert_eq!(peer.frame().await, Frame::close(4000, ""));
    peer.send(wire::close(4000, "")).await;
    assert_eq!(peer.frames().await, []);
}

/// Sends more than all buffers hold, and then ends.
async fn send_much(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    for _ in 0..3 {
        timeout(Duration::from_secs(1), socket.send_binary(vec![7; 100_000])).await??;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_waits_for_a_peer_that_does_not_read_and_the_close_is_bounded() {
    let log = Log::listen();
    let peer = Peer::open(client(App::new().route("/ws", send_much)).stream(), "/ws").await;
    let event = log.connection().await;
    // The pipe takes 64 KiB: the first message is taken, the next one waits for its second in vain.
    assert_eq!(event.line(&["code_sent", "clean"]), "1011 false");
    assert!(event.get("error").contains("elapsed"), "{event}");
    assert_eq!(
        event.get("duration_ms"),
        "4000",
        "a second of waiting, and close_timeout"
    );
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_send_that_was_cancelled_has_sent_nothing() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![7; 200_000]).await?;
        let second = socket.send_text("cancelled");
        assert!(timeout(Duration::from_secs(1), second).await.is_err());
        Ok(())
    };
    let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(peer.frame().await.payload.len(), 200_000);
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_stops_reading_and_then_leaves_leaves_nothing_behind() {
    // It shuts its write side down while ours is full: nothing will ever be written any more.
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", send_much)).stream(), "/ws").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    peer.stream.shutdown().await.unwrap();
    assert_eq!(log.connection().await.get("clean"), "false");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_never_written_whole_is_not_clean() {
    let log = Log::listen();
    let mut peer = Peer::open(client(App::new().route("/ws", send_much)).stream(), "/ws").await;
    peer.send(wire::close(1000, "")).await;
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_received", "initiator", "clean"]),
        "1000 peer false"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_slowly_gets_everything_and_the_close() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for _ in 0..3 {
            socket.send_binary(vec![7; 100_000]).await?;
        }
        Ok(())
    };
    let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(peer.frame().await.payload.len(), 100_000);
    }
    assert_eq!(peer.frame().await.opcode, CLOSE);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_ends_behind_a_long_message_waits_for_a_peer_that_takes_it() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![7; 200_000]).await?;
        Ok(())
    };
    let mut peer = Peer::open(client(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    assert_eq!(peer.frame_slowly(20_000).await.payload.len(), 200_000);
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
}

#[tokio::test(start_paused = true)]
async fn however_little_a_peer_takes_the_wait_has_an_end() {
    let log = Log::listen();
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![7; 200_000]).await?;
        Ok(())
    };
    let client = client(App::new().route("/ws", endpoint));
    let mut peer = Peer::open(client.stream(), "/ws").await;
    let begun = Instant::now();
    let reading = async {
        let mut byte = [0; 1];
        while tokio::io::AsyncReadExt::read(&mut peer.stream, &mut byte)
            .await
            .unwrap_or(0)
            > 0
            && log.connections().is_empty()
        {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    reading.await;
    assert_eq!(log.connections().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_message_of_a_validation_error_does_not_wait_for_ever_for_a_peer_that_does_not_read() {
    async fn fail_with_much_unsent(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![0; 1024 * 1024]).await?;
        Err(ValidationError::new(Vec::new(), EndpointContext::default()).into())
    }
    let log = Log::listen();
    let app = App::new().route("/ws", fail_with_much_unsent);
    let client = TestClient::new(app.settings(Settings::new().error_message(true)));
    let _peer = Peer::open(client.stream(), "/ws").await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(log.only().line(&["code_sent", "clean"]), "1008 false");
}

/// An echo whose peer sends a message that is too long, at an even pace, and reads only then.
async fn send_for(time: Duration, settings: Settings) -> (Peer<tokio::io::DuplexStream>, Duration) {
    const PIECE: usize = 16 * 1024;
    let app = App::new().route("/ws", echo).settings(settings);
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let message = frame(BINARY, &vec![7; 8 << 20]);
    let pause = time / u32::try_from(message.len() / PIECE).unwrap();
    let begun = Instant::now();
    for piece in message.chunks(PIECE) {
        if peer.stream.write_all(piece).await.is_err() {
            break;
        }
        tokio::time::sleep(pause).await;
    }
    (peer, begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_still_sends_what_broke_a_rule_can_read_the_close_within_close_timeout() {
    let log = Log::listen();
    let (mut peer, time) = send_for(Duration::from_secs(4), Settings::new()).await;
    assert!(time >= Duration::from_secs(4), "all of it was taken: {time:?}");
    let frames = peer.frames().await;
    assert_eq!(frames.last().unwrap().payload[..2], 1009_u16.to_be_bytes());
    drop(peer);
    let event = log.connection().await;
    assert_eq!(event.line(&["code_sent", "clean"]), "1009 false");
    assert!(event.get("duration_ms").parse::<u32>().unwrap() < 4500, "{event}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_without_end_behind_a_violation_is_dropped_after_close_timeout() {
    let log = Log::listen();
    let settings = Settings::new().close_timeout(Duration::from_secs(7));
    let (_peer, time) = send_for(Duration::from_secs(60), settings).await;
    assert!((7..=8).contains(&time.as_secs()), "{time:?}");
    assert_eq!(log.connection().await.get("code_sent"), "1009");
}

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}
