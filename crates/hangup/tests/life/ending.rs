//! Endings after `accept`: each is one Close frame with the code and the reason that it stands for.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use hangup::{App, Close, CloseCode, Handshake, HttpError, Reason, Refusal, Result, testing::TestClient};
use http::StatusCode;
use serde::Deserialize;
use tracing::Level;

use crate::{
    errors::{Kicked, RoomFull, Unforeseen, top},
    log::Log,
    wire::{CLOSE, Frame, Peer, close},
};

#[derive(Clone, Copy, Debug)]
enum How {
    Close(u16, &'static str),
    LongReason,
    IllegalCode(i64),
    IntoClose,
    Unforeseen,
    Chain,
    Panic,
    PanicInTask,
    Ok,
    HttpError,
}

async fn end(how: How, handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    tokio::task::yield_now().await;
    match how {
        How::Close(code, reason) => Err(Close::new(CloseCode::new(code)?, reason).into()),
        How::LongReason => Err(Close::new(CloseCode::of::<4000>(), "é".repeat(100)).into()),
        How::IllegalCode(code) => Err(Close::new(CloseCode::try_from(code)?, "never sent").into()),
        How::IntoClose => Err(RoomFull { seats: 8 }.into()),
        How::Unforeseen => Err(Unforeseen.into()),
        How::Chain => Err(top().into()),
        How::Panic => panic!("secret panic"),
        How::PanicInTask => Ok(tokio::spawn(async { panic!("secret panic") }).await?),
        How::Ok => Ok(()),
        How::HttpError => Err(HttpError::new(StatusCode::NOT_FOUND, "secret item").into()),
    }
}

fn client(how: How, refusal: Refusal) -> TestClient {
    let endpoint = move |handshake: Handshake| end(how, handshake);
    TestClient::new(App::new().route("/ws", endpoint).refusal(refusal))
}

/// All frames of the server, the same under either refusal, and the event.
async fn frames(how: How) -> (Vec<Frame>, crate::log::Event) {
    let mut both = Vec::new();
    for refusal in [Refusal::Close, Refusal::Http] {
        let log = Log::listen();
        let mut peer = Peer::open(client(how, refusal).stream(), "/ws").await;
        let frame = peer.frame().await;
        peer.send(close(1000, "")).await;
        let rest = peer.frames().await;
        let event = log.connection().await;
        assert_eq!(
            event.line(&["phase", "status", "initiator", "clean"]),
            "after - local true"
        );
        both.push(([vec![frame], rest].concat(), event));
    }
    let [(by_close, event), (by_http, _)] = both.try_into().ok().unwrap();
    assert_eq!(by_close, by_http);
    (by_close, event)
}

#[tokio::test(start_paused = true)]
async fn a_close_is_sent_with_its_code_and_reason() {
    for code in [1000, 1001, 1003, 1008, 1011, 1014, 3000, 3999, 4000, 4999] {
        let (frames, event) = frames(How::Close(code, "Grüße")).await;
        assert_eq!(frames, [Frame::close(code, "Grüße")]);
        // Whoever says 1011 says that the server is at fault.
        let level = if code == 1011 { Level::ERROR } else { Level::INFO };
        assert_eq!(event.level, level, "{code}");
        assert_eq!(event.line(&["code_sent", "reason_sent"]), format!("{code} Grüße"));
    }
    let (frames, _) = frames(How::Close(1008, "")).await;
    assert_eq!(frames, [Frame::close(1008, "")]);
}

#[tokio::test(start_paused = true)]
async fn a_reason_that_is_too_long_is_cut_between_characters() {
    let (frames, _) = frames(How::LongReason).await;
    assert_eq!(frames, [Frame::close(4000, &"é".repeat(Reason::MAX_BYTES / 2))]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_may_not_be_sent_is_an_unforeseen_error() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65536 + 1000, -1] {
        let (frames, event) = frames(How::IllegalCode(code)).await;
        assert_eq!(frames, [Frame::close(1011, "")], "{code}");
        assert_eq!(event.level, Level::ERROR);
        assert!(event.get("error").contains(&code.to_string()), "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_type_with_into_close_closes_as_it_says() {
    let (frames, event) = frames(How::IntoClose).await;
    assert_eq!(frames, [Frame::close(4001, "all 8 seats are taken")]);
    assert_eq!(event.level, Level::INFO);
}

#[tokio::test]
async fn a_type_with_into_close_may_be_returned_directly() {
    let endpoint = async |handshake: Handshake| -> Result<(), Kicked> {
        handshake.accept().await.map_err(|_| Kicked)?;
        Err(Kicked)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::of::<4002>(), "kicked").await;
}

#[tokio::test]
async fn a_type_that_is_not_recognised_behind_error_may_be_named_as_closing() {
    let unnamed = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        Err(Kicked.into())
    };
    let named = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        Err(hangup::Error::closing(Kicked))
    };
    let client = TestClient::new(App::new().route("/unnamed", unnamed).route("/named", named));
    let mut socket = client.connect("/unnamed").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    let mut socket = client.connect("/named").await.unwrap();
    socket.assert_closed(CloseCode::of::<4002>(), "kicked").await;
}

#[tokio::test(start_paused = true)]
async fn an_unforeseen_error_is_1011_without_a_reason_and_in_the_log_with_its_chain() {
    for (how, logged) in [
        (How::Unforeseen, "secret"),
        (
            How::Chain,
            "secret top: secret middle: invalid digit found in string",
        ),
    ] {
        let (frames, event) = frames(how).await;
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!((event.level, event.get("error")), (Level::ERROR, logged));
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_1011_without_a_reason_and_in_the_log_with_its_place() {
    let (frames, event) = frames(How::Panic).await;
    assert_eq!(frames, [Frame::close(1011, "")]);
    assert_eq!(event.level, Level::ERROR);
    let error = event.get("error");
    assert!(
        error.contains("ending.rs:") && error.ends_with("secret panic"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_task_that_the_endpoint_waits_for_is_an_unforeseen_error() {
    let (frames, event) = frames(How::PanicInTask).await;
    assert_eq!(frames, [Frame::close(1011, "")]);
    assert_eq!(event.level, Level::ERROR);
}

#[tokio::test]
async fn a_panic_ends_no_other_connection() {
    let echo = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let text = socket.recv_text().await?;
            socket.send_text(text).await?;
        }
    };
    let panics = |handshake: Handshake| end(How::Panic, handshake);
    let client = TestClient::new(App::new().route("/echo", echo).route("/panic", panics));
    let mut other = client.connect("/echo").await.unwrap();
    for _ in 0..3 {
        let mut socket = client.connect("/panic").await.unwrap();
        socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    }
    other.send_text("still here").await;
    assert_eq!(other.recv_text().await, "still here");
}

#[tokio::test(start_paused = true)]
async fn ok_is_1000() {
    let (frames, event) = frames(How::Ok).await;
    assert_eq!(frames, [Frame::close(1000, "")]);
    assert_eq!((event.level, event.get("error")), (Level::INFO, "-"));
}

#[tokio::test(start_paused = true)]
async fn an_http_error_is_too_late_and_is_1011() {
    let (frames, event) = frames(How::HttpError).await;
    assert_eq!(frames, [Frame::close(1011, "")]);
    assert_eq!(event.level, Level::ERROR);
    assert!(event.get("error").starts_with("404: secret item"), "{event}");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_the_disconnect_of_another_connection_is_unforeseen() {
    // A broadcast that fails in this endpoint because somebody else has left.
    type Other = axum::Extension<Arc<OnceLock<hangup::Sender>>>;
    let leaves = async |handshake: Handshake, other: Other| -> Result {
        let mut socket = handshake.accept().await?;
        let _ = other.set(socket.sender());
        socket.recv().await?;
        Ok(())
    };
    let stays = async |handshake: Handshake, other: Other| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        if let Some(other) = other.get() {
            other.send_text("hello").await?;
        }
        Ok(())
    };
    let app = App::new().route("/leaves", leaves).route("/stays", stays);
    let app = app
        .into_router()
        .layer(axum::Extension(Arc::new(OnceLock::<hangup::Sender>::new())));
    let client = TestClient::new(app);
    let mut leaver = client.connect("/leaves").await.unwrap();
    let mut stayer = client.connect("/stays").await.unwrap();
    leaver.send_close(CloseCode::GOING_AWAY, "").await;
    leaver.recv_close().await;

    let log = Log::listen();
    stayer.send_text("go").await;
    stayer.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    let events = log.connections();
    let event = events.iter().find(|event| event.get("path") == "/stays").unwrap();
    assert_eq!(event.level, Level::ERROR, "{event}");
    assert!(event.get("error").contains("1001"), "{event}");
}

#[derive(Debug, Deserialize)]
struct Item {
    #[expect(dead_code, reason = "only its shape matters")]
    price: f64,
}

/// How a connection ends on which the endpoint asks for something and the client sends something else.
async fn meets(path: &str, message: &str, is_text: bool) -> (u16, String) {
    let text = async |handshake: Handshake| -> Result {
        handshake.accept().await?.recv_text().await?;
        Ok(())
    };
    let binary = async |handshake: Handshake| -> Result {
        handshake.accept().await?.recv_binary().await?;
        Ok(())
    };
    let item = async |handshake: Handshake| -> Result {
        handshake.accept().await?.recv_json::<Item>().await?;
        Ok(())
    };
    let app = App::new()
        .route("/text", text)
        .route("/binary", binary)
        .route("/json", item);
    let mut socket = TestClient::new(app).connect(path).await.unwrap();
    if is_text {
        socket.send_text(message).await;
    } else {
        socket.send_binary(message).await;
    }
    let close = socket.recv_close().await;
    (close.code().get(), close.reason().to_string())
}

#[tokio::test]
async fn a_message_of_the_wrong_kind_is_1003() {
    assert_eq!(meets("/text", "x", false).await.0, 1003);
    assert_eq!(meets("/binary", "x", true).await.0, 1003);
    assert_eq!(meets("/json", r#"{"price": 1}"#, false).await.0, 1003);
    assert_eq!(meets("/text", "x", true).await, (1000, String::new()));
}

#[tokio::test]
async fn text_that_is_not_json_is_1007_and_json_of_another_shape_1008_with_the_errors() {
    for text in ["", "{", "nonsense", r#"{"price": 1} behind"#] {
        assert_eq!(meets("/json", text, true).await.0, 1007, "{text:?}");
    }
    for text in [
        "[]",
        "{}",
        r#"{"price": "x"}"#,
        &format!("{{\"price\": {:?}}}", "é".repeat(200)),
    ] {
        let (code, reason) = meets("/json", text, true).await;
        assert_eq!(code, 1008, "{text:?}");
        let errors: serde_json::Value = serde_json::from_str(&reason).expect(&reason);
        assert!(
            errors.as_array().is_some_and(|errors| !errors.is_empty()),
            "{reason}"
        );
    }
    assert_eq!(meets("/json", r#"{"price": 1}"#, true).await.0, 1000);
}

#[tokio::test]
async fn an_endpoint_may_return_nothing() {
    async fn quiet(handshake: Handshake) {
        if let Ok(mut socket) = handshake.accept().await {
            let _ = socket.send_text("hello").await;
        }
    }
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", quiet)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::text("hello"));
    assert_eq!(peer.frame().await.opcode, CLOSE);
}
