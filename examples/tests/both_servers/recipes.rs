//! The recipes: the examples from 20 on.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hangup::App;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::{
    anyhow_errors,
    client::{Socket, http, response},
    dev_server, json_rpc, login,
    servers::{both, listen},
    shutdown_in_axum, token_stream, tower_http,
};

#[tokio::test]
async fn logins() {
    let client = async |server| {
        let mut seen = vec![
            Socket::refused(server, "/cookie", &[]).await,
            http(server, "POST", "/login", &["eve"]).await,
        ];
        let (head, _) = response(server, "POST", "/login", &["ann"]).await;
        let cookie = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .unwrap();
        let cookie = format!("cookie: {}", cookie.split(';').next().unwrap());
        let mut socket = Socket::open(server, "/cookie", &[&cookie]).await;
        seen.push(socket.receive().await);

        let offer = "sec-websocket-protocol: app.v1, token.secret-of-bob";
        let mut socket = Socket::open(server, "/token", &[offer]).await;
        assert!(socket.head.contains("sec-websocket-protocol: app.v1\r\n"));
        assert!(!socket.head.contains("secret"));
        seen.push(socket.receive().await);
        let guess = "sec-websocket-protocol: app.v1, token.guess";
        seen.push(Socket::refused(server, "/token", &[guess]).await);

        for token in ["secret-of-ann", "guess"] {
            let mut socket = Socket::open(server, "/message", &[]).await;
            socket.text(&json!({ "token": token }).to_string()).await;
            seen.push(socket.receive().await);
        }
        seen
    };
    let expected = [
        "close 3000 log in first",
        "401 ",
        "text hello ann",
        "text hello bob",
        "close 3000 this token is not valid",
        "text hello ann",
        "close 3000 this token is not valid",
    ];
    both(login::app, client, &expected).await;
}

/// `App::serve` does without a layer what the example adds to `axum::serve`.
#[tokio::test]
async fn a_shutdown() {
    async fn client(server: SocketAddr, stop: oneshot::Sender<()>) -> Vec<String> {
        let up = http(server, "GET", "/", &[]).await;
        let mut socket = Socket::open(server, "/ws", &[]).await;
        socket.text("hi").await;
        let echoed = socket.receive().await;
        stop.send(()).unwrap();
        vec![up, echoed, socket.receive().await]
    }
    let expected = ["200 up", "text hi", "close 1001"];

    let (listener, address) = listen().await;
    let (stop, stopped) = oneshot::channel();
    let running = shutdown_in_axum::run(listener, async move {
        let _ = stopped.await;
    });
    let running = tokio::spawn(running);
    assert_eq!(client(address, stop).await, expected);
    running.await.unwrap().unwrap();

    let (listener, address) = listen().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = App::new()
        .merge(shutdown_in_axum::routes())
        .serve(listener)
        .with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
    let running = tokio::spawn(running.into_future());
    assert_eq!(client(address, stop).await, expected);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_of_tokens() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/complete", &[]).await;
        let mut seen = Vec::new();
        for cancel in [false, true] {
            let prompt = if cancel {
                "word ".repeat(10_000)
            } else {
                "how are you".to_owned()
            };
            socket.text(&json!({ "prompt": prompt }).to_string()).await;
            let mut all = String::new();
            loop {
                let told = socket.receive().await;
                let told: Value = serde_json::from_str(told.strip_prefix("text ").unwrap()).unwrap();
                match told["text"].as_str() {
                    Some(_) if cancel => socket.text(r#""cancel""#).await,
                    Some(text) => all += text,
                    None => {
                        seen.push(format!("{all}{told}"));
                        break;
                    }
                }
            }
        }
        seen.push(socket.close(1000).await);
        seen
    };
    let expected = ["how are you\"done\"", "\"cancelled\"", "closed 1000"];
    both(token_stream::app, client, &expected).await;
}

#[tokio::test]
async fn calls_of_json_rpc() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/rpc", &[]).await;
        let mut seen = Vec::new();
        for call in [
            r#"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
            r#"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
            "[1]",
        ] {
            socket.text(call).await;
            seen.push(socket.receive().await);
        }
        socket.send(2, b"{}").await;
        let close = socket.receive().await;
        seen.push(close[..10].to_owned());
        seen
    };
    let expected = [
        r#"text {"id":1,"jsonrpc":"2.0","result":19}"#,
        r#"text {"error":{"code":-32601,"message":"Method not found"},"id":"1","jsonrpc":"2.0"}"#,
        r#"text [{"error":{"code":-32600,"message":"Invalid Request"},"id":null,"jsonrpc":"2.0"}]"#,
        "close 1003",
    ];
    both(json_rpc::app, client, &expected).await;
}

/// The lines of a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn layers_of_tower_http() {
    const TOKEN: &str = "authorization: Bearer secret";
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || written.clone())
        .finish();
    // Of the whole process: an event that another thread meets first, without a subscriber, is not seen by one of this
    // thread alone.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let count_in_span = |lines: &Lines, what: &str| {
        let log = lines.text();
        let lines = log.lines();
        lines
            .filter(|line| line.contains(what) && line.contains("of-the-proxy"))
            .count()
    };
    let client = async |server| {
        let seen_ends = count_in_span(&lines, "connection ended") + 1;
        let given = [TOKEN, "x-request-id: of-the-proxy", "accept-encoding: gzip"];
        let mut first = Socket::open(server, "/echo", &given).await;
        assert!(
            first.head.contains("x-request-id: of-the-proxy\r\n"),
            "{}",
            first.head
        );
        assert!(!first.head.contains("content-encoding"), "{}", first.head);
        // It takes no place of the one request at a time, and the time of a request is not its time.
        let mut second = Socket::open(server, "/echo", &[TOKEN]).await;
        assert!(second.head.contains("x-request-id: "), "{}", second.head);
        tokio::time::sleep(2 * tower_http::ANSWERED_WITHIN).await;
        let mut seen = Vec::new();
        for socket in [&mut first, &mut second] {
            socket.text("hi").await;
            seen.push(socket.receive().await);
        }
        let (head, _) = response(server, "GET", "/page", &[TOKEN, "accept-encoding: gzip"]).await;
        assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
        seen.push(Socket::refused(server, "/echo", &[]).await);
        seen.push(Socket::refused(server, "/slow", &[TOKEN]).await);
        // `CorsLayer::permissive` allows all of them, and is not asked.
        seen.push(Socket::refused(server, "/echo", &[TOKEN, "origin: https://elsewhere.example"]).await);
        seen.push(first.close(1000).await);
        let ended = async {
            while count_in_span(&lines, "connection ended") < seen_ends {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        assert!(ended.is_ok(), "{}", lines.text());
        seen
    };
    let expected = [
        "text hi",
        "text hi",
        "close 3000 log in first",
        "close 3008 Request Timeout",
        "close 3003 origin not allowed",
        "closed 1000",
    ];
    both(tower_http::app, client, &expected).await;
    // One under each server.
    assert_eq!(count_in_span(&lines, "a message"), 2, "{}", lines.text());
    assert_eq!(count_in_span(&lines, "connection ended"), 2, "{}", lines.text());
}

#[tokio::test]
async fn a_dev_server_on_another_port() {
    let client = async |server| {
        let mut seen = Vec::new();
        for headers in [
            // Through the proxy, as Vite passes it on.
            &["host: localhost:5173", "origin: http://localhost:5173"][..],
            // Directly.
            &["host: 127.0.0.1:8000", "origin: http://localhost:5173"],
            // With `changeOrigin` alone, from the other name of the same host.
            &["host: 127.0.0.1:8000", "origin: http://127.0.0.1:5173"],
            &["host: localhost:5173", "origin: https://elsewhere.example"],
        ] {
            let mut socket = Socket::open(server, "/ws", headers).await;
            socket.text("hi").await;
            seen.push(socket.receive().await);
        }
        seen
    };
    let refused = "close 3003 origin not allowed";
    let in_development = || dev_server::app("http://localhost:5173".parse().ok());
    both(in_development, client, &["text hi", "text hi", refused, refused]).await;
    let in_production = || dev_server::app(None);
    both(in_production, client, &["text hi", refused, refused, refused]).await;

    let configuration = include_str!("../../26_dev_server/vite.config.js");
    assert!(configuration.contains("port: 5173") && configuration.contains("http://127.0.0.1:8000"));
}

#[tokio::test]
async fn errors_of_anyhow() {
    let client = async |server| {
        let mut seen = Vec::new();
        for id in [7, 8, 1, 0] {
            let mut socket = Socket::open(server, &format!("/documents/{id}"), &[]).await;
            seen.push(socket.receive().await);
        }
        seen
    };
    let expected = [
        "text 42",
        "close 4004 there is no document 8",
        "close 1003",
        "close 1011",
    ];
    both(anyhow_errors::app, client, &expected).await;
}
