//! The recipes: each as its client uses it, as an `App` and as a router inside of axum.

use std::{future::IntoFuture, time::Duration};

use hangup::{
    App, CloseCode,
    testing::{TestClient, TestSocket},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

macro_rules! recipe {
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

recipe!(login, "../20_login.rs");
recipe!(shutdown_in_axum, "../22_shutdown_in_axum.rs");
recipe!(token_stream, "../23_token_stream.rs");
recipe!(json_rpc, "../24_json_rpc.rs");

/// The application as both servers have it.
fn clients(app: fn() -> App) -> [TestClient; 2] {
    [TestClient::new(app()), TestClient::new(app().into_router())]
}

#[tokio::test(start_paused = true)]
async fn a_login_by_cookie() {
    for client in clients(login::app) {
        let mut refused = client.connect("/cookie").await.unwrap();
        refused
            .assert_closed(CloseCode::UNAUTHORIZED, "log in first")
            .await;
        assert_eq!(client.post("/login").body("eve").await.status(), 401);
        assert_eq!(client.post("/login").body("ann").await.status(), 200);
        let mut socket = client.connect("/cookie").await.unwrap();
        assert_eq!(socket.recv_text().await, "hello ann");
        socket.assert_silent(Duration::from_secs(3599)).await;
        socket.assert_closed(CloseCode::UNAUTHORIZED, "expired").await;
        let mut late = client.connect("/cookie").await.unwrap();
        late.assert_closed(CloseCode::UNAUTHORIZED, "log in first").await;
    }
}

#[tokio::test]
async fn a_login_by_subprotocol_never_echoes_the_token() {
    for client in clients(login::app) {
        let connect = client.connect("/token").subprotocol("app.v1");
        let mut socket = connect.subprotocol("token.secret-of-bob").await.unwrap();
        assert_eq!(socket.subprotocol(), Some("app.v1"));
        assert!(!format!("{:?}", socket.headers()).contains("secret"));
        assert_eq!(socket.recv_text().await, "hello bob");
        let connect = client.connect("/token").subprotocol("app.v1");
        let mut refused = connect.subprotocol("token.guessed").await.unwrap();
        refused
            .assert_closed(CloseCode::UNAUTHORIZED, "this token is not valid")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_by_the_first_message() {
    for client in clients(login::app) {
        let mut socket = client.connect("/message").await.unwrap();
        socket.send_json(&json!({ "token": "secret-of-ann" })).await;
        assert_eq!(socket.recv_text().await, "hello ann");
        let mut refused = client.connect("/message").await.unwrap();
        refused.send_json(&json!({ "token": "guessed" })).await;
        refused
            .assert_closed(CloseCode::UNAUTHORIZED, "this token is not valid")
            .await;
        let mut silent = client.connect("/message").await.unwrap();
        silent.assert_silent(Duration::from_millis(4999)).await;
        silent
            .assert_closed(CloseCode::UNAUTHORIZED, "no token within 5 s")
            .await;
    }
}

#[tokio::test]
async fn a_server_of_axum_that_stops_closes_every_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = shutdown_in_axum::run(listener, async {
        let _ = stopped.await;
    });
    let running = tokio::spawn(running.into_future());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let handshake = "GET /ws HTTP/1.1\r\nhost: h\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n";
    stream.write_all(handshake.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stop.send(()).unwrap();
    let mut close = [0; 4];
    stream.read_exact(&mut close).await.unwrap();
    assert_eq!(close, [0x88, 2, 3, 233], "1001");
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, 3, 233]).await.unwrap();
    assert_eq!(stream.read(&mut close).await.unwrap(), 0);
    drop(stream);
    timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

/// The messages of an answer until its end, and when each came.
async fn stream_of(socket: &mut TestSocket) -> (Vec<(String, Duration)>, Value) {
    let begun = tokio::time::Instant::now();
    let mut texts = Vec::new();
    loop {
        let told: Value = socket.recv_json().await;
        match told["text"].as_str() {
            Some(text) => texts.push((text.to_owned(), begun.elapsed())),
            None => return (texts, told),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_are_merged_and_cancelled() {
    for client in clients(token_stream::app) {
        let mut socket = client.connect("/complete").await.unwrap();
        let expected: String = (1..=12).map(|number| format!("token{number} ")).collect();
        socket.send_json(&json!({ "prompt": expected })).await;
        let (texts, end) = stream_of(&mut socket).await;
        assert_eq!(end, "done");
        let all: String = texts.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(all, expected);
        // A token each 10 ms, merged for 50 ms behind the first: two or three messages, not twelve.
        assert!((2..=3).contains(&texts.len()), "{texts:?}");
        assert!(texts[0].1 <= Duration::from_millis(60), "{texts:?}");

        socket
            .send_json(&json!({ "prompt": "word ".repeat(10_000) }))
            .await;
        let first: Value = socket.recv_json().await;
        assert!(first["text"].is_string());
        socket.send_json("cancel").await;
        let (_, end) = stream_of(&mut socket).await;
        assert_eq!(end, "cancelled");
        socket.assert_silent(Duration::from_secs(10)).await;

        socket
            .send_json(&json!({ "prompt": "word ".repeat(10_000) }))
            .await;
        socket.send_json(&json!({ "prompt": "second" })).await;
        let close = loop {
            if let hangup::testing::Received::Close(close) = socket.recv().await {
                break close;
            }
        };
        assert_eq!(
            (close.code(), &**close.reason()),
            (CloseCode::POLICY_VIOLATION.into(), "one prompt at a time")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_are_sent_at_128_characters_before_their_time() {
    for client in clients(token_stream::app) {
        let mut socket = client.connect("/complete").await.unwrap();
        // Characters, not bytes; the blank is one.
        let (long, short) = (format!("{} ", "\u{e9}".repeat(63)), "x".repeat(127));
        let prompt = format!("{long}{long}{short}");
        socket.send_json(&json!({ "prompt": prompt })).await;
        let (texts, end) = stream_of(&mut socket).await;
        assert_eq!(end, "done");
        let of = |texts: &[(String, Duration)]| -> Vec<_> {
            texts
                .iter()
                .map(|(text, at)| (text.chars().count(), at.as_millis()))
                .collect()
        };
        // Two tokens of 64 characters wait for nothing; one of 127 waits for the end, which comes with it.
        assert_eq!(of(&texts), [(128, 20), (127, 30)]);
    }
}

/// The examples of the specification, section 7.
#[tokio::test]
async fn json_rpc_answers_as_its_specification_says() {
    let error = |code: i32, message: &str, id: Value| json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message }, "id": id });
    let result = |result: i64, id: Value| json!({ "jsonrpc": "2.0", "result": result, "id": id });
    for client in clients(json_rpc::app) {
        let mut socket = client.connect("/rpc").await.unwrap();
        for (sent, expected) in [
            (
                r#"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
                result(19, json!(1)),
            ),
            (
                r#"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
                result(19, json!(3)),
            ),
            (
                r#"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
                error(-32601, "Method not found", json!("1")),
            ),
            (
                r#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
                error(-32700, "Parse error", Value::Null),
            ),
            (
                r#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
                error(-32600, "Invalid Request", Value::Null),
            ),
            (
                r#"{"jsonrpc": "2.0", "method": "subtract", "params": [1], "id": 9}"#,
                error(-32602, "Invalid params", json!(9)),
            ),
            ("[]", error(-32600, "Invalid Request", Value::Null)),
            ("[1]", json!([error(-32600, "Invalid Request", Value::Null)])),
            (
                r#"[{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"}, {"foo": "boo"},
                    {"jsonrpc": "2.0", "method": "echo", "params": [7]}]"#,
                json!([
                    result(19, json!("2")),
                    error(-32600, "Invalid Request", Value::Null)
                ]),
            ),
        ] {
            socket.send_text(sent).await;
            assert_eq!(socket.recv_json::<Value>().await, expected, "{sent}");
        }
        // Notifications are not answered, alone or as a batch.
        socket
            .send_text(r#"{"jsonrpc": "2.0", "method": "subtract", "params": [1,2]}"#)
            .await;
        socket
            .send_text(r#"[{"jsonrpc": "2.0", "method": "nothing"}]"#)
            .await;
        socket.assert_silent(Duration::from_millis(50)).await;
        socket.send_binary([1]).await;
        assert_eq!(socket.recv_close().await.code(), CloseCode::UNSUPPORTED_DATA);
    }
}
