//! Endings before `accept`: what a client gets under `Refusal::Close` and under `Refusal::Http`.

use std::time::Duration;

use hangup::{
    App, Close, CloseCode, Failure, Handshake, HttpError, Refusal, Result, Settings, testing::TestClient,
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tracing::Level;

use crate::{
    errors::{Kicked, RoomFull, Unforeseen, top},
    log::Log,
};

/// The ending of an endpoint that has not accepted.
#[derive(Clone, Copy, Debug)]
enum How {
    Close(u16, &'static str),
    IntoClose,
    Unforeseen,
    Chain,
    Panic,
    Ok,
    HttpError,
}

async fn refuse(how: How, _handshake: Handshake) -> Result {
    tokio::task::yield_now().await;
    match how {
        How::Close(code, reason) => Err(Close::new(CloseCode::new(code)?, reason).into()),
        How::IntoClose => Err(RoomFull { seats: 8 }.into()),
        How::Unforeseen => Err(Unforeseen.into()),
        How::Chain => Err(top().into()),
        How::Panic => panic!("secret panic"),
        How::Ok => Ok(()),
        How::HttpError => Err(HttpError::new(StatusCode::NOT_FOUND, "Item not found")
            .header(HeaderName::from_static("x-item"), HeaderValue::from_static("7"))
            .into()),
    }
}

fn client(how: How, refusal: Refusal) -> TestClient {
    let endpoint = move |handshake: Handshake| refuse(how, handshake);
    TestClient::new(App::new().route("/ws", endpoint).refusal(refusal))
}

/// What `Refusal::Close` answers: the code, the reason and the level of the event.
async fn by_close(how: How) -> (u16, String, Level) {
    let log = Log::listen();
    let mut socket = client(how, Refusal::Close).connect("/ws").await.unwrap();
    let close = socket.recv_close().await;
    let event = log.connection().await;
    assert_eq!(event.get("phase"), "before", "{how:?}");
    assert_eq!(event.get("initiator"), "local", "{how:?}");
    assert_eq!(event.get("clean"), "true", "{how:?}");
    assert_eq!(event.get("code_sent"), close.code().to_string(), "{how:?}");
    (close.code().get(), close.reason().to_string(), event.level)
}

/// What `Refusal::Http` answers: the status, the body and the level of the event.
async fn by_http(how: How) -> (u16, Value, Level) {
    let log = Log::listen();
    let refused = client(how, Refusal::Http).connect("/ws").await.unwrap_err();
    assert_eq!(refused.headers()["content-type"], "application/json", "{how:?}");
    assert!(!String::from_utf8_lossy(refused.body()).contains("secret"));
    let event = log.connection().await;
    assert_eq!(event.get("phase"), "before", "{how:?}");
    assert_eq!(event.get("status"), refused.status().as_str(), "{how:?}");
    assert_eq!(event.get("code_sent"), "-", "{how:?}");
    (refused.status().as_u16(), refused.json(), event.level)
}

#[tokio::test(start_paused = true)]
async fn a_close_refuses_with_its_code_and_reason() {
    assert_eq!(
        by_close(How::Close(1008, "Session cookie missing")).await,
        (1008, "Session cookie missing".to_owned(), Level::INFO)
    );
    assert_eq!(
        by_close(How::Close(4999, "")).await,
        (4999, String::new(), Level::INFO)
    );
}

#[tokio::test(start_paused = true)]
async fn a_close_refuses_with_the_status_that_its_code_stands_for() {
    for (code, status) in [
        (1008, 403),
        (3003, 403),
        (3000, 401),
        (3008, 408),
        (1012, 503),
        (1013, 503),
        (1011, 500),
        (1000, 403),
        (4001, 403),
    ] {
        let body = json!({"detail": "why", "code": code});
        let level = if code == 1011 { Level::ERROR } else { Level::INFO };
        assert_eq!(
            by_http(How::Close(code, "why")).await,
            (status, body, level),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_503_says_when_to_come_back() {
    let client = client(How::Close(1013, ""), Refusal::Http);
    let refused = client.connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        refused.headers()["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u32>()
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_type_with_into_close_refuses_as_it_says() {
    assert_eq!(
        by_close(How::IntoClose).await,
        (4001, "all 8 seats are taken".to_owned(), Level::INFO)
    );
    let body = json!({"detail": "all 8 seats are taken", "code": 4001});
    assert_eq!(by_http(How::IntoClose).await, (403, body, Level::INFO));
}

#[tokio::test]
async fn a_type_with_into_close_may_be_returned_directly() {
    let endpoint = async |_: Handshake| -> Result<(), Kicked> { Err(Kicked) };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::of::<4002>(), "kicked").await;
}

#[tokio::test(start_paused = true)]
async fn an_unforeseen_end_refuses_with_1011_and_says_nothing_of_itself() {
    for how in [How::Unforeseen, How::Chain, How::Panic, How::Ok] {
        assert_eq!(
            by_close(how).await,
            (1011, String::new(), Level::ERROR),
            "{how:?}"
        );
        let body = json!({"detail": "Internal Server Error", "code": 1011});
        assert_eq!(by_http(how).await, (500, body, Level::ERROR), "{how:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_forgets_to_accept_is_told_so_in_the_log() {
    let log = Log::listen();
    let client = client(How::Ok, Refusal::Close);
    let mut socket = client.connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    assert!(log.connection().await.get("error").contains("without accept"));
}

#[tokio::test(start_paused = true)]
async fn an_http_error_is_the_response_under_either_refusal() {
    for refusal in [Refusal::Close, Refusal::Http] {
        let log = Log::listen();
        let client = client(How::HttpError, refusal);
        let refused = client.connect("/ws").await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
        assert_eq!(refused.headers()["x-item"], "7");
        assert_eq!(refused.json(), json!({"detail": "Item not found"}));
        let event = log.connection().await;
        assert_eq!(event.line(&["status", "code_sent", "phase"]), "404 - before");
        assert_eq!(event.level, Level::INFO);
    }
}

#[tokio::test]
async fn the_refusal_of_a_route_stands_over_the_one_of_the_app() {
    let endpoint = |handshake: Handshake| refuse(How::Close(1008, "no"), handshake);
    let by_close = hangup::route(endpoint).layer(Settings::new().refusal(Refusal::Close));
    let router = axum::Router::new()
        .route("/close", by_close)
        .route("/http", hangup::route(endpoint))
        .layer(Settings::new().refusal(Refusal::Http));
    let client = TestClient::new(router);
    let mut socket = client.connect("/close").await.unwrap();
    socket.assert_closed(CloseCode::POLICY_VIOLATION, "no").await;
    assert_eq!(client.connect("/http").await.unwrap_err().status(), 403);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_vanished_when_it_is_refused_leaves_nothing_behind() {
    let endpoint = async |_: Handshake| -> Result {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Err(Unforeseen.into())
    };
    for refusal in [Refusal::Close, Refusal::Http] {
        let log = Log::listen();
        let client = TestClient::new(App::new().route("/ws", endpoint).refusal(refusal));
        let mut peer = crate::wire::Peer::new(client.stream());
        peer.send(crate::wire::handshake("/ws", "")).await;
        tokio::task::yield_now().await;
        drop(peer);
        let event = log.connection().await;
        assert_eq!(event.line(&["code_sent", "clean", "initiator"]), "- false none");
    }
}

/// The handshake goes to a task that denies it late, while an error handler sends.
#[tokio::test(start_paused = true)]
async fn a_deny_after_the_end_of_the_endpoint_has_no_effect() {
    for (deny_at, send_at) in [(1, 2), (2, 1), (2, 2)] {
        let endpoint = move |handshake: Handshake| async move {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(deny_at)).await;
                handshake.deny(http::StatusCode::GONE)
            });
            Result::<()>::Err(std::io::Error::other("failed").into())
        };
        let app = App::new().route("/ws", endpoint).error_handler(
            move |failure: Failure<std::io::Error>| async move {
                tokio::time::sleep(Duration::from_secs(send_at)).await;
                let socket = failure.socket().expect("there is one under Refusal::Close");
                let _ = socket.send_text("sorry").await;
                tokio::time::sleep(Duration::from_secs(2)).await;
                CloseCode::of::<4000>()
            },
        );
        let begun = tokio::time::Instant::now();
        let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
        assert_eq!(socket.recv_text().await, "sorry");
        socket.assert_closed(CloseCode::of::<4000>(), "").await;
        assert_eq!(begun.elapsed().as_secs(), send_at + 2);
    }
}
