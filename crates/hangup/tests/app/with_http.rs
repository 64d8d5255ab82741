//! One path for WebSockets and plain HTTP, and the early failure where one would hide the other.

use std::{future::IntoFuture, net::SocketAddr};

use axum::{
    Router,
    extract::State,
    routing::{any, get, post},
};
use hangup::{App, Handshake, Result, serve::WithHttp};
use tokio::net::{TcpListener, TcpStream};

use crate::raw::{Client, Response, request};

async fn live(handshake: Handshake, State(count): State<u8>) -> Result {
    let mut socket = handshake.accept().await?;
    Ok(socket.send_text(format!("{count} live")).await?)
}

/// One application, built in both ways.
fn apps() -> [Router; 2] {
    let page = || get(async |State(count): State<u8>| format!("{count} open")).post(async || "posted");
    [
        App::new()
            .route_with_http("/orders", live, page())
            .with_state(7)
            .into_router(),
        Router::new()
            .route("/orders", hangup::route(live).http(page()))
            .with_state(7),
    ]
}

async fn start(router: Router, is_axum: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if is_axum {
        tokio::spawn(axum::serve(listener, router).into_future());
    } else {
        tokio::spawn(App::new().merge(router).serve(listener).into_future());
    }
    address
}

async fn ask(server: SocketAddr, method: &str, more: &str) -> Response {
    let stream = TcpStream::connect(server).await.unwrap();
    let head = format!("{method} /orders HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{more}\r\n");
    request(stream, &head).await
}

#[tokio::test]
async fn a_path_serves_both() {
    for router in apps() {
        for is_axum in [false, true] {
            let server = start(router.clone(), is_axum).await;
            for (method, status, body) in [
                ("GET", 200, "7 open"),
                ("HEAD", 200, ""),
                ("POST", 200, "posted"),
                ("DELETE", 405, ""),
            ] {
                let response = ask(server, method, "content-length: 0\r\n").await;
                assert_eq!((response.status, &*response.body), (status, body), "{method}");
            }
            let stream = TcpStream::connect(server).await.unwrap();
            let mut client = Client::open(stream, "/orders", "").await.ok().unwrap();
            assert_eq!(client.text().await, "7 live");
            assert_eq!(client.close().await.0, 1000);
            // What asks for a WebSocket and breaks the rules is told so by the endpoint (RFC 6455, 4.2.1).
            let broken = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n";
            assert_eq!(ask(server, "GET", broken).await.status, 400);
            // Another protocol is an affair of HTTP.
            assert_eq!(ask(server, "GET", "upgrade: h2c\r\n").await.body, "7 open");
        }
    }
}

/// What building an application panics with.
fn panics<T>(build: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(build)
        .err()
        .expect("one hides the other");
    *panic.downcast::<String>().unwrap()
}

async fn ws(handshake: Handshake) -> Result {
    handshake.accept().await?;
    Ok(())
}

#[test]
fn an_app_in_which_one_would_hide_the_other_says_what_to_write() {
    let page = || Router::<()>::new().route("/ws", get(async || "page"));
    for message in [
        panics(|| App::new().route("/ws", ws).merge(page())),
        panics(|| App::new().merge(page()).route("/ws", ws)),
        panics(|| App::new().merge(page()).include(App::new().route("/ws", ws))),
    ] {
        assert!(message.contains("`GET /ws`"), "{message}");
        assert!(
            message.contains("App::route_with_http(path, endpoint, get(handler))"),
            "{message}"
        );
    }
}

#[test]
fn a_router_in_which_one_would_hide_the_other_panics() {
    for message in [
        panics(|| {
            Router::<()>::new()
                .route("/ws", get(async || ""))
                .route("/ws", hangup::route(ws))
        }),
        panics(|| {
            Router::<()>::new()
                .route("/ws", hangup::route(ws))
                .route("/ws", get(async || ""))
        }),
        panics(|| hangup::route::<_, _, ()>(ws).get(async || "")),
        panics(|| {
            Router::<()>::new()
                .route("/ws", hangup::route(ws))
                .route("/ws", any(async || ""))
        }),
    ] {
        assert!(
            message.contains("Overlapping method route") || message.contains("fallback"),
            "{message}"
        );
    }
    // A method that opens no WebSocket hides nothing.
    let _ = Router::<()>::new()
        .route("/ws", hangup::route(ws))
        .route("/ws", post(async || ""));
}
