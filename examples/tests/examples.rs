//! Each example, run as its user would run it.

use std::time::Duration;

use hangup::{
    CloseCode,
    testing::{Received, TestClient},
};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

macro_rules! example {
    ($name:ident, $file:literal) => {
        #[path = $file]
        #[allow(
            dead_code,
            unreachable_pub,
            missing_docs,
            reason = "an example is a program of its own"
        )]
        mod $name;
    };
}

example!(echo, "../01_echo.rs");
example!(validation, "../02_validation.rs");
example!(errors, "../03_errors.rs");
example!(in_axum, "../04_axum.rs");
example!(dependencies, "../05_dependencies.rs");
example!(chat, "../06_chat.rs");
#[cfg(feature = "tls")]
example!(tls, "../07_tls.rs");
example!(behind_nginx, "../08_behind_nginx/main.rs");
example!(http_parameters, "../10_http_parameters.rs");
example!(spans, "../11_spans.rs");
example!(prices, "../12_prices.rs");

#[tokio::test]
async fn echo() {
    let client = TestClient::new(echo::app());
    let mut refused = client.connect("/items/foo/ws").await.unwrap();
    refused
        .assert_closed(CloseCode::POLICY_VIOLATION, "Session cookie missing")
        .await;

    let mut socket = client
        .connect("/items/foo/ws")
        .cookie("session", "abc")
        .await
        .unwrap();
    socket.send_text("hi").await;
    assert_eq!(socket.recv_text().await, "Message text was: hi, for item ID: foo");
    socket.send_close(CloseCode::NORMAL_CLOSURE, "bye").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "bye").await;
}

#[tokio::test]
async fn validation() {
    let client = TestClient::new(validation::app());
    let mut socket = client.connect("/search?limit=1000").await.unwrap();
    let errors: serde_json::Value = socket.recv_json().await;
    assert_eq!(errors[0]["type"], "less_than_equal");
    assert_eq!(errors[1]["loc"], serde_json::json!(["query", "q"]));
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    assert!(
        close
            .reason()
            .starts_with(r#"[{"type":"less_than_equal","loc":["query","limit"]"#)
    );

    let mut socket = client.connect("/search?q=rust").await.unwrap();
    assert_eq!(socket.recv_text().await, "10 results for \"rust\" from 0");
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;

    let mut socket = client.connect("/count?from=x").await.unwrap();
    assert_eq!(socket.recv_close().await.code(), CloseCode::UNSUPPORTED_DATA);
}

#[tokio::test]
async fn errors() {
    let client = TestClient::new(errors::app());
    for (room, code, reason) in [
        ("cellar", CloseCode::of::<4004>(), "there is no room \"cellar\""),
        ("stadium", CloseCode::of::<4001>(), "room is full"),
        ("archive", CloseCode::INTERNAL_ERROR, ""),
    ] {
        let mut socket = client.connect(&format!("/rooms/{room}")).await.unwrap();
        socket.assert_closed(code, reason).await;
    }

    let mut socket = client.connect("/rooms/lobby").await.unwrap();
    socket.send_text("21").await;
    assert_eq!(socket.recv_text().await, "42");
    socket.send_text("darn").await;
    assert_eq!(socket.recv_text().await, "mind your language");
    socket
        .assert_closed(CloseCode::POLICY_VIOLATION, "\"darn\" is not said here")
        .await;

    let mut socket = client.connect("/rooms/lobby").await.unwrap();
    socket.send_text("x").await;
    socket
        .assert_closed(CloseCode::INTERNAL_ERROR, "something went wrong")
        .await;
}

#[tokio::test]
async fn in_axum() {
    let client = TestClient::new(in_axum::app());
    let mut socket = client.connect("/api/counter/ws").await.unwrap();
    socket.send_text("5").await;
    assert_eq!(socket.recv_text().await, "5");
    socket.send_text("x").await;
    socket.assert_closed(CloseCode::UNSUPPORTED_DATA, "").await;
}

#[tokio::test]
async fn dependencies() {
    let client = TestClient::new(dependencies::app());
    let token = |token| {
        (
            HeaderName::from_static("x-token"),
            HeaderValue::from_static(token),
        )
    };
    for (sent, code, reason) in [
        ("nobody", CloseCode::UNAUTHORIZED, "unknown token"),
        ("mallory-token", CloseCode::FORBIDDEN, "you are banned"),
    ] {
        let (name, value) = token(sent);
        let mut socket = client.connect("/me").header(name, value).await.unwrap();
        socket.assert_closed(code, reason).await;
    }

    // The errors of the dependency's parameters stand before the endpoint's own.
    let mut socket = client.connect("/me?times=9").await.unwrap();
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    let errors: serde_json::Value = serde_json::from_str(close.reason()).unwrap();
    assert_eq!(errors[0]["loc"], serde_json::json!(["header", "x-token"]));
    assert_eq!(errors[1]["loc"], serde_json::json!(["query", "times"]));

    let (name, value) = token("alice-token");
    let mut socket = client.connect("/me").header(name, value).await.unwrap();
    assert_eq!(socket.recv_text().await, "hello, alice");
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn chat() {
    let client = TestClient::new(chat::app());
    let mut ann = client.connect("/chat?name=ann").await.unwrap();
    assert_eq!(ann.recv_text().await, "ann joined");
    let mut bob = client.connect("/chat?name=bob").await.unwrap();
    assert_eq!(bob.recv_text().await, "bob joined");
    assert_eq!(ann.recv_text().await, "bob joined");
    ann.send_text("hello").await;
    assert_eq!(bob.recv_text().await, "ann: hello");
    assert_eq!(ann.recv_text().await, "ann: hello");
    bob.send_close(CloseCode::GOING_AWAY, "").await;
    assert!(matches!(bob.recv().await, Received::Close(_)));
    assert_eq!(ann.recv_text().await, "bob left");
}

#[tokio::test(start_paused = true)]
async fn a_chat_says_that_a_slow_client_has_left() {
    let client = TestClient::new(chat::app()).time_limit(Duration::from_secs(120));
    let mut ann = client.connect("/chat?name=ann").await.unwrap();
    assert_eq!(ann.recv_text().await, "ann joined");
    // It reads nothing.
    let slow = client.connect("/chat?name=slow").await.unwrap();
    assert_eq!(ann.recv_text().await, "slow joined");
    let text = "x".repeat(60_000);
    let mut has_left = false;
    for _ in 0..10 {
        ann.send_text(&text).await;
        let mut heard = ann.recv_text().await;
        // It is closed as soon as it is too slow, and that comes in its place among what is said.
        if heard == "slow left" {
            assert!(!std::mem::replace(&mut has_left, true), "it leaves once");
            heard = ann.recv_text().await;
        }
        assert_eq!(heard.len(), text.len() + "ann: ".len());
    }
    assert!(has_left);
    drop(slow);
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls() {
    let client = TestClient::new(tls::app());
    let mut socket = client.connect("/echo").await.unwrap();
    socket.send_text("hi").await;
    assert_eq!(socket.recv_text().await, "hi");
}

#[tokio::test]
async fn behind_nginx() {
    let client = TestClient::new(behind_nginx::app());
    let mut socket = client.connect("/echo").await.unwrap();
    socket.send_text("hi").await;
    assert_eq!(socket.recv_text().await, "hi");
}

#[tokio::test]
async fn http_parameters() {
    let get = async |target: &str| {
        let request = Request::get(target).body(axum::body::Body::empty()).unwrap();
        let response = http_parameters::app().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts, body.collect().await.unwrap().to_bytes())
    };
    let (parts, body) = get("/items/7?tags=a&tags=b").await;
    assert_eq!(parts.status, StatusCode::OK);
    assert_eq!(&body[..], b"item 7, at most 10, tags: a, b");

    // FastAPI's answer to the same declaration.
    let (parts, body) = get("/items/x?limit=1000").await;
    assert_eq!(parts.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(parts.headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let errors = serde_json::json!([
        {
            "type": "int_parsing",
            "loc": ["path", "item_id"],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": "x",
        },
        {
            "type": "less_than_equal",
            "loc": ["query", "limit"],
            "msg": "Input should be less than or equal to 100",
            "input": "1000",
            "ctx": { "le": 100 },
        },
    ]);
    assert_eq!(body, serde_json::json!({ "detail": errors }));

    let client = TestClient::new(http_parameters::app());
    let mut socket = client.connect("/items/x/ws?limit=1000").await.unwrap();
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    let named: serde_json::Value = serde_json::from_str(close.reason()).unwrap();
    for (named, error) in named.as_array().unwrap().iter().zip(errors.as_array().unwrap()) {
        assert_eq!((&named["type"], &named["loc"]), (&error["type"], &error["loc"]));
    }
}

/// The lines of a log.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn spans() {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || written.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    let client = TestClient::new(spans::app());
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let mut socket = client
        .connect("/ws?user=ann")
        .header(HeaderName::from_static("traceparent"), parent)
        .await
        .unwrap();
    socket.send_text("hi").await;
    assert_eq!(socket.recv_text().await, "hi");
    socket.send_text("").await;
    socket
        .assert_closed(CloseCode::of::<4000>(), "ann says nothing")
        .await;
    drop(socket);
    let log = || String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    while !log().contains("connection ended") {
        tokio::task::yield_now().await;
    }
    for event in ["WebSocket accepted", "a message", "connection ended"] {
        let log = log();
        let line = log.lines().find(|line| line.contains(event)).unwrap();
        assert!(line.contains(trace) && line.contains("user=\"ann\""), "{line}");
    }
}

#[tokio::test]
async fn prices() {
    let hub = hangup::Hub::new();
    let client = TestClient::new(prices::app(&hub));
    let mut socket = client.connect("/prices/ws").await.unwrap();
    while hub.topic("price:ACME").subscribers() + hub.topic("price:INITECH").subscribers() < 2 {
        tokio::task::yield_now().await;
    }
    tokio::spawn(prices::publish(hub));
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 3 {
        let price: serde_json::Value = socket.recv_json().await;
        assert!(price["cents"].as_u64() >= Some(10_000));
        seen.insert(price["symbol"].as_str().map(str::to_owned));
    }
}
