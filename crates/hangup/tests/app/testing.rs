//! The test client beside an application: HTTP, cookies, the end of the server, and failures that name the test's line.

use std::{
    panic::Location,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    http::header::SET_COOKIE,
    routing::{get, post},
};
use hangup::{
    App, Close, CloseCode, Handshake, Refusal, Result, WebSocket,
    serve::Drained,
    testing::{Received, TestClient, TestSocket},
    websocket,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

#[derive(Debug, thiserror::Error)]
#[error("the order cannot be stored")]
struct NotStored(#[source] std::io::Error);

/// Does what it is asked to.
async fn obey(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        match &*socket.recv_text().await? {
            "text" => socket.send_text("a text").await?,
            "close" => return Err(Close::new(CloseCode::of::<4000>(), "asked").into()),
            "fail" => return Err(NotStored(std::io::Error::other("disk full")).into()),
            "panic" => panic!("lost count"),
            _ => {}
        }
    }
}

fn client() -> TestClient {
    TestClient::new(App::new().route("/obey", obey))
}

/// Where the last panic of this thread was, and with which message.
async fn panicked(step: impl Future<Output = ()> + Send + 'static) -> (String, String) {
    static LAST: OnceLock<Mutex<Vec<(std::thread::ThreadId, String)>>> = OnceLock::new();
    LAST.get_or_init(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map(Location::to_string).unwrap_or_default();
            let panics = LAST
                .get()
                .map(|last| last.lock().unwrap_or_else(PoisonError::into_inner));
            panics
                .into_iter()
                .for_each(|mut last| last.push((std::thread::current().id(), place.clone())));
            before(info);
        }));
        Mutex::default()
    });
    let error = tokio::spawn(step).await.unwrap_err();
    let message = *error.into_panic().downcast::<String>().unwrap();
    let here = std::thread::current().id();
    let last = LAST.get().unwrap().lock().unwrap_or_else(PoisonError::into_inner);
    let place = last.iter().rev().find(|(thread, _)| *thread == here).unwrap();
    (place.1.clone(), message)
}

/// Runs a step that has to fail in one line, and checks that both the panic and its message name that line.
macro_rules! assert_names_its_line {
    (|$socket:ident| $step:expr, $($text:expr),+) => {{
        let mut $socket = client().time_limit(Duration::from_secs(2)).connect("/obey").await.unwrap();
        let (place, message) = panicked(async move { let _ = $step.await; }).await;
        let here = format!("{}:{}:", file!(), line!());
        assert!(place.starts_with(&here), "{place} is not {here} ({message})");
        assert!(message.contains(&here), "{here} is not in {message}");
        $(assert!(message.contains($text), "{:?} is not in {message}", $text);)+
    }};
}

#[tokio::test(start_paused = true)]
async fn every_step_that_fails_names_the_line_of_the_test() {
    let nothing = "the server sent nothing within 2s";
    assert_names_its_line!(|socket| socket.recv(), nothing);
    assert_names_its_line!(|socket| socket.recv_text(), nothing);
    assert_names_its_line!(|socket| socket.recv_binary(), nothing);
    assert_names_its_line!(|socket| socket.recv_json::<u8>(), nothing);
    assert_names_its_line!(|socket| socket.recv_close(), nothing);
    let normal = CloseCode::NORMAL_CLOSURE;
    assert_names_its_line!(|socket| socket.assert_closed(normal, ""), nothing);
    let not_json = std::collections::BTreeMap::from([((), 1)]);
    assert_names_its_line!(|socket| socket.send_json(&not_json), "cannot be sent as JSON");
    let heard = "expected nothing within 1s, received text \"a text\"";
    let time = Duration::from_secs(1);
    assert_names_its_line!(|socket| after_text(&mut socket).await.assert_silent(time), heard);
}

async fn after_text(socket: &mut TestSocket) -> &mut TestSocket {
    socket.send_text("text").await;
    socket
}

/// Under any other future than an `.await` of the test the message still has the line.
#[tokio::test(start_paused = true)]
async fn a_step_within_another_future_names_its_line_in_the_message() {
    let mut socket = client().connect("/obey").await.unwrap();
    let (_, message) = panicked(async move {
        let _ = tokio::time::timeout(Duration::from_secs(60), socket.recv_close()).await;
    })
    .await;
    assert!(
        message.contains(&format!("{}:{}:", file!(), line!() - 4)),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_handshake_and_a_request_without_an_answer_name_the_line_of_the_test() {
    let never = async |_: Handshake| -> Result { std::future::pending().await };
    let router = Router::new().route("/never", get(async || std::future::pending::<()>().await));
    let app = || TestClient::new(App::new().route("/ws", never).merge(router.clone()));
    let (connecting, requesting) = (app(), app());
    let (place, message) = panicked(async move { drop(connecting.connect("/ws").await) }).await;
    let here = format!("{}:{}:", file!(), line!() - 1);
    assert!(
        place.starts_with(&here) && message.contains(&here),
        "{place} {message}"
    );
    let (place, message) = panicked(async move { drop(requesting.get("/never").await) }).await;
    let here = format!("{}:{}:", file!(), line!() - 1);
    assert!(
        place.starts_with(&here) && message.contains(&here),
        "{place} {message}"
    );
    assert!(
        message.contains("no HTTP response to GET /never within 5s"),
        "{message}"
    );
}

#[tokio::test]
async fn where_a_test_sees_1011_its_failure_has_the_error_of_the_server() {
    for (ask, error) in [
        ("fail", "the order cannot be stored: disk full"),
        ("panic", "lost count"),
    ] {
        for step in [0, 1, 2] {
            let mut socket = client().connect("/obey").await.unwrap();
            socket.send_text(ask).await;
            let (_, message) = panicked(async move {
                match step {
                    0 => drop(socket.recv_text().await),
                    1 => drop(socket.recv_binary().await),
                    _ => socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await,
                }
            })
            .await;
            assert!(message.contains("received close 1011"), "{message}");
            assert!(
                message.contains("the server's error: ") && message.contains(error),
                "{message}"
            );
        }
        let mut socket = client().connect("/obey").await.unwrap();
        socket.send_text(ask).await;
        let told = socket.server_error().await.unwrap();
        assert!(told.contains(error), "{told}");
    }
    // What no error is says nothing of a server.
    let mut socket = client().connect("/obey").await.unwrap();
    socket.send_text("close").await;
    let (_, message) = panicked(async move { drop(socket.recv_text().await) }).await;
    assert!(
        message.contains("received close 4000 \"asked\"") && !message.contains("server's error"),
        "{message}"
    );
}

#[tokio::test]
async fn a_handshake_that_is_refused_with_500_has_the_error_of_the_server() {
    let fail = async |_: Handshake| -> Result { Err(NotStored(std::io::Error::other("disk full")).into()) };
    let client = TestClient::new(App::new().route("/ws", fail).refusal(Refusal::Http));
    let refused = client.connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), 500);
    let error = "the order cannot be stored: disk full";
    assert!(refused.server_error().unwrap().contains(error));
    assert!(refused.to_string().contains(error), "{refused}");
    assert!(!refused.text().contains("disk"), "it was sent");
}

#[tokio::test(start_paused = true)]
async fn silence_is_asserted_beside_pings() {
    let mut socket = client().connect("/obey").await.unwrap();
    let begun = tokio::time::Instant::now();
    // Two pings of the server come meanwhile, and are answered.
    socket.assert_silent(Duration::from_secs(50)).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(50));
    socket.send_text("text").await;
    assert_eq!(socket.recv_text().await, "a text");
}

#[websocket("/who")]
async fn who(handshake: Handshake, #[cookie] user: Option<String>) -> Result {
    let mut socket = handshake.accept().await?;
    Ok(socket.send_text(user.as_deref().unwrap_or("nobody")).await?)
}

fn with_login() -> TestClient {
    let login = post(async |headers: HeaderMap, body: String| {
        if headers
            .get(header::CONTENT_TYPE)
            .is_none_or(|json| json != "application/json")
        {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let user: Value = serde_json::from_str(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
        let cookie = format!("user={}; Path=/; HttpOnly", user["name"].as_str().unwrap());
        Ok(([(SET_COOKIE, cookie)], json!({ "ok": true }).to_string()))
    });
    let logout = post(async || [(SET_COOKIE, "user=; Path=/; Max-Age=0")]);
    let shown = get(async |headers: HeaderMap| {
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .map(|line| line.to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" | ")
    });
    let echo = axum::routing::any(async |method: Method, body: String| format!("{method} {body}"));
    let routes = Router::new()
        .route("/login", login)
        .route("/logout", logout)
        .route("/cookies", shown)
        .route("/echo", echo);
    TestClient::new(App::new().endpoint(who).merge(routes))
}

async fn user_of(client: &TestClient) -> String {
    client.connect("/who").await.unwrap().recv_text().await
}

#[tokio::test]
async fn a_login_by_http_is_that_of_the_socket() {
    let client = with_login();
    assert_eq!(user_of(&client).await, "nobody");
    let response = client.post("/login").json(&json!({ "name": "ann" })).await;
    assert_eq!(
        (response.status().as_u16(), response.json()),
        (200, json!({ "ok": true }))
    );
    assert_eq!(user_of(&client).await, "ann");
    assert_eq!(user_of(&client.clone()).await, "ann");
    assert_eq!(client.cookies().get("user").as_deref(), Some("ann"));
    let mut other = client.connect("/who").cookie("user", "bob").await.unwrap();
    assert_eq!(other.recv_text().await, "bob");
    assert_eq!(client.post("/logout").await.status(), 200);
    assert_eq!(user_of(&client).await, "nobody");
    client.cookies().set("user", "eve");
    assert_eq!(user_of(&client).await, "eve");
    assert_eq!(
        client.get("/cookies").cookie("a", 1).await.text(),
        "a=1; user=eve"
    );
}

#[tokio::test]
async fn requests_of_every_kind_are_sent_whole() {
    let client = with_login();
    let large = "x".repeat(300_000);
    assert_eq!(
        client.post("/echo").body(large.clone()).await.text(),
        format!("POST {large}")
    );
    assert_eq!(
        client.request(Method::PUT, "/echo?q").body("b").await.text(),
        "PUT b"
    );
    assert_eq!(client.request(Method::DELETE, "/echo").await.text(), "DELETE ");
    let head = client.request(Method::HEAD, "/echo").await;
    assert_eq!((head.status().as_u16(), head.text()), (200, String::new()));
    assert_eq!(client.get("/nowhere").await.status(), 404);
    let refused = client
        .post("/login")
        .set_header(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))
        .body("{}")
        .await;
    assert_eq!(refused.status(), 415);
}

#[tokio::test(start_paused = true)]
async fn a_client_shuts_its_server_down_and_says_how_the_connections_ended() {
    async fn until_told(handshake: Handshake) -> Result {
        let mut socket: WebSocket = handshake.accept().await?;
        socket.server_shutdown().await;
        Ok(socket.send_text("goodbye").await?)
    }
    let client = TestClient::new(App::new().route("/obey", obey).route("/told", until_told));
    let mut first = client.connect("/obey").await.unwrap();
    let mut told = client.clone().connect("/told").await.unwrap();
    drop(client.connect("/obey").await.unwrap());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let Drained {
        closed, cut, aborted, ..
    } = client.shut_down().await;
    assert_eq!((closed, cut, aborted), (2, 0, 0));
    first.assert_closed(CloseCode::GOING_AWAY, "").await;
    assert_eq!(told.recv_text().await, "goodbye");
    told.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    assert_eq!(told.recv().await, Received::End);
    let mut late = client.connect("/obey").await.unwrap();
    late.assert_closed(CloseCode::SERVICE_RESTART, "the server is stopping")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_may_go_on_while_its_server_stops() {
    async fn last_words(handshake: Handshake) -> Result {
        let mut socket: WebSocket = handshake.accept().await?;
        socket.server_shutdown().await;
        socket.send_text("anything else?").await?;
        let said = socket.recv_text().await?;
        Ok(socket.send_text(said).await?)
    }
    let client = TestClient::new(App::new().route("/ws", last_words));
    let mut socket = client.connect("/ws").await.unwrap();
    let talk = async {
        assert_eq!(socket.recv_text().await, "anything else?");
        socket.send_text("no").await;
        assert_eq!(socket.recv_text().await, "no");
        socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    };
    let (drained, ()) = tokio::join!(client.shut_down(), talk);
    assert_eq!(drained.closed, 1);
}
