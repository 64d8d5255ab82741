//! The opening handshake: which requests open a connection, and what `accept` and `deny` answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use hangup::{App, Close, CloseCode, Handshake, Refusal, Result, Settings, testing::TestClient};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tokio::sync::Notify;

use crate::{
    log::Log,
    wire::{Frame, Peer, frame, handshake},
};

async fn greet(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text("hello").await?;
    Ok(())
}

fn greeter() -> TestClient {
    TestClient::new(App::new().route("/ws", greet))
}

#[tokio::test(start_paused = true)]
async fn the_101_has_what_rfc_6455_asks_of_it() {
    let mut peer = Peer::new(greeter().stream());
    peer.send(handshake("/ws", "")).await;
    let head = peer.head().await.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101 switching protocols\r\n"), "{head}");
    for line in [
        "upgrade: websocket\r\n",
        "connection: upgrade\r\n",
        // The answer to the key of RFC 6455, 1.3.
        "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n",
    ] {
        assert_eq!(head.matches(line).count(), 1, "{line:?} in {head}");
    }
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
    assert_eq!(peer.frame().await, Frame::text("hello"));
}

#[tokio::test]
async fn a_request_without_upgrade_is_answered_with_426() {
    let refused = greeter()
        .connect("/ws")
        .without_header(&header::UPGRADE)
        .await
        .unwrap_err();
    assert_eq!(refused.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(refused.headers()["upgrade"], "websocket");
}

#[tokio::test]
async fn a_wrong_version_is_answered_with_426_and_the_right_one() {
    let refused = greeter()
        .connect("/ws")
        .set_header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("8"))
        .await
        .unwrap_err();
    assert_eq!(refused.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(refused.headers()["sec-websocket-version"], "13");
}

#[tokio::test]
async fn a_malformed_handshake_is_answered_with_400() {
    let client = greeter();
    for (name, value) in [
        (header::SEC_WEBSOCKET_KEY, "short"),
        (header::CONNECTION, "keep-alive"),
        (header::SEC_WEBSOCKET_PROTOCOL, "a b"),
        (header::SEC_WEBSOCKET_PROTOCOL, "a, a"),
    ] {
        let connect = client.connect("/ws");
        let refused = connect
            .set_header(name.clone(), HeaderValue::from_static(value))
            .await
            .expect_err(value);
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{name}: {value}");
    }
    let keyless = client.connect("/ws").without_header(&header::SEC_WEBSOCKET_KEY);
    assert_eq!(keyless.await.unwrap_err().status(), StatusCode::BAD_REQUEST);
    let two_keys = client.connect("/ws").header(
        header::SEC_WEBSOCKET_KEY,
        HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="),
    );
    assert_eq!(two_keys.await.unwrap_err().status(), StatusCode::BAD_REQUEST);

    let mut posted = Peer::new(client.stream());
    posted.send(handshake("/ws", "").replace("GET", "POST")).await;
    assert!(posted.head().await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn an_unknown_path_is_answered_with_404() {
    let refused = greeter().connect("/elsewhere").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_connection_header_may_be_a_list_in_any_case() {
    let socket = greeter()
        .connect("/ws")
        .set_header(
            header::CONNECTION,
            HeaderValue::from_static("keep-alive, uPgRaDe"),
        )
        .await;
    assert_eq!(socket.unwrap().recv_text().await, "hello");
}

#[tokio::test]
async fn frames_that_come_with_the_handshake_are_not_lost() {
    let echo = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        Ok(socket.send_text(text).await?)
    };
    let mut peer = Peer::new(TestClient::new(App::new().route("/ws", echo)).stream());
    peer.send([handshake("/ws", "").into_bytes(), frame(1, b"early")].concat())
        .await;
    peer.head().await;
    assert_eq!(peer.frame().await, Frame::text("early"));
}

#[tokio::test]
async fn what_stands_before_and_after_accept_is_one_function() {
    let endpoint = async |handshake: Handshake| -> Result {
        let offered: Vec<_> = handshake.subprotocols().map(str::to_owned).collect();
        tokio::task::yield_now().await;
        let mut socket = handshake.accept().await?;
        Ok(socket.send_text(offered.join("+")).await?)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client
        .connect("/ws")
        .subprotocol("b")
        .subprotocol("a")
        .await
        .unwrap();
    assert_eq!(socket.recv_text().await, "b+a");
    assert_eq!(
        socket.subprotocol(),
        None,
        "none is chosen unless the endpoint does"
    );
}

#[tokio::test]
async fn a_handshake_may_be_accepted_in_another_task() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = tokio::spawn(handshake.accept()).await??;
        Ok(socket.send_text("elsewhere").await?)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws").await.unwrap();
    assert_eq!(socket.recv_text().await, "elsewhere");
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn the_endpoint_chooses_the_first_of_its_subprotocols_that_is_offered() {
    let endpoint = async |mut handshake: Handshake| -> Result {
        assert_eq!(handshake.choose_subprotocol(["none"]), None);
        assert_eq!(handshake.choose_subprotocol(["v3", "v2", "v1"]), Some("v2"));
        let mut socket = handshake.accept().await?;
        let chosen = socket.subprotocol().unwrap_or_default().to_owned();
        Ok(socket.send_text(chosen).await?)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let connect = client.connect("/ws").subprotocol("v1").subprotocol("v2");
    let mut socket = connect.await.unwrap();
    assert_eq!(socket.subprotocol(), Some("v2"));
    assert_eq!(socket.recv_text().await, "v2");
}

#[tokio::test]
async fn headers_of_the_endpoint_go_out_with_the_101_and_those_of_the_handshake_stay() {
    let endpoint = async |mut handshake: Handshake| -> Result {
        for (name, value) in [
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("upgrade", "forged"),
            ("connection", "forged"),
            ("sec-websocket-accept", "forged"),
            ("sec-websocket-protocol", "forged"),
            ("sec-websocket-extensions", "forged"),
        ] {
            handshake.add_response_header(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        handshake.accept().await?;
        Ok(())
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let socket = client.connect("/ws").await.unwrap();
    let cookies: Vec<_> = socket.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    for (name, value) in socket.headers() {
        assert_ne!(value, "forged", "{name}");
    }
}

#[tokio::test]
async fn headers_that_frame_a_body_do_not_go_out_with_the_101() {
    // RFC 9110, 8.6 and RFC 9112, 6.1: neither header may stand in a 1xx.
    let endpoint = async |mut handshake: Handshake| -> Result {
        handshake.add_response_header(header::CONTENT_LENGTH, HeaderValue::from_static("5"));
        handshake.add_response_header(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        let mut socket = handshake.accept().await?;
        Ok(socket.send_text("hello").await?)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws").await.unwrap();
    assert!(!socket.headers().contains_key("content-length"));
    assert!(!socket.headers().contains_key("transfer-encoding"));
    assert_eq!(socket.recv_text().await, "hello");
}

#[tokio::test]
async fn a_refusal_by_close_chooses_the_first_offered_subprotocol_as_browsers_demand() {
    let endpoint =
        async |_: Handshake| -> Result { Err(Close::new(CloseCode::POLICY_VIOLATION, "no").into()) };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let connect = client.connect("/ws").subprotocol("v9").subprotocol("v1");
    let mut socket = connect.await.unwrap();
    assert_eq!(socket.subprotocol(), Some("v9"));
    socket.assert_closed(CloseCode::POLICY_VIOLATION, "no").await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_whose_client_leaves_before_accept_is_cancelled() {
    struct Dropped(Arc<AtomicBool>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let log = Log::listen();
    let (waiting, dropped) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let endpoint = {
        let (waiting, dropped) = (Arc::clone(&waiting), Arc::clone(&dropped));
        move |handshake: Handshake| {
            let (waiting, guard) = (Arc::clone(&waiting), Dropped(Arc::clone(&dropped)));
            async move {
                let _guard = guard;
                waiting.notify_one();
                never_accept(handshake).await
            }
        }
    };
    let mut peer = Peer::new(TestClient::new(App::new().route("/ws", endpoint)).stream());
    peer.send(handshake("/ws", "")).await;
    waiting.notified().await;
    drop(peer);
    let event = log.connection().await;
    assert!(dropped.load(Ordering::SeqCst));
    assert!(event.get("duration_ms").parse::<u64>().unwrap() < 1000, "{event}");
    assert_eq!(
        event.line(&["phase", "status", "code_sent", "clean"]),
        "before - - false"
    );
}

async fn never_accept(handshake: Handshake) -> Result {
    std::future::pending::<()>().await;
    handshake.accept().await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_accept_in_time_is_refused_with_3008() {
    let log = Log::listen();
    let settings = Settings::new().accept_timeout(Duration::from_secs(3));
    let app = App::new().route("/ws", never_accept).settings(settings.clone());
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    assert_eq!(socket.recv_close().await.code(), CloseCode::TIMEOUT);
    let event = log.connection().await;
    assert_eq!(event.get("code_sent"), "3008");
    assert_eq!(event.level, tracing::Level::ERROR);

    let app = App::new()
        .route("/ws", never_accept)
        .settings(settings.refusal(Refusal::Http));
    let refused = TestClient::new(app).connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(refused.json()["code"], 3008);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_panics_while_accept_timeout_cancels_it_is_answered_all_the_same() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("secret in drop");
        }
    }
    let endpoint = async |handshake: Handshake| -> Result {
        let _bomb = Bomb;
        never_accept(handshake).await
    };
    let settings = Settings::new().accept_timeout(Duration::from_secs(3));
    let app = App::new().route("/ws", endpoint).settings(settings);
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    socket.recv_close().await;
}

#[tokio::test]
async fn deny_answers_with_any_response_under_either_refusal() {
    let endpoint = async |handshake: Handshake| -> Result {
        let headers = [("x-room", "7"), ("content-type", "text/html")];
        handshake.deny((StatusCode::GONE, headers, "<p>closed</p>"))
    };
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new().route("/ws", endpoint).refusal(refusal);
        let denied = TestClient::new(app).connect("/ws").await.unwrap_err();
        assert_eq!(denied.status(), StatusCode::GONE);
        assert_eq!(denied.headers()["x-room"], "7");
        assert_eq!(denied.headers()["content-type"], "text/html");
        assert_eq!(&denied.body()[..], b"<p>closed</p>");
    }
}

#[tokio::test]
async fn deny_may_stream_its_body() {
    let endpoint = async |handshake: Handshake| -> Result {
        let parts = ["one ", "two ", "three"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
        let body = Body::from_stream(futures_util::stream::iter(parts));
        handshake.deny(Response::builder().status(503).body(body)?)
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let denied = client.connect("/ws").await.unwrap_err();
    assert_eq!(denied.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(&denied.body()[..], b"one two three");
}

#[tokio::test(start_paused = true)]
async fn an_error_behind_deny_goes_to_the_log_with_its_chain_and_the_response_goes_out() {
    let log = Log::listen();
    let endpoint = async |handshake: Handshake| -> Result {
        handshake.deny(StatusCode::CONFLICT)?;
        Err(crate::errors::top().into())
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let denied = client.connect("/ws").await.unwrap_err();
    assert_eq!(denied.status(), StatusCode::CONFLICT);
    let event = log.connection().await;
    assert_eq!(
        event.line(&["status", "error"]),
        "409 secret top: secret middle: invalid digit found in string"
    );
    assert_eq!(event.level, tracing::Level::ERROR);
}

#[tokio::test]
async fn an_accept_that_fails_together_with_the_endpoint_has_accepted() {
    // `try_join!` polls accept first: the 101 is asked for when the second branch fails.
    let endpoint = async |mut handshake: Handshake| -> Result {
        handshake.choose_subprotocol(["v2"]);
        let load = async { Err::<(), _>(Close::new(CloseCode::of::<4000>(), "not loaded").into()) };
        let accept = async { handshake.accept().await.map_err(hangup::Error::from) };
        tokio::try_join!(accept, load)?;
        Ok(())
    };
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new().route("/ws", endpoint).refusal(refusal);
        let client = TestClient::new(app);
        let connect = client.connect("/ws").subprotocol("v1").subprotocol("v2");
        let mut socket = connect.await.unwrap();
        assert_eq!(socket.subprotocol(), Some("v2"));
        socket.assert_closed(CloseCode::of::<4000>(), "not loaded").await;
    }
}

#[tokio::test]
async fn a_denial_cannot_be_a_1xx() {
    async fn endpoint(handshake: Handshake) -> Result {
        handshake.deny(StatusCode::SWITCHING_PROTOCOLS)
    }
    let refused = TestClient::new(App::new().route("/ws", endpoint))
        .connect("/ws")
        .await
        .unwrap_err();
    assert_eq!(refused.status(), 500);
}
