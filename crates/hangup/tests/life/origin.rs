//! The origin check: which pages may connect, and what the others get before anything of the endpoint runs.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::extract::{ConnectInfo, FromRequestParts};
use hangup::{
    App, Handshake, Refusal, Result, Settings,
    origin::{Origin, Origins, TrustedProxies},
    testing::TestClient,
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use tokio::net::{TcpListener, TcpStream};
use tracing::Level;

use crate::{
    log::Log,
    wire::{Peer, handshake},
};

async fn greet(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text("hello").await?;
    Ok(())
}

/// A greeter with these settings, by the name `testserver`.
fn greeter(settings: Settings) -> TestClient {
    TestClient::new(App::new().route("/ws", greet).settings(settings))
}

fn allowing(origins: Origins) -> TestClient {
    greeter(Settings::new().allowed_origins(origins))
}

/// The status that a page of this origin is refused with; `None` if it may connect.
async fn refused(client: &TestClient, origin: &str) -> Option<StatusCode> {
    let origin = HeaderValue::from_str(origin).unwrap();
    let connect = client.connect("/ws").header(header::ORIGIN, origin);
    connect.await.err().map(|response| response.status())
}

async fn passes(client: &TestClient, origin: &str) -> bool {
    match refused(client, origin).await {
        None => true,
        Some(status) => {
            assert_eq!(status, StatusCode::FORBIDDEN);
            false
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_connect() {
    let client = greeter(Settings::new());
    for origin in [
        "https://evil.example",
        "http://testserver.evil.example",
        "http://testserver:8000",
        "https://testserver:80",
        "http://evil.example/testserver",
        "http://testserver/",
        "http://testserver@evil.example",
        "chrome-extension://testserver",
        "null",
        "file://",
        "ws://evil.example",
        "wss://testserver:80",
        "ws://testserver:8000",
        "",
        "testserver",
        "http://",
    ] {
        assert!(!passes(&client, origin).await, "{origin:?}");
    }
}

#[tokio::test]
async fn a_page_of_the_server_itself_can_connect() {
    let client = greeter(Settings::new());
    for origin in [
        "http://testserver",
        "https://testserver",
        "http://testserver:80",
        "https://testserver:443",
        "HTTP://TestServer",
        "ws://testserver",
        "ws://testserver:80",
        "wss://testserver",
        "WSS://testserver:443",
    ] {
        assert!(passes(&client, origin).await, "{origin:?}");
    }
    for (host, origin, may) in [
        ("app.example:8443", "https://app.example:8443", true),
        ("app.example:8443", "https://app.example", false),
        ("app.example:443", "https://app.example", true),
        ("app.example:443", "http://app.example", false),
        ("[::1]:8000", "http://[::1]:8000", true),
        ("[0:0::1]:8000", "http://[::1]:8000", true),
        ("[::1]:8000", "http://[::2]:8000", false),
        ("127.0.0.1:8000", "http://localhost:8000", false),
        ("user@app.example", "http://app.example", false),
    ] {
        let connect = client
            .connect("/ws")
            .set_header(header::HOST, HeaderValue::from_static(host))
            .header(header::ORIGIN, HeaderValue::from_static(origin));
        assert_eq!(connect.await.is_ok(), may, "{host} {origin}");
    }
}

#[tokio::test]
async fn a_client_that_is_no_page_can_connect() {
    assert!(greeter(Settings::new()).connect("/ws").await.is_ok());
    let none = Origins::list::<[&str; 0]>([]);
    assert!(allowing(none).connect("/ws").await.is_ok());
}

#[tokio::test]
async fn a_uri_in_absolute_form_says_what_the_server_is_and_host_is_ignored() {
    for (origin, status) in [("http://target.example:81", "101"), ("http://testserver", "403")] {
        let mut peer = Peer::new(greeter(Settings::new()).stream());
        let lines = format!("Origin: {origin}\r\n");
        peer.send(handshake("http://target.example:81/ws", &lines)).await;
        let head = peer.head().await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{origin}: {head}"
        );
    }
}

#[tokio::test]
async fn two_origins_are_none() {
    let connect = greeter(Settings::new()).connect("/ws");
    let own = HeaderValue::from_static("http://testserver");
    let connect = connect
        .header(header::ORIGIN, own.clone())
        .header(header::ORIGIN, own);
    assert_eq!(connect.await.unwrap_err().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_list_allows_what_it_names_and_nothing_else() {
    let client = allowing(Origins::list(["https://App.Example", "http://localhost:3000"]));
    for (origin, may) in [
        ("https://app.example", true),
        ("https://app.example:443", true),
        ("http://localhost:3000", true),
        ("http://localhost", false),
        ("http://app.example", false),
        ("https://an.app.example", false),
        ("http://testserver", false),
        ("null", false),
    ] {
        assert_eq!(passes(&client, origin).await, may, "{origin}");
    }
    let parsed: Vec<Origin> = vec!["https://app.example".parse().unwrap()];
    let client = allowing(Origins::list(parsed).or_same());
    assert!(passes(&client, "https://app.example").await);
    assert!(passes(&client, "http://testserver").await);
    assert!(!passes(&client, "http://evil.example").await);
}

#[tokio::test]
async fn a_list_allows_null_where_that_is_said_and_the_schemes_of_apps() {
    let apps = [
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "chrome-extension://abcdef",
        "moz-extension://6e6f-7468",
        "app://-",
        "file://",
    ];
    let client = allowing(Origins::list(apps));
    for origin in apps {
        assert!(passes(&client, origin).await, "{origin}");
    }
    for origin in [
        "null",
        "capacitor://other",
        "https://localhost",
        "chrome-extension://b",
    ] {
        assert!(!passes(&client, origin).await, "{origin}");
    }
    let never_asked = Origins::predicate(|origin| {
        assert_eq!(origin.host(), "testserver");
        false
    });
    for origins in [Origins::list(apps), Origins::same(), never_asked] {
        assert!(!passes(&allowing(origins.clone()), "null").await);
        let client = allowing(origins.or_null());
        assert!(passes(&client, "null").await);
        assert!(!passes(&client, "NULL").await);
        assert!(!passes(&client, "ftp://testserver").await);
    }
}

#[tokio::test]
async fn the_url_of_a_native_client_is_the_origin_that_a_list_names() {
    let client = allowing(Origins::list(["https://app.example"]));
    assert!(passes(&client, "wss://app.example").await);
    assert!(!passes(&client, "ws://app.example").await);
}

#[tokio::test]
async fn a_predicate_sees_origins_alone() {
    let client = allowing(Origins::predicate(|origin| {
        origin.host().ends_with(".app.example")
    }));
    for (origin, may) in [
        ("https://tenant.app.example:8443", true),
        ("https://app.example", false),
        ("https://evil.example/.app.example", false),
        ("null", false),
    ] {
        assert_eq!(passes(&client, origin).await, may, "{origin}");
    }
}

#[tokio::test]
async fn any_page_may_connect_if_that_is_said() {
    let client = allowing(Origins::any());
    for origin in ["https://evil.example", "null", "file://", "what is this"] {
        assert!(passes(&client, origin).await, "{origin}");
    }
}

#[tokio::test]
async fn the_setting_of_a_route_holds_for_that_route() {
    let open = App::new()
        .route("/open", greet)
        .settings(Settings::new().allowed_origins(Origins::any()));
    let client = TestClient::new(App::new().route("/ws", greet).include(open));
    let evil = HeaderValue::from_static("https://evil.example");
    let open = client.connect("/open").header(header::ORIGIN, evil.clone());
    assert!(open.await.is_ok());
    let closed = client.connect("/ws").header(header::ORIGIN, evil);
    assert_eq!(closed.await.unwrap_err().status(), StatusCode::FORBIDDEN);
}

/// Remembers that it ran.
struct Witness;

impl FromRequestParts<Arc<AtomicBool>> for Witness {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, ran: &Arc<AtomicBool>) -> Result<Self, StatusCode> {
        ran.store(true, Ordering::SeqCst);
        Ok(Self)
    }
}

#[tokio::test(start_paused = true)]
async fn a_stranger_is_answered_with_403_and_one_event_before_anything_of_the_endpoint_runs() {
    async fn endpoint(handshake: Handshake, _: Witness) -> Result {
        greet(handshake).await
    }
    for refusal in [Refusal::Close, Refusal::Http] {
        let log = Log::listen();
        let ran = Arc::new(AtomicBool::new(false));
        let app = App::new().route("/ws", endpoint).refusal(refusal);
        let client = TestClient::new(app.with_state(Arc::clone(&ran)));
        let evil = HeaderValue::from_static("https://evil.example");
        let refused = client
            .connect("/ws")
            .header(header::ORIGIN, evil)
            .await
            .unwrap_err();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let body = serde_json::json!({ "detail": "origin not allowed", "code": 3003 });
        assert_eq!(refused.json(), body);
        assert!(!ran.load(Ordering::SeqCst));
        let event = log.connection().await;
        assert_eq!(event.line(&["phase", "status", "initiator"]), "before 403 local");
        assert_eq!(event.level, Level::INFO);
        let error = event.get("error");
        assert!(
            error.contains("`https://evil.example`") && error.contains("`testserver`"),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_origin_does_not_fill_the_log() {
    let log = Log::listen();
    let client = greeter(Settings::new());
    assert!(!passes(&client, &"x".repeat(10_000)).await);
    assert!(log.connection().await.get("error").len() < 500);
}

#[tokio::test(start_paused = true)]
async fn a_predicate_that_panics_lets_nobody_in() {
    let log = Log::listen();
    let client = allowing(Origins::predicate(|_| panic!("no idea")));
    let status = refused(&client, "https://app.example").await;
    assert_eq!(status, Some(StatusCode::INTERNAL_SERVER_ERROR));
    let event = log.connection().await;
    assert_eq!(event.level, Level::ERROR);
    assert!(event.get("error").contains("no idea"));
}

/// The head of the answer to a page of `https://app.example` behind a proxy on this machine, which has passed it on
/// with these lines, and the client of the event.
async fn through_a_proxy(trusted: TrustedProxies, lines: &str) -> (String, String) {
    let log = Log::listen();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings::new().trusted_proxies(trusted);
    let serve = App::new()
        .route("/ws", greet)
        .settings(settings)
        .serve_on(listener);
    let server = tokio::spawn(serve.into_future());
    let mut proxy = Peer::new(TcpStream::connect(address).await.unwrap());
    let lines = format!("Origin: https://app.example\r\n{lines}");
    proxy.send(handshake("/ws", &lines)).await;
    let head = proxy.head().await;
    drop(proxy);
    let client = log.ended().await.get("client").to_owned();
    server.abort();
    (head.lines().next().unwrap_or_default().to_owned(), client)
}

const X_FORWARDED: &str =
    "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Host: app.example\r\nX-Forwarded-Proto: https\r\n";

const FORWARDED: &str = "Forwarded: for=192.0.2.1;host=app.example;proto=https\r\n";

#[tokio::test]
async fn a_trusted_proxy_says_what_the_client_has_asked_for_and_who_it_is() {
    for lines in [X_FORWARDED, FORWARDED] {
        let (head, client) = through_a_proxy(TrustedProxies::list(["127.0.0.0/8"]), lines).await;
        assert_eq!(head, "HTTP/1.1 101 Switching Protocols", "{lines}");
        assert_eq!(client, "192.0.2.1", "{lines}");
    }
    let plain = X_FORWARDED.replace("https", "http");
    let (head, _) = through_a_proxy(TrustedProxies::list(["127.0.0.1"]), &plain).await;
    assert_eq!(
        head, "HTTP/1.1 403 Forbidden",
        "a page over TLS, a request without"
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_not_believed() {
    for trusted in [TrustedProxies::none(), TrustedProxies::list(["10.0.0.0/8"])] {
        for lines in [X_FORWARDED, FORWARDED] {
            let (head, client) = through_a_proxy(trusted.clone(), lines).await;
            assert_eq!(head, "HTTP/1.1 403 Forbidden", "{lines}");
            assert_eq!(client, "127.0.0.1", "{lines}");
        }
    }
}

#[tokio::test]
async fn the_address_of_the_peer_is_an_extension_under_the_server() {
    async fn endpoint(handshake: Handshake, ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Result {
        let mut socket = handshake.accept().await?;
        Ok(socket.send_text(peer.to_string()).await?)
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = App::new().route("/ws", endpoint).serve_on(listener);
    tokio::spawn(serve.into_future());
    let stream = TcpStream::connect(address).await.unwrap();
    let own = stream.local_addr().unwrap().to_string();
    let mut peer = Peer::open(stream, "/ws").await;
    assert_eq!(peer.frame().await.payload, own.as_bytes());
}
