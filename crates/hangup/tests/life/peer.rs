//! Endings that the peer begins: it closes, it vanishes, it breaks the protocol.

use std::time::Duration;

use hangup::{
    App, CloseCode, Disconnect, Failure, Handshake, Result, Settings, close::Side, testing::TestClient,
};
use tokio::time::Instant;
use tracing::Level;

use crate::{
    log::{Event, Log},
    wire::{self, BINARY, CLOSE, Frame, PING, Peer, TEXT, frame},
};

/// Receives until the end and logs what it saw, twice.
async fn listen(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let first = loop {
        if let Err(disconnect) = socket.recv().await {
            break disconnect;
        }
    };
    let again = socket.recv().await.unwrap_err();
    let in_text = socket.recv_text().await.unwrap_err();
    let in_send = socket.send_text("anybody?").await.unwrap_err();
    assert_eq!([&again, &in_send], [&first, &first]);
    assert!(matches!(in_text, hangup::error::ReceiveError::Disconnect(same) if same == first));
    tracing::info!(target: "endpoint", saw = %describe(&first));
    Err(first.into())
}

fn describe(disconnect: &Disconnect) -> String {
    let clean = if disconnect.is_clean() { "clean" } else { "lost" };
    format!("{} {:?} {clean}", disconnect.code(), disconnect.reason())
}

fn app() -> App {
    App::new()
        .route("/ws", listen)
        .settings(Settings::new().max_message_size(1000))
}

/// What a peer gets for these bytes, what the endpoint saw, and the event.
async fn after(bytes: &[u8]) -> (Vec<Frame>, String, Event) {
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(app()).stream(), "/ws").await;
    peer.send(bytes).await;
    let frames = peer.frames().await;
    drop(peer);
    let event = log.connection().await;
    let events = log.all();
    let saw = events.iter().find(|event| event.target == "endpoint").unwrap();
    assert!(
        !events.iter().any(|event| event.level == Level::ERROR),
        "a peer that leaves is no error"
    );
    (frames, saw.get("saw").to_owned(), event)
}

#[tokio::test(start_paused = true)]
async fn the_code_and_the_reason_of_the_peer_are_readable_and_echoed() {
    for code in [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999] {
        let (frames, saw, event) = after(&wire::close(code, "até já")).await;
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].opcode, CLOSE);
        assert_eq!(frames[0].payload[..2], code.to_be_bytes());
        assert_eq!(saw, format!("{code} \"até já\" clean"));
        assert_eq!(event.line(&["initiator", "clean", "error"]), "peer true -");
        assert_eq!(
            event.line(&["code_received", "reason_received"]),
            format!("{code} até já")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_close_is_1005_and_is_echoed_empty() {
    let (frames, saw, event) = after(&frame(CLOSE, b"")).await;
    assert_eq!(
        frames,
        [Frame {
            opcode: CLOSE,
            payload: Vec::new()
        }]
    );
    assert_eq!(saw, "1005 \"\" clean");
    assert_eq!(event.line(&["code_received", "clean"]), "1005 true");
}

#[tokio::test(start_paused = true)]
async fn what_came_before_the_close_is_received_first() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut texts = Vec::new();
        while let Ok(text) = socket.recv_text().await {
            texts.push(text.to_string());
        }
        tracing::info!(target: "endpoint", texts = ?texts);
        Ok(())
    };
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    let sent = [
        frame(TEXT, b"a"),
        frame(TEXT, b"b"),
        frame(TEXT, b"c"),
        wire::close(1000, ""),
    ];
    peer.send(sent.concat()).await;
    assert_eq!(peer.frames().await, [Frame::close(1000, "")]);
    drop(peer);
    log.connection().await;
    let events = log.all();
    let event = events.iter().find(|event| event.target == "endpoint").unwrap();
    assert_eq!(event.get("texts"), r#"["a", "b", "c"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_vanishes_is_1006() {
    for unfinished in [&b""[..], &frame(TEXT, b"half a frame")[..9]] {
        let log = Log::listen();
        let mut peer = Peer::open(TestClient::new(app()).stream(), "/ws").await;
        peer.send(unfinished).await;
        drop(peer);
        let event = log.connection().await;
        assert_eq!(
            event.line(&["code_sent", "code_received", "initiator", "clean"]),
            "- - none false"
        );
        assert_eq!(event.level, Level::INFO);
        let events = log.all();
        let saw = events.iter().find(|event| event.target == "endpoint").unwrap();
        assert_eq!(saw.get("saw"), "1006 \"\" lost");
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_vanishes_while_the_endpoint_sends_ends_the_endpoint() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.send_text("tick").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::text("tick"));
    drop(peer);
    let event = log.connection().await;
    assert_eq!(event.line(&["clean", "error", "duration_ms"]), "false - 1000");
    assert_eq!(event.level, Level::INFO);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_ignores_that_its_peer_has_left_is_cancelled_after_disconnect_grace() {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            tracing::info!(target: "endpoint", "dropped");
        }
    }
    let endpoint = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        let _dropped = Dropped;
        std::future::pending().await
    };
    for bytes in [&b""[..], &wire::close(1001, "")] {
        let log = Log::listen();
        let settings = Settings::new().disconnect_grace(Duration::from_secs(12));
        let app = App::new().route("/ws", endpoint).settings(settings);
        let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
        peer.send(bytes).await;
        drop(peer);
        let event = log.connection().await;
        assert_eq!(event.get("duration_ms"), "12000");
        assert!(event.get("error").contains("disconnect_grace"), "{event}");
        assert!(log.all().iter().any(|event| event.target == "endpoint"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_may_clean_up_after_its_peer_within_the_grace() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        while socket.recv().await.is_ok() {}
        tokio::time::sleep(Duration::from_secs(10)).await;
        tracing::info!(target: "endpoint", "cleaned up");
        Ok(())
    };
    let log = Log::listen();
    let begun = Instant::now();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frames().await, [Frame::close(1000, "")]);
    assert_eq!(
        begun.elapsed(),
        Duration::ZERO,
        "the peer does not wait for the endpoint"
    );
    drop(peer);
    assert_eq!(log.connection().await.get("duration_ms"), "10000");
    assert!(log.all().iter().any(|event| event.target == "endpoint"));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_breaks_the_protocol_is_told_how() {
    let invalid = [0xc3, 0x28];
    let too_big = frame(BINARY, &[0; 1001]);
    let mut in_pieces = frame(BINARY, &[0; 600]);
    in_pieces[0] &= 0x7f;
    in_pieces.extend(frame(0, &[0; 600]));
    let mut rsv = frame(TEXT, b"x");
    rsv[0] |= 0x40;
    let mut half_ping = frame(PING, b"x");
    half_ping[0] &= 0x7f;
    for (what, code, bytes) in [
        ("a reserved bit", 1002, rsv),
        ("a reserved opcode", 1002, frame(3, b"x")),
        ("no mask", 1002, vec![0x81, 1, b'x']),
        ("a fragmented ping", 1002, half_ping),
        ("a long ping", 1002, frame(PING, &[0; 126])),
        ("a continuation of nothing", 1002, frame(0, b"x")),
        ("a close body of one byte", 1002, frame(CLOSE, &[3])),
        ("text that is not UTF-8", 1007, frame(TEXT, &invalid)),
        (
            "a reason that is not UTF-8",
            1007,
            frame(CLOSE, &[3, 0xe8, 0xc3, 0x28]),
        ),
        ("a message that is too big", 1009, too_big),
        ("fragments that are too big", 1009, in_pieces),
    ] {
        let (frames, saw, event) = after(&bytes).await;
        assert_eq!(frames.len(), 1, "{what}: {frames:?}");
        assert_eq!(frames[0].opcode, CLOSE, "{what}");
        assert_eq!(frames[0].payload[..2], u16::to_be_bytes(code), "{what}");
        assert!(saw.starts_with(&code.to_string()), "{what}: {saw}");
        assert_eq!(
            event.line(&["code_sent", "initiator", "clean"]),
            format!("{code} local false")
        );
        assert_ne!(event.get("error"), "-", "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_code_that_may_not_be_sent_is_answered_with_1002_and_is_in_the_log() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
        let (frames, _, event) = after(&wire::close(code, "")).await;
        assert_eq!(frames.len(), 1, "{code}");
        assert_eq!(frames[0].payload[..2], [3, 0xea], "{code}");
        assert_eq!(event.get("code_received"), code.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_of_exactly_the_limit_is_taken() {
    let (frames, saw, _) = after(&[frame(BINARY, &[0; 1000]), wire::close(1000, "")].concat()).await;
    assert_eq!(frames, [Frame::close(1000, "")]);
    assert!(saw.starts_with("1000"));
}

#[tokio::test(start_paused = true)]
async fn what_the_endpoint_sent_before_a_violation_still_goes_out() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        socket.send_text(text).await?;
        socket.recv().await?;
        Ok(())
    };
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    peer.send([frame(TEXT, b"fine"), frame(3, b"broken")].concat())
        .await;
    let frames = peer.frames().await;
    assert_eq!(frames[0], Frame::text("fine"));
    assert_eq!((frames.len(), frames[1].opcode), (2, CLOSE));
}

#[tokio::test]
async fn the_test_client_closes_with_any_code() {
    let client = TestClient::new(app());
    let mut socket = client.connect("/ws").await.unwrap();
    socket.send_close(CloseCode::of::<4321>(), "until tomorrow").await;
    socket
        .assert_closed(CloseCode::of::<4321>(), "until tomorrow")
        .await;
}

#[tokio::test]
async fn a_catch_all_is_not_told_of_a_peer_that_has_left() {
    #[derive(Debug, thiserror::Error)]
    #[error("the chat is over")]
    struct ChatOver(#[from] Disconnect);

    async fn chat(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.recv().await.map_err(ChatOver::from)?;
        }
    }
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    let app = App::new().route("/ws", chat).error_handler(move |_: Failure| {
        let told = told.clone();
        async move {
            let _ = told.send(());
            CloseCode::INTERNAL_ERROR
        }
    });
    let log = Log::listen();
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    socket.send_close(CloseCode::GOING_AWAY, "").await;
    socket.assert_closed(CloseCode::GOING_AWAY, "").await;
    assert_eq!(log.ended().await.level, Level::INFO);
    assert!(hears.try_recv().is_err(), "the catch-all was asked");
}

/// What the endpoint's [`Disconnect`] says of the end that `peer` makes, when the server may close from elsewhere.
async fn disconnect_of(closes_itself: bool, bytes: &[u8]) -> (u16, Option<Side>, bool) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = std::sync::Mutex::new(Some(tell));
    let endpoint = async move |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        if closes_itself {
            socket.sender().start_close(CloseCode::GOING_AWAY);
        }
        let disconnect = socket.recv().await.unwrap_err();
        let _ = tell.lock().unwrap().take().unwrap().send(disconnect);
        Ok(())
    };
    let endpoint = std::sync::Arc::new(endpoint);
    let app = App::new().route("/ws", move |handshake: Handshake| {
        let endpoint = std::sync::Arc::clone(&endpoint);
        async move { endpoint(handshake).await }
    });
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(bytes).await;
    if bytes.is_empty() && !closes_itself {
        drop(peer);
    }
    let disconnect = told.await.unwrap();
    (
        disconnect.code().get(),
        disconnect.initiator(),
        disconnect.is_clean(),
    )
}

/// RFC 6455, 7.1.4 and 7.1.5: the same code from either side, and what is clean.
#[tokio::test(start_paused = true)]
async fn a_disconnect_says_who_closed_first_and_whether_that_was_clean() {
    for (closes_itself, bytes, expected) in [
        (false, wire::close(1001, ""), (1001, Some(Side::Peer), true)),
        (false, frame(CLOSE, b""), (1005, Some(Side::Peer), true)),
        (true, vec![], (1001, Some(Side::Local), false)),
        (false, vec![], (1006, None, false)),
        (false, frame(3, b"x"), (1002, Some(Side::Local), false)),
        (false, frame(TEXT, &[0xff]), (1007, Some(Side::Local), false)),
        (false, frame(CLOSE, &[3]), (1002, Some(Side::Local), false)),
        (
            false,
            frame(CLOSE, &[3, 0xe8, 0xff]),
            (1007, Some(Side::Local), false),
        ),
    ] {
        assert_eq!(disconnect_of(closes_itself, &bytes).await, expected, "{bytes:?}");
    }
}

/// RFC 6455, 7.1.4: what answers our Close frame breaks a rule itself.
#[tokio::test(start_paused = true)]
async fn an_answer_that_breaks_a_rule_is_not_clean() {
    let endpoint = async |handshake: Handshake| -> Result {
        let closed = handshake.accept().await?.close(CloseCode::GOING_AWAY).await;
        tracing::info!(target: "endpoint", clean = closed.is_clean());
        Ok(())
    };
    for answer in [
        frame(CLOSE, &[3]),
        frame(CLOSE, &[3, 0xe8, 0xff]),
        frame(CLOSE, &1005_u16.to_be_bytes()),
    ] {
        let log = Log::listen();
        let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
        assert_eq!(peer.frame().await, Frame::close(1001, ""));
        peer.send(&answer).await;
        assert_eq!(log.connection().await.get("clean"), "false");
        let events = log.all();
        let event = events.iter().find(|event| event.target == "endpoint").unwrap();
        assert_eq!(event.get("clean"), "false", "{answer:?}");
    }
}
