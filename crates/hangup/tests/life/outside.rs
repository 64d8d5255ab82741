//! Refusals outside of endpoints: by a middleware, at a path without a route, by another layer, of another origin; over
//! TCP, under `App::serve` and `axum::serve`.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use hangup::{
    App, Close, CloseCode, ErrorHandlers, Failure, Handshake, HttpError, Refusal, Result, Settings,
    layer::refuse, testing::TestClient,
};
use http::StatusCode;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    errors::Unforeseen,
    log::Log,
    wire::{CLOSE, Frame, Peer, handshake},
};

async fn endpoint(handshake: Handshake) -> Result {
    handshake.accept().await?;
    Err(Close::new(CloseCode::of::<4000>(), "reached").into())
}

async fn http_error(_: Handshake) -> Result {
    Err(HttpError::new(StatusCode::NOT_FOUND, "of the endpoint").into())
}

/// Refuses by `hangup::refuse`.
async fn authenticate(request: Request, next: Next) -> Response {
    match request.uri().query() {
        Some("token") => refuse(request, Close::new(CloseCode::UNAUTHORIZED, "no token")).await,
        Some("error") => refuse(request, Unforeseen).await,
        _ => next.run(request).await,
    }
}

/// Knows nothing of WebSockets.
async fn guard(request: Request, next: Next) -> Response {
    match request.uri().query() {
        Some("401") => (StatusCode::UNAUTHORIZED, "log in first").into_response(),
        Some("408") => StatusCode::REQUEST_TIMEOUT.into_response(),
        Some("429") => (StatusCode::TOO_MANY_REQUESTS, "slower").into_response(),
        Some("500") => (StatusCode::INTERNAL_SERVER_ERROR, "secret").into_response(),
        _ => next.run(request).await,
    }
}

fn router(settings: Settings) -> Router {
    Router::new()
        .route("/ws", hangup::route(endpoint))
        .route("/http-error", hangup::route(http_error))
        .route("/page", get(async || "a page"))
        .layer(middleware::from_fn(guard))
        .layer(middleware::from_fn(authenticate))
        .layer(ErrorHandlers::new().on(async |_: Failure<Unforeseen>| CloseCode::of::<4010>()))
        .layer(settings)
}

/// The same application on TCP, under each of the servers.
async fn servers(settings: Settings) -> [(SocketAddr, JoinHandle<std::io::Result<()>>); 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let axum = tokio::spawn(axum::serve(listener, router(settings.clone())).into_future());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap();
    let app = App::new()
        .merge(router(Settings::new()))
        .settings(settings)
        .serve_on(listener);
    [(address, axum), (ours, tokio::spawn(app.into_future()))]
}

async fn ask(address: SocketAddr, path: &str, more: &str) -> Peer<TcpStream> {
    let mut peer = Peer::new(TcpStream::connect(address).await.unwrap());
    peer.send(handshake(path, more)).await;
    peer
}

const ELSEWHERE: &str = "Origin: https://elsewhere.example\r\n";

#[tokio::test]
async fn whoever_refuses_a_browser_sees_the_code_and_the_reason() {
    let settings = Settings::new().refusal_without_endpoint(Refusal::Close);
    for (address, server) in servers(settings).await {
        for (path, more, code, reason) in [
            ("/ws", "", 4000, "reached"),
            ("/ws?token", "", 3000, "no token"),
            ("/page?token", "", 3000, "no token"),
            ("/ws?error", "", 4010, ""),
            ("/nowhere", "", 1008, "Not Found"),
            ("/ws?401", "", 3000, "log in first"),
            ("/ws?408", "", 3008, "Request Timeout"),
            ("/ws?429", "", 1013, "slower"),
            ("/ws?500", "", 1011, ""),
            ("/ws", ELSEWHERE, 3003, "origin not allowed"),
        ] {
            let mut peer = ask(address, path, more).await;
            assert!(peer.head().await.starts_with("HTTP/1.1 101 "), "{path}");
            assert_eq!(peer.frame().await, Frame::close(code, reason), "{path}");
            peer.send(crate::wire::close(code, "")).await;
            assert!(peer.rest().await.is_empty(), "{path}");
        }
        // An endpoint's own response stays as it is.
        let mut peer = ask(address, "/http-error", "").await;
        assert!(peer.head().await.starts_with("HTTP/1.1 404 "));
        server.abort();
    }
}

#[tokio::test]
async fn without_the_setting_layers_answer_as_they_do_and_a_middleware_closes() {
    for (address, server) in servers(Settings::new()).await {
        for (path, more, status) in [
            ("/nowhere", "", 404),
            ("/ws?401", "", 401),
            ("/ws?500", "", 500),
            ("/ws", ELSEWHERE, 403),
        ] {
            let mut peer = ask(address, path, more).await;
            let head = peer.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {head}");
        }
        let mut peer = ask(address, "/ws?token", "").await;
        peer.head().await;
        assert_eq!(peer.frame().await, Frame::close(3000, "no token"));
        server.abort();
    }
}

#[tokio::test]
async fn a_middleware_keeps_to_the_refusal_that_is_set() {
    for (address, server) in servers(Settings::new().refusal(Refusal::Http)).await {
        let mut peer = ask(address, "/ws?token", "").await;
        assert!(peer.head().await.starts_with("HTTP/1.1 401 "));
        server.abort();
    }
}

#[tokio::test]
async fn what_opens_no_websocket_is_answered_with_http() {
    use tower::ServiceExt as _;
    let router = router(Settings::new().refusal_without_endpoint(Refusal::Close));
    for (path, status, body) in [
        ("/page?token", 401, r#"{"code":3000,"detail":"no token"}"#),
        ("/nowhere", 404, ""),
        ("/page?401", 401, "log in first"),
        ("/page", 200, "a page"),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(bytes, body, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_outside_has_its_event_its_line_and_its_handshake_rules() {
    let log = Log::listen();
    let router = router(Settings::new().refusal_without_endpoint(Refusal::Close));
    let mut peer = Peer::new(TestClient::new(router).stream());
    let offers = "Sec-WebSocket-Protocol: chat, other\r\n";
    peer.send(handshake("/ws?500", offers)).await;
    let head = peer.head().await.to_lowercase();
    assert!(head.contains("sec-websocket-protocol: chat\r\n"), "{head}");
    assert_eq!(peer.frame().await.opcode, CLOSE);
    drop(peer);
    let event = log.connection().await;
    assert_eq!(event.level, tracing::Level::ERROR);
    assert_eq!(event.line(&["path", "phase", "code_sent"]), "/ws before 1011");
    assert!(
        event.get("error").contains("500 Internal Server Error: secret"),
        "{event}"
    );
    let lines = log
        .all()
        .into_iter()
        .filter(|event| event.target == "hangup::access");
    assert_eq!(
        lines.map(|line| line.get("code").to_owned()).collect::<Vec<_>>(),
        ["1011"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_outside_takes_a_place_until_its_closing_handshake_ends() {
    for (path, more, code, reason) in [
        ("/nowhere", "", 1008, "Not Found"),
        ("/ws", ELSEWHERE, 3003, "origin not allowed"),
    ] {
        let settings = Settings::new()
            .refusal_without_endpoint(Refusal::Close)
            .max_connections(1)
            .close_timeout(Duration::from_secs(2));
        let client = TestClient::new(router(settings));
        let ask = async || {
            let mut peer = Peer::new(client.stream());
            peer.send(handshake(path, more)).await;
            let head = peer.head().await;
            (peer, head)
        };
        let (mut first, _) = ask().await;
        assert_eq!(first.frame().await, Frame::close(code, reason), "{path}");
        // The first has not answered the Close. A second is refused as one too many, a third by HTTP alone.
        let (mut second, _) = ask().await;
        assert_eq!(
            second.frame().await,
            Frame::close(1013, "too many connections"),
            "{path}"
        );
        let (_third, head) = ask().await;
        assert!(head.starts_with("HTTP/1.1 503 "), "{path}: {head}");
        tokio::time::sleep(Duration::from_secs(4)).await;
        let (mut later, _) = ask().await;
        assert_eq!(later.frame().await, Frame::close(code, reason), "{path}");
    }
}
