//! The access log: one line for each answer to a handshake, and what it may not say.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Path},
};
use hangup::{
    App, Close, CloseCode, Failure, Handshake, Refusal, Result, Settings, origin::TrustedProxies,
    testing::TestClient,
};
use tokio::time::sleep;
use tracing::Level;

use crate::{
    errors::Unforeseen,
    log::{Event, Log},
    wire::{self, Peer, handshake},
};

async fn end(handshake: Handshake, Path(how): Path<String>) -> Result {
    match &*how {
        "close" => return Err(Close::new(CloseCode::of::<4001>(), "no").into()),
        "deny" => return handshake.deny(http::StatusCode::GONE),
        "sends" => return Err(Unforeseen.into()),
        _ => {}
    }
    let mut socket = handshake.accept().await?;
    while socket.recv().await.is_ok() {}
    Ok(())
}

fn app() -> App {
    App::new().nest("/api", App::new().route("/{how}/ws", end))
}

/// The app as a server tells it the address of its peer.
fn from(peer: &str, app: App) -> TestClient {
    let peer: SocketAddr = peer.parse().unwrap();
    TestClient::new(app.into_router().layer(axum::Extension(ConnectInfo(peer))))
}

/// The lines of the access log so far.
fn lines(log: &Log) -> Vec<Event> {
    let mut events = log.all();
    events.retain(|event| event.target == "hangup::access");
    events
}

/// The only line of the access log about a request, as soon as its answer is there.
async fn line(client: &TestClient, request: impl AsRef<[u8]>) -> Event {
    let log = Log::listen();
    let mut peer = Peer::new(client.stream());
    peer.send(request).await;
    let head = peer.head().await;
    let lines = lines(&log);
    assert_eq!(lines.len(), 1, "{head}");
    assert_eq!(lines[0].level, Level::INFO);
    lines[0].clone()
}

const FIELDS: [&str; 5] = ["message", "client", "path", "status", "code"];

#[tokio::test(start_paused = true)]
async fn every_answer_to_a_handshake_is_one_line() {
    for (refusal, close) in [(Refusal::Close, "- 4001"), (Refusal::Http, "403 -")] {
        let client = from("203.0.113.7:52345", app().refusal(refusal));
        for (request, path, answer) in [
            (handshake("/api/foo/ws", ""), "foo", "accepted"),
            (handshake("/api/close/ws", ""), "close", close),
            (handshake("/api/deny/ws", ""), "deny", "410 -"),
            (handshake("/api/foo/ws", "Origin: null\r\n"), "foo", "403 -"),
            (
                "GET /api/foo/ws HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
                "foo",
                "426 -",
            ),
            (handshake("/api/foo/ws", "").replace("Key", "Kex"), "foo", "400 -"),
        ] {
            let said = line(&client, request).await.line(&FIELDS);
            let (how, answer) = match answer {
                "accepted" => ("accepted", "- -"),
                answer => ("refused", answer),
            };
            let wanted = format!("WebSocket {how} 203.0.113.7:52345 /api/{path}/ws {answer}");
            assert_eq!(said, wanted);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_one_line_and_one_event() {
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(app()).stream(), "/api/foo/ws").await;
    peer.send(wire::close(1000, "")).await;
    peer.rest().await;
    drop(peer);
    log.connection().await;
    assert_eq!(lines(&log).len(), 1);
    assert_eq!(lines(&log)[0].get("client"), "-", "no address is known");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_whose_handler_speaks_first_is_told_when_it_is_answered() {
    let app = app().error_handler(async |failed: Failure<Unforeseen>| {
        if let Some(socket) = failed.socket() {
            socket.send_text("sorry").await?;
        }
        sleep(Duration::from_secs(1)).await;
        Ok::<_, hangup::Error>(Close::from(CloseCode::of::<4002>()))
    });
    let said = line(&TestClient::new(app), handshake("/api/sends/ws", "")).await;
    assert_eq!(said.line(&FIELDS), "WebSocket refused - /api/sends/ws - -");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_chooses_no_subprotocol_is_warned_of_once_and_no_offer_is_told() {
    async fn forgets(handshake: Handshake) -> Result {
        handshake.accept().await.map(drop).map_err(Into::into)
    }
    async fn chooses(mut handshake: Handshake) -> Result {
        handshake.choose_subprotocol(["secret-token"]);
        handshake.accept().await.map(drop).map_err(Into::into)
    }
    async fn refuses(_: Handshake) -> Result {
        Err(Close::from(CloseCode::POLICY_VIOLATION).into())
    }
    let log = Log::listen();
    let app = App::new()
        .route("/forgets", forgets)
        .route("/chooses", chooses)
        .route("/refuses", refuses);
    let client = TestClient::new(app);
    let offer = "Sec-WebSocket-Protocol: secret-token\r\n";
    for (path, lines) in [
        ("/chooses", offer),
        ("/refuses", offer),
        ("/forgets", ""),
        ("/forgets", offer),
        ("/forgets", offer),
        ("/forgets", offer),
    ] {
        let mut peer = Peer::new(client.stream());
        peer.send(handshake(path, lines)).await;
        peer.head().await;
    }
    sleep(Duration::from_secs(600)).await;
    assert!(
        log.all()
            .iter()
            .all(|event| !event.to_string().contains("secret"))
    );
    let mut warnings = log.all();
    warnings.retain(|event| event.get("message").contains("choose_subprotocol"));
    let levels: Vec<_> = warnings.iter().map(|event| event.level).collect();
    assert_eq!(levels, [Level::WARN, Level::DEBUG, Level::DEBUG]);
    assert_eq!(warnings[0].line(&["endpoint", "path"]), "forgets /forgets");
}

#[tokio::test(start_paused = true)]
async fn the_query_is_not_told() {
    let client = TestClient::new(app());
    for how in ["foo", "close"] {
        let said = line(&client, handshake(&format!("/api/{how}/ws?token=secret"), "")).await;
        assert_eq!(said.get("path"), format!("/api/{how}/ws"));
        assert!(!said.to_string().contains("secret"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_behind_a_trusted_proxy_is_told_without_a_port() {
    let settings = Settings::new().trusted_proxies(TrustedProxies::list(["10.0.0.0/8"]));
    let request = handshake("/api/foo/ws", "X-Forwarded-For: 203.0.113.7\r\n");
    for (peer, client) in [
        ("10.0.0.1:99", "203.0.113.7"),
        ("192.0.2.1:99", "192.0.2.1:99"),
        ("[::ffff:192.0.2.1]:99", "192.0.2.1:99"),
        ("[2001:db8::1]:99", "[2001:db8::1]:99"),
    ] {
        let app = app().settings(settings.clone());
        assert_eq!(line(&from(peer, app), &request).await.get("client"), client);
    }
}

#[tokio::test(start_paused = true)]
async fn a_path_cannot_forge_a_line_or_fill_the_log() {
    // An axum router leaves paths as they are.
    let router = Router::new().route("/{how}/ws", hangup::route(end));
    let client = TestClient::new(router);
    let forged = "/a\u{85}\u{202e}b/ws";
    let said = line(&client, handshake(forged, "")).await;
    assert_eq!(said.get("path"), "/a\\u{85}\\u{202e}b/ws");

    let long = format!("/{}/ws", "é".repeat(10_000));
    let said = line(&client, handshake(&long, "")).await;
    assert_eq!(said.get("path"), format!("/{}.. (20004 bytes)", "é".repeat(255)));

    // An app decodes them, but nothing that ends a line.
    let said = line(&TestClient::new(app()), handshake("/api/a%0D%0Ab%1B%20/ws", "")).await;
    assert_eq!(said.get("path"), "/api/a%0D%0Ab%1B%20/ws");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_route_and_a_long_error_cannot_forge_or_fill_the_log() {
    async fn fail(_: Handshake) -> Result {
        let text = format!("a\u{202e}b{}", "x".repeat(1 << 20));
        let boxed: Box<dyn std::error::Error + Send + Sync> = text.into();
        Err(hangup::Error::from_boxed(boxed))
    }
    let log = Log::listen();
    let router: Router = Router::new()
        .fallback_service(hangup::route(fail).with_state(()))
        .layer(Settings::new().max_head_size(100_000));
    let mut peer = Peer::new(TestClient::new(router).stream());
    let path = format!("/\u{202e}{}", "y".repeat(60_000));
    peer.send(handshake(&path, "")).await;
    peer.head().await;
    drop(peer);
    let event = log.connection().await;
    assert!(event.get("path").starts_with("/\\u{202e}yyy"));
    assert!(event.get("path").ends_with("y.. (60004 bytes)"));
    assert!(event.get("error").starts_with("a\\u{202e}bxxx"));
    for event in log.all() {
        assert!(event.to_string().len() < 8 * 1024, "{}", event.target);
        assert!(!event.to_string().contains('\u{202e}'));
    }
}
