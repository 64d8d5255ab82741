//! Each example over TCP, under `App::serve` and within `axum::serve`, and with paused time.

#[path = "../../tests/both_servers/client.rs"]
#[allow(dead_code, reason = "not every test sends plain requests")]
mod client;
#[path = "../../tests/both_servers/servers.rs"]
#[allow(dead_code, reason = "not every test listens by itself")]
mod servers;

macro_rules! examples {
    ($($name:ident: $file:literal;)*) => {$(
        #[path = $file]
        #[allow(dead_code, reason = "an example is a program of its own")]
        mod $name;
    )*};
}

examples! {
    database: "../30_sqlx.rs";
    graphql: "../31_graphql.rs";
    telemetry: "../32_opentelemetry.rs";
}

use std::{sync::mpsc, time::Duration};

use client::Socket;
use hangup::{CloseCode, testing::TestClient};
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use serde_json::{Value, json};
use servers::both;

#[tokio::test]
async fn notes_in_a_database() {
    let pool = database::open().await.unwrap();
    let app = || database::app(pool.clone());
    let client = async |server| {
        sqlx::query("DELETE FROM notes").execute(&pool).await.unwrap();
        let mut socket = Socket::open(server, "/notes", &[]).await;
        let mut seen = Vec::new();
        for request in [r#"{"add":"milk"}"#, r#"{"read":1}"#, r#"{"read":2}"#] {
            socket.text(request).await;
            seen.push(socket.receive().await);
        }
        // The one connection of the pool is taken.
        let taken = pool.acquire().await.unwrap();
        let mut busy = Socket::open(server, "/notes", &[]).await;
        busy.text(r#"{"read":1}"#).await;
        seen.push(busy.receive().await);
        drop(taken);
        seen
    };
    let expected = [
        r#"text {"id":1,"text":"milk"}"#,
        r#"text {"id":1,"text":"milk"}"#,
        "close 4004 there is no such note",
        "close 1013 busy",
    ];
    both(app, client, &expected).await;

    sqlx::query("DROP TABLE notes").execute(&pool).await.unwrap();
    let client = async |server| {
        let mut socket = Socket::open(server, "/notes", &[]).await;
        socket.text(r#"{"read":1}"#).await;
        vec![socket.receive().await]
    };
    both(app, client, &["close 1011"]).await;
}

/// Paused time goes on by itself only while no blocking task runs, so this stops it: `advance` alone moves the clock.
struct StoppedClock {
    _running: mpsc::Sender<()>,
}

impl StoppedClock {
    fn new() -> Self {
        tokio::time::pause();
        let (running, stopped) = mpsc::channel();
        tokio::task::spawn_blocking(move || stopped.recv());
        Self { _running: running }
    }
}

#[tokio::test]
async fn paused_time_with_a_database() {
    let clock = StoppedClock::new();
    let pool = database::open().await.unwrap();
    let client = TestClient::new(database::app(pool));
    let mut socket = client.connect("/notes").await.unwrap();
    for id in 1..=50 {
        socket.send_json(&json!({ "add": "milk" })).await;
        let note: Value = socket.recv_json().await;
        assert_eq!(note["id"], id);
    }
    tokio::time::advance(Duration::from_secs(3599)).await;
    socket.send_json(&json!({ "read": 1 })).await;
    let note: Value = socket.recv_json().await;
    assert_eq!(note["text"], "milk");
    tokio::time::advance(Duration::from_secs(2)).await;
    socket.assert_closed(CloseCode::UNAUTHORIZED, "expired").await;
    drop(clock);
}

const GRAPHQL: &str = "sec-websocket-protocol: graphql-transport-ws";
const INIT: &str = r#"{"type":"connection_init"}"#;

fn subscribe(id: &str, query: &str) -> String {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } }).to_string()
}

#[tokio::test]
async fn subscriptions_of_graphql() {
    let client = async |server| {
        let mut socket = Socket::open(server, "/graphql", &[GRAPHQL]).await;
        assert!(socket.head.contains(GRAPHQL), "{}", socket.head);
        let mut seen = Vec::new();
        socket.text(INIT).await;
        seen.push(socket.receive().await);
        socket.text(r#"{"type":"ping","payload":{"n":1}}"#).await;
        seen.push(socket.receive().await);
        socket
            .text(&subscribe("a", "subscription { countdown(from: 2) }"))
            .await;
        for _ in 0..3 {
            seen.push(socket.receive().await);
        }
        // A query is an operation with one result, and an id may be used again.
        socket.text(&subscribe("a", "{ version }")).await;
        seen.push(socket.receive().await);
        seen.push(socket.receive().await);
        // One that is complete sends no more.
        socket.text(&subscribe("b", "subscription { seconds }")).await;
        socket.text(r#"{"type":"complete","id":"b"}"#).await;
        socket.text(&subscribe("b", "{ version }")).await;
        seen.push(socket.receive().await);
        seen.push(socket.receive().await);
        socket.text(&subscribe("c", "{ unknown }")).await;
        let error = socket.receive().await;
        assert!(error.contains("Unknown field"), "{error}");
        seen.push(error[.."text {\"type\":\"error\",\"id\":\"c\"".len()].to_owned());
        seen.push(socket.close(1000).await);
        seen
    };
    let expected = [
        r#"text {"type":"connection_ack"}"#,
        r#"text {"type":"pong","payload":{"n":1}}"#,
        r#"text {"type":"next","id":"a","payload":{"data":{"countdown":2}}}"#,
        r#"text {"type":"next","id":"a","payload":{"data":{"countdown":1}}}"#,
        r#"text {"type":"complete","id":"a"}"#,
        r#"text {"type":"next","id":"a","payload":{"data":{"version":"1"}}}"#,
        r#"text {"type":"complete","id":"a"}"#,
        r#"text {"type":"next","id":"b","payload":{"data":{"version":"1"}}}"#,
        r#"text {"type":"complete","id":"b"}"#,
        r#"text {"type":"error","id":"c""#,
        "closed 1000",
    ];
    both(graphql::app, client, &expected).await;
}

/// The codes and the reasons of the protocol's document.
#[tokio::test]
async fn close_codes_of_graphql_transport_ws() {
    let client = async |server| {
        let mut seen = vec![Socket::refused(server, "/graphql", &[]).await];
        let seconds = subscribe("1", "subscription { seconds }");
        let conversations: [&[&str]; 6] = [
            &["{}"],
            &[INIT, r#"{"type":"unknown"}"#],
            &[&seconds],
            &[r#"{"type":"connection_init","payload":{"token":"guessed"}}"#],
            &[INIT, &seconds, &seconds],
            &[INIT, INIT],
        ];
        for texts in conversations {
            let mut socket = Socket::open(server, "/graphql", &[GRAPHQL]).await;
            for text in texts {
                socket.text(text).await;
            }
            let mut last = socket.receive().await;
            if last.contains("connection_ack") {
                last = socket.receive().await;
            }
            seen.push(last);
        }
        seen
    };
    let expected = [
        "close 4406 Subprotocol not acceptable",
        "close 4400 Invalid message",
        "close 4400 Invalid message",
        "close 4401 Unauthorized",
        "close 4403 Forbidden",
        "close 4409 Subscriber for 1 already exists",
        "close 4429 Too many initialisation requests",
    ];
    both(graphql::app, client, &expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_of_graphql_that_says_nothing_is_closed_with_4408() {
    let client = TestClient::new(graphql::app());
    let connect = client.connect("/graphql").subprotocol("graphql-transport-ws");
    let mut socket = connect.await.unwrap();
    // A ping is no initialisation.
    socket.assert_silent(Duration::from_millis(1500)).await;
    socket.send_json(&json!({ "type": "ping" })).await;
    assert_eq!(socket.recv_text().await, r#"{"type":"pong"}"#);
    socket.assert_silent(Duration::from_millis(1499)).await;
    socket
        .assert_closed(CloseCode::of::<4408>(), "Connection initialisation timeout")
        .await;
}

#[tokio::test]
async fn operations_of_graphql_are_bounded() {
    let client = TestClient::new(graphql::app());
    let connect = client.connect("/graphql").subprotocol("graphql-transport-ws");
    let mut socket = connect.await.unwrap();
    socket.send_text(INIT).await;
    assert_eq!(socket.recv_text().await, r#"{"type":"connection_ack"}"#);
    for id in 0..=graphql::MAX_OPERATIONS {
        socket
            .send_text(subscribe(&id.to_string(), "subscription { seconds }"))
            .await;
    }
    let refused: Value = socket.recv_json().await;
    assert_eq!(refused["type"], "error");
    assert_eq!(refused["id"], graphql::MAX_OPERATIONS.to_string());
}

#[tokio::test]
async fn one_trace_from_the_proxy_to_the_close() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    // Of the whole process: an event that another thread meets first, without a subscriber, is not seen by one of this
    // thread alone.
    tracing::subscriber::set_global_default(telemetry::subscriber(&provider)).unwrap();
    let traces = [
        "0af7651916cd43dd8448eb211c80319c",
        "1bf7651916cd43dd8448eb211c80319c",
    ];
    let next = std::cell::Cell::new(0);
    let client = async |server| {
        let trace = traces[next.replace(1)];
        let traceparent = format!("traceparent: 00-{trace}-b7ad6b7169203331-01");
        let mut socket = Socket::open(server, "/ws", &[&traceparent]).await;
        socket.text("hello").await;
        let length = socket.receive().await;
        socket.text("").await;
        vec![length, socket.receive().await]
    };
    both(telemetry::app, client, &["text 5", "close 4000 nothing to count"]).await;

    for trace in traces.map(|trace| TraceId::from_hex(trace).unwrap()) {
        let of_trace = || {
            let spans = exporter.get_finished_spans().unwrap();
            let is_of_trace =
                |span: &opentelemetry_sdk::trace::SpanData| span.span_context.trace_id() == trace;
            spans.into_iter().filter(is_of_trace).collect::<Vec<_>>()
        };
        let ended = async {
            while of_trace().len() < 2 {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        assert!(ended.is_ok(), "{:?}", of_trace());
        let spans = of_trace();
        assert_eq!(spans.len(), 2, "{spans:?}");
        let span = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
        let (connection, look_up) = (span("websocket"), span("look up"));
        assert_eq!(
            connection.parent_span_id,
            SpanId::from_hex("b7ad6b7169203331").unwrap()
        );
        assert_eq!(look_up.parent_span_id, connection.span_context.span_id());
        let event = |name: &str| connection.events.iter().find(|event| event.name == name);
        assert!(event("WebSocket accepted").is_some(), "{connection:?}");
        let ended = event("connection ended").unwrap();
        let attribute = |key: &str| {
            let attribute = ended
                .attributes
                .iter()
                .find(|attribute| attribute.key.as_str() == key);
            attribute.unwrap().value.as_str().into_owned()
        };
        assert_eq!(attribute("code_sent"), "4000");
        assert_eq!(attribute("reason_sent"), "nothing to count");
        assert_eq!(attribute("code_received"), "4000");
    }
}
