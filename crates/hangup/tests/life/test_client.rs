//! The test client: it blurs nothing, waits for no one forever, and says what came instead, and where.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};

use axum::{Router, extract::Request, response::Response, routing::any};
use hangup::{
    App, Close, CloseCode, Handshake, HttpError, Result,
    testing::{Received, TestClient},
};
use http::StatusCode;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;

async fn talk(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        match &*socket.recv_text().await? {
            "text" => socket.send_text("a text").await?,
            "binary" => socket.send_binary([1, 2, 3]).await?,
            "close" => return Err(Close::new(CloseCode::of::<4000>(), "asked").into()),
            _ => {}
        }
    }
}

async fn refuse(_: Handshake) -> Result {
    Err(HttpError::new(StatusCode::NOT_FOUND, "no such room").into())
}

fn client() -> TestClient {
    TestClient::new(App::new().route("/talk", talk).route("/refuse", refuse))
}

/// What a future panics with.
async fn message<T>(future: impl Future<Output = T>) -> String {
    let mut future = pin!(future);
    let payload = poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(|_| panic!("no panic")),
            Err(payload) => Poll::Ready(payload),
        },
    )
    .await;
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

#[track_caller]
fn assert_says(message: &str, texts: &[&str], line: u32) {
    let place = format!("test_client.rs:{line}:");
    for text in texts.iter().copied().chain([&*place]) {
        assert!(message.contains(text), "{text:?} is not in {message:?}");
    }
}

#[tokio::test]
async fn a_socket_and_a_refusal_are_two_things() {
    assert!(client().connect("/talk").await.is_ok());
    let refused = client().connect("/refuse").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        refused.to_string(),
        r#"HTTP 404 Not Found "{\"detail\":\"no such room\"}""#
    );
}

#[tokio::test(start_paused = true)]
async fn a_receive_fails_after_the_time_limit() {
    let client = client().time_limit(Duration::from_secs(2));
    let mut socket = client.connect("/talk").await.unwrap();
    let begun = tokio::time::Instant::now();
    let line = line!() + 1;
    let said = message(socket.recv_text()).await;
    assert_says(&said, &["nothing within 2s"], line);
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_fails_after_the_time_limit() {
    let never = async |_: Handshake| -> Result { std::future::pending().await };
    let client = TestClient::new(App::new().route("/ws", never)).time_limit(Duration::from_secs(2));
    let line = line!() + 1;
    let said = message(client.connect("/ws").into_future()).await;
    assert_says(&said, &["no HTTP response", "2s"], line);
}

#[tokio::test]
async fn a_failed_assertion_says_what_came_instead_and_where_it_stands() {
    let mut socket = client().connect("/talk").await.unwrap();
    socket.send_text("binary").await;
    let line = line!() + 1;
    let said = message(socket.recv_text()).await;
    assert_says(&said, &["expected a text", "3 binary bytes"], line);

    socket.send_text("text").await;
    let line = line!() + 1;
    let said = message(socket.recv_binary()).await;
    assert_says(&said, &["expected a binary", "text \"a text\""], line);

    socket.send_text("text").await;
    let line = line!() + 1;
    let said = message(socket.recv_json::<u8>()).await;
    assert_says(&said, &["a text", "JSON"], line);

    socket.send_text("text").await;
    let line = line!() + 1;
    let said = message(socket.recv_close()).await;
    assert_says(&said, &["expected a Close frame", "text \"a text\""], line);

    socket.send_text("close").await;
    let line = line!() + 1;
    let said = message(socket.recv_text()).await;
    assert_says(&said, &["expected a text", "close 4000 \"asked\""], line);

    let line = line!() + 1;
    let said = message(socket.recv_text()).await;
    assert_says(&said, &["the end of the stream"], line);
}

#[tokio::test]
async fn another_code_or_another_reason_is_another_close() {
    for (code, reason) in [(4001, "asked"), (4000, "else"), (4000, "")] {
        let mut socket = client().connect("/talk").await.unwrap();
        socket.send_text("close").await;
        let code = CloseCode::new(code).unwrap();
        let line = line!() + 1;
        let said = message(socket.assert_closed(code, reason)).await;
        assert_says(
            &said,
            &[
                &format!("expected close {code} {reason:?}"),
                "received close 4000 \"asked\"",
            ],
            line,
        );
    }
}

/// A server that completes the handshake and then writes these bytes, in one write.
fn writing(bytes: &'static [u8]) -> TestClient {
    let answer = async move |mut request: Request| {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut stream = TokioIo::new(upgrade.await.unwrap());
            stream.write_all(bytes).await.unwrap();
            stream.shutdown().await.unwrap();
        });
        Response::builder()
            .status(101)
            .header("upgrade", "websocket")
            .header("connection", "upgrade")
            .header("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            .body(axum::body::Body::empty())
            .unwrap()
    };
    TestClient::new(Router::new().route("/ws", any(answer)))
}

#[tokio::test]
async fn a_second_close_frame_fails_the_test() {
    for bytes in [
        // Two Close frames.
        &b"\x88\x02\x0f\xa0\x88\x02\x0f\xa0"[..],
        // A message behind the Close frame.
        b"\x88\x02\x0f\xa0\x81\x01x",
    ] {
        let mut socket = writing(bytes).connect("/ws").await.unwrap();
        let said = message(socket.assert_closed(CloseCode::of::<4000>(), "")).await;
        assert!(said.contains("after its Close frame"), "{said}");
    }
}

#[tokio::test]
async fn a_server_that_breaks_the_protocol_fails_the_test() {
    for bytes in [
        &b"\x83\x00"[..],     // a reserved opcode
        b"\x81\x81\0\0\0\0x", // a mask
        b"\x88\x02\x03\xee",  // a Close frame with 1006
        b"\x81\x02\xc3\x28",  // text that is not UTF-8
    ] {
        let mut socket = writing(bytes).connect("/ws").await.unwrap();
        let said = message(socket.recv()).await;
        assert!(said.contains("broke the protocol"), "{said}");
    }
}

#[tokio::test]
async fn an_end_without_a_close_frame_is_no_close() {
    let mut socket = writing(b"\x81\x01x").connect("/ws").await.unwrap();
    assert_eq!(socket.recv_text().await, "x");
    let said = message(socket.recv_close()).await;
    assert!(
        said.contains("expected a Close frame, received the end of the stream"),
        "{said}"
    );
    let mut socket = writing(b"").connect("/ws").await.unwrap();
    assert_eq!(socket.recv().await, Received::End);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_dropped_has_vanished() {
    let log = crate::log::Log::listen();
    drop(client().connect("/talk").await.unwrap());
    assert_eq!(
        log.connection().await.line(&["code_received", "clean"]),
        "- false"
    );
}
