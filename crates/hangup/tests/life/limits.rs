//! Limits: how many connections there may be, and how long they may be open.

use std::time::Duration;

use hangup::{
    App, Close, CloseCode, Handshake, Refusal, Result, Settings, WebSocket,
    testing::{Received, TestClient, TestSocket},
};
use http::{StatusCode, header::RETRY_AFTER};
use tokio::time::{Instant, sleep};

use crate::{
    log::Log,
    wire::{self, Frame, Peer},
};

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

fn app(settings: Settings) -> App {
    App::new().route("/ws", echo).settings(settings)
}

fn client(settings: Settings) -> TestClient {
    TestClient::new(app(settings))
}

async fn open(client: &TestClient, path: &str) -> TestSocket {
    client.connect(path).await.unwrap()
}

/// That the client is told that there are too many, by a Close frame.
async fn assert_too_many(client: &TestClient, path: &str) {
    let mut refused = open(client, path).await;
    refused
        .assert_closed(CloseCode::TRY_AGAIN_LATER, "too many connections")
        .await;
}

async fn leave(mut socket: TestSocket) {
    socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    drop(socket);
    sleep(Duration::from_secs(5)).await;
}

#[tokio::test(start_paused = true)]
async fn one_connection_more_than_may_be_is_closed_with_1013_until_another_has_ended() {
    let client = client(Settings::new().max_connections(2));
    let first = open(&client, "/ws").await;
    let mut second = open(&client, "/ws").await;
    assert_too_many(&client, "/ws").await;
    second.send_text("still here").await;
    assert_eq!(second.recv_text().await, "still here");
    leave(first).await;
    let mut third = open(&client, "/ws").await;
    third.send_text("there is room").await;
    assert_eq!(third.recv_text().await, "there is room");
}

#[tokio::test(start_paused = true)]
async fn under_refusal_http_it_is_a_503_with_retry_after() {
    let log = Log::listen();
    let client = client(Settings::new().max_connections(0).refusal(Refusal::Http));
    let refused = client.connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(RETRY_AFTER));
    assert_eq!(
        refused.json(),
        serde_json::json!({ "detail": "too many connections", "code": 1013 })
    );
    let event = log.connection().await;
    assert_eq!(event.line(&["status", "error"]), "503 too many connections");
}

#[tokio::test(start_paused = true)]
async fn where_as_many_are_being_told_as_may_connect_the_rest_get_a_503() {
    let client = client(Settings::new().max_connections(1));
    let _first = open(&client, "/ws").await;
    let told = Peer::open(client.stream(), "/ws").await;
    let mut beyond = Peer::new(client.stream());
    beyond.send(wire::handshake("/ws", "")).await;
    assert!(beyond.head().await.starts_with("HTTP/1.1 503 "));
    drop(told);
    sleep(Duration::from_secs(10)).await;
    assert_too_many(&client, "/ws").await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_not_answered_yet_counts_and_one_that_is_given_up_does_not() {
    let slow = async |handshake: Handshake| -> Result {
        sleep(Duration::from_secs(20)).await;
        echo(handshake).await
    };
    let app = App::new()
        .route("/ws", slow)
        .settings(Settings::new().max_connections(1));
    let client = TestClient::new(app);
    let mut waiting = Peer::new(client.stream());
    waiting.send(wire::handshake("/ws", "")).await;
    sleep(Duration::from_secs(1)).await;
    assert_too_many(&client, "/ws").await;
    drop(waiting);
    sleep(Duration::from_secs(1)).await;
    open(&client.time_limit(Duration::from_secs(30)), "/ws").await;
}

#[tokio::test(start_paused = true)]
async fn a_route_has_its_own_limit_within_that_of_its_app() {
    let small = App::new()
        .route("/small", echo)
        .settings(Settings::new().max_connections(1));
    let app = App::new()
        .route("/ws", echo)
        .include(small)
        .settings(Settings::new().max_connections(2));
    let client = TestClient::new(app);
    let small = open(&client, "/small").await;
    assert_too_many(&client, "/small").await;
    let _second = open(&client, "/ws").await;
    assert_too_many(&client, "/ws").await;
    leave(small).await;
    let _third = open(&client, "/ws").await;
    assert_too_many(&client, "/small").await;
}

#[tokio::test(start_paused = true)]
async fn each_peer_has_so_many_and_the_others_lose_nothing() {
    let app = app(Settings::new().max_connections_per_peer(1)).into_router();
    let one = TestClient::new(app.clone()).peer("10.0.0.1:1000".parse().unwrap());
    let other = TestClient::new(app.clone()).peer("10.0.0.2:1000".parse().unwrap());
    let first = open(&one, "/ws").await;
    assert_too_many(&one, "/ws").await;
    let _of_the_other = open(&other, "/ws").await;
    leave(first).await;
    open(&one, "/ws").await;
    // Whoever's address is not known is not counted.
    let unknown = TestClient::new(app);
    let _first = open(&unknown, "/ws").await;
    let _second = open(&unknown, "/ws").await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_messages_is_closed_as_idle() {
    let log = Log::listen();
    let settings = Settings::new().idle_timeout(Duration::from_secs(60));
    let client = client(settings.ping_interval(None));
    let mut socket = open(&client.time_limit(Duration::from_secs(300)), "/ws").await;
    let begun = Instant::now();
    sleep(Duration::from_secs(50)).await;
    socket.send_text("not idle").await;
    assert_eq!(socket.recv_text().await, "not idle");
    socket.assert_closed(CloseCode::GOING_AWAY, "idle").await;
    let after = begun.elapsed().as_secs_f64();
    assert!((110.0..110.1).contains(&after), "{after}");
    drop(socket);
    let event = log.connection().await;
    assert_eq!(event.line(&["code_sent", "initiator"]), "1001 local");
    assert_eq!(event.level, tracing::Level::INFO);
}

#[tokio::test(start_paused = true)]
async fn what_an_endpoint_sends_is_activity_and_pings_are_not() {
    let ticker = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for _ in 0..3 {
            sleep(Duration::from_secs(50)).await;
            socket.send_text("tick").await?;
        }
        std::future::pending::<()>().await;
        Ok(())
    };
    let app = App::new()
        .route("/ws", ticker)
        .settings(Settings::new().idle_timeout(Duration::from_secs(60)));
    let client = TestClient::new(app).time_limit(Duration::from_secs(300));
    let mut socket = open(&client, "/ws").await;
    for _ in 0..3 {
        assert_eq!(socket.recv_text().await, "tick");
    }
    let last = Instant::now();
    socket.ping("I am here").await;
    assert_eq!(socket.recv().await, Received::Pong("I am here".into()));
    socket.assert_closed(CloseCode::GOING_AWAY, "idle").await;
    assert!(last.elapsed() < Duration::from_secs(61), "{:?}", last.elapsed());
}

#[tokio::test(start_paused = true)]
async fn no_connection_outlives_its_lifetime() {
    let client = client(Settings::new().max_lifetime(Duration::from_secs(30)));
    let mut socket = open(&client, "/ws").await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(29) {
        socket.send_text("busy").await;
        assert_eq!(socket.recv_text().await, "busy");
        sleep(Duration::from_secs(1)).await;
    }
    socket.assert_closed(CloseCode::GOING_AWAY, "lifetime").await;
    let after = begun.elapsed().as_secs_f64();
    assert!((30.0..30.1).contains(&after), "{after}");
}

#[tokio::test(start_paused = true)]
async fn an_inner_setting_may_switch_an_outer_limit_off() {
    let free = App::new().route("/free", echo).settings(
        Settings::new()
            .max_lifetime(None)
            .idle_timeout(None)
            .messages_per_second(u32::MAX),
    );
    let app = App::new().include(free).settings(
        Settings::new()
            .max_lifetime(Duration::from_secs(1))
            .idle_timeout(Duration::from_secs(1))
            .messages_per_second(1),
    );
    let mut socket = open(&TestClient::new(app), "/free").await;
    sleep(Duration::from_secs(15)).await;
    for text in ["one", "two", "three"] {
        socket.send_text(text).await;
        assert_eq!(socket.recv_text().await, text);
    }
}

async fn expiring(handshake: Handshake) -> Result {
    let mut socket: WebSocket = handshake.accept().await?;
    socket.expire_at(Instant::now() + Duration::from_secs(30));
    loop {
        let text = socket.recv_text().await?;
        if text == "renew" {
            socket.expire_at(Instant::now() + Duration::from_secs(30));
        } else {
            socket.expire_at(Instant::now() - Duration::from_millis(1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_credentials_expire_is_closed_with_3000() {
    let client = TestClient::new(App::new().route("/ws", expiring)).time_limit(Duration::from_secs(100));
    let mut socket = open(&client, "/ws").await;
    let begun = Instant::now();
    sleep(Duration::from_secs(20)).await;
    socket.send_text("renew").await;
    socket.assert_closed(CloseCode::UNAUTHORIZED, "expired").await;
    let after = begun.elapsed().as_secs_f64();
    assert!((50.0..50.1).contains(&after), "{after}");

    let mut socket = open(&client, "/ws").await;
    let begun = Instant::now();
    socket.send_text("now").await;
    socket.assert_closed(CloseCode::UNAUTHORIZED, "expired").await;
    assert!(begun.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_sees_the_limit_that_ended_it() {
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let endpoint = move |handshake: Handshake| {
        let tell = tell.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let disconnect = socket.recv().await.unwrap_err();
            tell.send(format!("{} {}", disconnect.code(), disconnect.reason()))
                .await?;
            Result::<()>::Ok(())
        }
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().max_lifetime(Duration::from_secs(3)));
    let mut socket = open(&TestClient::new(app), "/ws").await;
    socket.assert_closed(CloseCode::GOING_AWAY, "lifetime").await;
    assert_eq!(told.recv().await.unwrap(), "1001 lifetime");
}

#[tokio::test(start_paused = true)]
async fn the_same_settings_around_an_app_and_a_part_of_it_count_a_connection_once() {
    let settings = Settings::new().max_connections(1);
    let part = app(settings.clone());
    let client = TestClient::new(App::new().include(part).settings(settings));
    let mut socket = open(&client, "/ws").await;
    socket.send_text("there is room").await;
    assert_eq!(socket.recv_text().await, "there is room");
    assert_too_many(&client, "/ws").await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_set_again_is_replaced() {
    let client = client(Settings::new().max_connections(1).max_connections(2));
    let _first = open(&client, "/ws").await;
    let mut second = open(&client, "/ws").await;
    second.send_text("there is room").await;
    assert_eq!(second.recv_text().await, "there is room");
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_a_long_message_is_taken_is_not_idle() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.send_binary(vec![7; 400_000]).await?;
        socket.recv().await?;
        Ok(())
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().idle_timeout(Duration::from_secs(10)));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    assert_eq!(peer.frame_slowly(10_000).await.payload.len(), 400_000);
    let last = peer.frames().await.pop().unwrap();
    assert_eq!(last, Frame::close(1001, "idle"));
}

#[tokio::test(start_paused = true)]
async fn the_longest_of_waits_is_none() {
    let client = client(
        Settings::new()
            .accept_timeout(Duration::MAX)
            .close_timeout(Duration::MAX)
            .linger_timeout(Duration::MAX)
            .disconnect_grace(Duration::MAX)
            .handler_timeout(Duration::MAX)
            .ping_interval(Duration::MAX)
            .ping_timeout(Duration::MAX)
            .write_timeout(Duration::MAX)
            .idle_timeout(Duration::MAX)
            .max_lifetime(Duration::MAX),
    );
    let mut socket = open(&client, "/ws").await;
    socket.send_text("x").await;
    assert_eq!(socket.recv_text().await, "x");
    socket.send_close(CloseCode::of::<4000>(), "bye").await;
    assert_eq!(socket.recv_close().await.code().get(), 4000);
    let failing = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        Err(Close::new(CloseCode::of::<4001>(), "").into())
    };
    let app = App::new()
        .route("/ws", failing)
        .settings(Settings::new().handler_timeout(Duration::MAX));
    let mut socket = open(&TestClient::new(app), "/ws").await;
    socket.assert_closed(CloseCode::of::<4001>(), "").await;
}

#[tokio::test(start_paused = true)]
async fn the_code_of_too_many_connections_may_be_set_and_http_says_503_with_any() {
    let settings = || {
        Settings::new()
            .max_connections(1)
            .overload_code(CloseCode::GOING_AWAY)
    };
    let by_close = client(settings());
    let _first = open(&by_close, "/ws").await;
    let mut refused = open(&by_close, "/ws").await;
    refused
        .assert_closed(CloseCode::GOING_AWAY, "too many connections")
        .await;
    let by_http = client(settings().refusal(Refusal::Http));
    let _first = open(&by_http, "/ws").await;
    let response = by_http.connect("/ws").await.unwrap_err();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(RETRY_AFTER));
    assert_eq!(response.json()["code"], 1001);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_pings_is_idle_all_the_same() {
    let pinging = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            sleep(Duration::from_millis(200)).await;
            socket.ping("still there?").await?;
        }
    };
    let app = App::new()
        .route("/ws", pinging)
        .settings(Settings::new().idle_timeout(Duration::from_secs(60)));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let begun = Instant::now();
    let last = loop {
        let frame = peer.frame().await;
        if frame.opcode != wire::PING {
            break frame;
        }
        peer.send(wire::frame(wire::PONG, &frame.payload)).await;
    };
    assert_eq!(last, Frame::close(1001, "idle"));
    assert_eq!(begun.elapsed().as_secs(), 60);
}
