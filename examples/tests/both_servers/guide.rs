//! The examples up to 11.

use hangup::App;

use crate::{
    behind_nginx, chat,
    client::{Socket, http},
    dependencies, echo, errors, http_parameters, in_axum, installing, metrics_page,
    servers::both,
    spans, validation,
};

#[tokio::test]
async fn what_the_page_on_installing_writes() {
    let page = include_str!("../../00_installing/README.md");
    let main = include_str!("../../00_installing/src/main.rs");
    assert!(page.contains(&format!("```rust\n{main}```")));
    let client = async |server| {
        let mut socket = Socket::open(server, "/echo", &[]).await;
        socket.text("hi").await;
        vec![socket.receive().await, socket.close(1000).await]
    };
    both(installing::app, client, &["text hi", "closed 1000"]).await;
}

#[tokio::test]
async fn a_first_endpoint() {
    let client = async |server| {
        let refused = Socket::refused(server, "/items/foo/ws", &[]).await;
        let mut socket = Socket::open(server, "/items/foo/ws", &["cookie: session=abc"]).await;
        socket.text("hi").await;
        vec![refused, socket.receive().await, socket.close(1000).await]
    };
    let expected = [
        "close 1008 Session cookie missing",
        "text Message text was: hi, for item ID: foo",
        "closed 1000",
    ];
    both(echo::app, client, &expected).await;
}

#[tokio::test]
async fn validated_parameters() {
    let client = async |server| {
        let mut refused = Socket::open(server, "/search?limit=1000", &[]).await;
        let errors = refused.receive().await;
        assert!(errors.contains(r#""loc":["query","limit"]"#), "{errors}");
        let close = refused.receive().await;
        let mut socket = Socket::open(server, "/search?q=rust", &[]).await;
        vec![
            close.split(',').next().unwrap().to_owned(),
            socket.receive().await,
            socket.receive().await,
            Socket::refused(server, "/count?from=x", &[]).await,
        ]
    };
    let expected = [
        r#"close 1008 [{"type":"less_than_equal""#,
        "text 10 results for \"rust\" from 0",
        "close 1000",
        "close 1003",
    ];
    both(
        validation::app,
        async |server| {
            let mut seen = client(server).await;
            // The reason of the handler is the example's own.
            seen[3].truncate("close 1003".len());
            seen
        },
        &expected,
    )
    .await;
}

#[tokio::test]
async fn errors_that_say_how_they_close() {
    let client = async |server| {
        let mut seen = Vec::new();
        for room in ["cellar", "stadium", "archive"] {
            seen.push(Socket::refused(server, &format!("/rooms/{room}"), &[]).await);
        }
        let mut socket = Socket::open(server, "/rooms/lobby", &[]).await;
        for text in ["21", "darn"] {
            socket.text(text).await;
            seen.push(socket.receive().await);
        }
        seen.push(socket.receive().await);
        let mut socket = Socket::open(server, "/rooms/lobby", &[]).await;
        socket.text("x").await;
        seen.push(socket.receive().await);
        seen
    };
    let expected = [
        "close 4004 there is no room \"cellar\"",
        "close 4001 room is full",
        "close 1011",
        "text 42",
        "text mind your language",
        "close 1008 \"darn\" is not said here",
        "close 1011 something went wrong",
    ];
    both(errors::app, client, &expected).await;
}

#[tokio::test]
async fn within_a_router_of_axum() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/api/counter/ws", &[]).await;
        socket.text("5").await;
        let sum = socket.receive().await;
        let read = http(server, "GET", "/api/counter", &[]).await;
        socket.text("x").await;
        vec![sum, read, socket.receive().await]
    };
    let app = || App::new().merge(in_axum::app());
    both(app, client, &["text 5", "200 5", "close 1003"]).await;
}

#[tokio::test]
async fn a_dependency() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/me?times=2", &["x-token: alice-token"]).await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(socket.receive().await);
        }
        for token in ["x-token: nobody", "x-token: mallory-token"] {
            seen.push(Socket::refused(server, "/me", &[token]).await);
        }
        seen
    };
    let expected = [
        "text hello, alice",
        "text hello, alice",
        "close 1000",
        "close 3000 unknown token",
        "close 3003 you are banned",
    ];
    both(dependencies::app, client, &expected).await;
}

#[tokio::test]
async fn a_chat() {
    let client = async |server| {
        let mut ann = Socket::open(server, "/chat?name=ann", &[]).await;
        let mut seen = vec![ann.receive().await];
        let mut bob = Socket::open(server, "/chat?name=bob", &[]).await;
        seen.push(bob.receive().await);
        seen.push(ann.receive().await);
        ann.text("hello").await;
        seen.push(bob.receive().await);
        seen.push(ann.receive().await);
        seen.push(bob.close(1001).await);
        seen.push(ann.receive().await);
        seen
    };
    let expected = [
        "text ann joined",
        "text bob joined",
        "text bob joined",
        "text ann: hello",
        "text ann: hello",
        "closed 1001",
        "text bob left",
    ];
    both(chat::app, client, &expected).await;
}

#[tokio::test]
async fn what_a_proxy_forwards() {
    let client = async |server| {
        let forwarded = |page: &'static str| {
            [
                page,
                "x-forwarded-for: 192.0.2.7",
                "x-forwarded-proto: https",
                "host: chat.example",
            ]
        };
        let mut socket = Socket::open(server, "/echo", &forwarded("origin: https://chat.example")).await;
        socket.text("hi").await;
        vec![
            socket.receive().await,
            // The page came over TLS, so one that did not is of another origin.
            Socket::refused(server, "/echo", &forwarded("origin: http://chat.example")).await[..3].to_owned(),
        ]
    };
    both(behind_nginx::app, client, &["text hi", "403"]).await;
}

#[tokio::test]
async fn a_page_of_metrics() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/echo", &[]).await;
        socket.send(2, &[1, 2]).await;
        let echoed = socket.receive().await;
        // Nothing is recorded here, as this would be for the whole process: see `tests/metrics.rs`.
        vec![echoed, http(server, "GET", "/metrics", &[]).await]
    };
    let app = || metrics_page::app(metrics_page::exporter().unwrap().build_recorder().handle());
    both(app, client, &["binary [1, 2]", "200 "]).await;
}

#[tokio::test]
async fn parameters_of_http() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/items/7/ws?tags=a&tags=b", &[]).await;
        let invalid = http(server, "GET", "/items/x", &[]).await;
        vec![
            http(server, "GET", "/items/7?tags=a&tags=b", &[]).await,
            socket.receive().await,
            invalid.split(',').next().unwrap().to_owned(),
        ]
    };
    let expected = [
        "200 item 7, at most 10, tags: a, b",
        "text item 7, at most 10, tags: a, b",
        r#"422 {"detail":[{"type":"int_parsing""#,
    ];
    both(|| App::new().merge(http_parameters::app()), client, &expected).await;
}

#[tokio::test]
async fn one_span_for_a_connection() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/ws?user=ann", &[]).await;
        socket.text("hi").await;
        let echoed = socket.receive().await;
        socket.text("").await;
        vec![echoed, socket.receive().await]
    };
    both(spans::app, client, &["text hi", "close 4000 ann says nothing"]).await;
}
