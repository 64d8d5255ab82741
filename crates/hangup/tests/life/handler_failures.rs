//! Error handlers that fail themselves, or that send before the end.

use std::time::Duration;

use hangup::{
    App, Close, CloseCode, Failure, Handshake, HttpError, Refusal, Result, Settings, testing::TestClient,
};
use http::StatusCode;
use tracing::Level;

use crate::{
    errors::{Other, Unforeseen},
    log::{Event, Log},
    wire::{CLOSE, Frame, PING, Peer, TEXT, close},
};

async fn fail(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Unforeseen.into())
}

async fn fail_early(_: Handshake) -> Result {
    Err(Unforeseen.into())
}

fn failing() -> App {
    App::new().route("/ws", fail).route("/early", fail_early)
}

/// The bytes that both paths end with, and their events.
async fn end(app: impl Fn() -> App) -> [(Vec<Frame>, Event); 2] {
    let mut ends = Vec::new();
    for path in ["/ws", "/early"] {
        let log = Log::listen();
        let mut peer = Peer::open(TestClient::new(app()).stream(), path).await;
        let frames = peer.frames().await;
        ends.push((frames, log.connection().await));
    }
    ends.try_into().ok().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_closes_with_1011_and_both_errors_are_logged() {
    for (frames, event) in
        end(|| failing().error_handler(async |_: Failure<Unforeseen>| -> Result<Close> { Err(Other.into()) }))
            .await
    {
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR);
        let error = event.get("error");
        assert!(error.starts_with("secret; its handler for "), "{error}");
        assert!(error.contains("handler_failures.rs:"), "{error}");
        assert!(error.ends_with("secret of another kind"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_closes_with_1011_and_the_place_is_logged() {
    for (frames, event) in end(|| {
        failing().error_handler(async |_: Failure<Unforeseen>| -> Close { panic!("secret in a handler") })
    })
    .await
    {
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR);
        let error = event.get("error");
        assert!(error.starts_with("secret; "), "{error}");
        assert!(
            error.contains("panicked at ") && error.ends_with("secret in a handler"),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_before_its_future_exists_is_no_different() {
    for (frames, event) in end(|| {
        failing().error_handler(|_: Failure<Unforeseen>| -> std::future::Ready<Close> { panic!("secret") })
    })
    .await
    {
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_has_failed_after_handler_timeout() {
    for (frames, event) in end(|| {
        failing()
            .settings(Settings::new().handler_timeout(Duration::from_secs(7)))
            .error_handler(async |_: Failure<Unforeseen>| -> Close { std::future::pending().await })
    })
    .await
    {
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR);
        assert!(event.get("error").starts_with("secret; its handler"), "{event}");
        let duration: u64 = event.get("duration_ms").parse().unwrap();
        assert!(duration >= 7000, "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_a_handler_raises_is_looked_up_in_the_outer_scopes_only() {
    // The inner scope has a handler for what its handler raises: it must not be asked.
    let inner = || {
        failing()
            .error_handler(async |_: Failure<Unforeseen>| -> Result<Close> { Err(Other.into()) })
            .error_handler(async |_: Failure<Other>| CloseCode::of::<4001>())
    };
    let app = || {
        App::new()
            .include(inner())
            .error_handler(async |_: Failure<Other>| CloseCode::of::<4002>())
    };
    for (frames, event) in end(app).await {
        assert_eq!(frames, [Frame::close(4002, "")]);
        assert_eq!(event.level, Level::INFO);
    }
    for (frames, event) in end(inner).await {
        assert_eq!(frames, [Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_raise_the_error_again_for_the_outer_scopes() {
    let app = || {
        let inner = failing()
            .error_handler(async |failed: Failure<Unforeseen>| -> Result<Close> { Err(failed.into_error()) });
        App::new()
            .include(inner)
            .error_handler(async |failed: Failure<Unforeseen>| {
                Close::new(CloseCode::of::<4003>(), failed.endpoint().path.to_string())
            })
    };
    let [(late, _), (early, _)] = end(app).await;
    assert_eq!(late, [Frame::close(4003, "/ws")]);
    assert_eq!(early, [Frame::close(4003, "/early")]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_raise_a_close() {
    for (frames, event) in end(|| {
        failing().error_handler(async |_: Failure<Unforeseen>| -> Result<Close> {
            Err(Close::new(CloseCode::of::<4004>(), "raised").into())
        })
    })
    .await
    {
        assert_eq!(frames, [Frame::close(4004, "raised")]);
        assert_eq!(event.level, Level::INFO);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_sends_stands_before_the_one_close_frame() {
    for (frames, event) in end(|| {
        failing().error_handler(async |failed: Failure<Unforeseen>| {
            let socket = failed.socket().unwrap();
            socket.send_text("first").await?;
            socket.send_text("second").await?;
            Result::<Close>::Ok(Close::new(CloseCode::of::<4102>(), "sent first"))
        })
    })
    .await
    {
        assert_eq!(
            frames,
            [
                Frame::text("first"),
                Frame::text("second"),
                Frame::close(4102, "sent first")
            ]
        );
        assert_eq!(event.get("code_sent"), "4102");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_sends_and_then_fails_still_ends_with_one_close_frame() {
    for (frames, _) in end(|| {
        failing().error_handler(async |failed: Failure<Unforeseen>| -> Result<Close> {
            failed.socket().unwrap().send_text("first").await?;
            Err(Other.into())
        })
    })
    .await
    {
        assert_eq!(frames, [Frame::text("first"), Frame::close(1011, "")]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_http_answer_is_too_late_once_the_handler_has_sent() {
    for (frames, event) in end(|| {
        failing().error_handler(async |failed: Failure<Unforeseen>| {
            let _ = failed.socket().unwrap().send_text("first").await;
            HttpError::new(StatusCode::NOT_FOUND, "late")
        })
    })
    .await
    {
        assert_eq!(frames, [Frame::text("first"), Frame::close(1011, "")]);
        assert_eq!(event.level, Level::ERROR, "{event}");
        assert!(event.get("error").contains("no HTTP response"), "{event}");
    }
}

#[tokio::test]
async fn a_handler_has_no_socket_before_accept_under_refusal_by_http() {
    let app = failing()
        .refusal(Refusal::Http)
        .error_handler(async |failed: Failure<Unforeseen>| {
            assert!(failed.socket().is_none());
            CloseCode::FORBIDDEN
        });
    let refused = TestClient::new(app).connect("/early").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_no_socket_once_the_peer_has_left() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let _ = socket.recv().await;
        Err(Unforeseen.into())
    };
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(async |failed: Failure<Unforeseen>| {
            assert!(failed.socket().is_none());
            CloseCode::of::<4000>()
        });
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(close(1001, "leaving")).await;
    assert_eq!(peer.frames().await, [Frame::close(1001, "leaving")]);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["code_sent", "code_received", "initiator"]),
        "1001 1001 peer"
    );
    assert!(!event.get("error").contains("panicked"), "{event}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_over_which_a_handler_sends_chooses_the_first_offered_subprotocol() {
    let app = failing().error_handler(async |failed: Failure<Unforeseen>| {
        let _ = failed.socket().unwrap().send_text("why").await;
        CloseCode::of::<4000>()
    });
    let client = TestClient::new(app);
    let connect = client.connect("/early").subprotocol("v9").subprotocol("v1");
    let mut socket = connect.await.unwrap();
    assert_eq!(socket.subprotocol(), Some("v9"));
    assert_eq!(socket.recv_text().await, "why");
    socket.assert_closed(CloseCode::of::<4000>(), "").await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_alive_while_its_handler_runs() {
    let app = failing().error_handler(async |_: Failure<Unforeseen>| {
        tokio::time::sleep(Duration::from_secs(5)).await;
        CloseCode::of::<4000>()
    });
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    peer.send(crate::wire::frame(PING, b"?")).await;
    assert_eq!(peer.frame().await.opcode, crate::wire::PONG);
    peer.send(crate::wire::frame(TEXT, b"ignored")).await;
    assert_eq!(peer.frame().await.opcode, CLOSE);
}
