//! Error handlers: which of them is asked, in which order, and what it is given.

use std::{
    num::ParseIntError,
    sync::{Arc, Mutex},
};

use axum::response::Response;
use hangup::{
    App, Close, CloseCode, ErrorHandlers, Failure, Handshake, HttpError, Refusal, Result, handlers::Phase,
    testing::TestClient,
};
use http::StatusCode;
use tracing::Level;

use crate::{
    errors::{Middle, Other, RoomFull, Top, Unforeseen, top},
    log::Log,
};

/// A close that names the handler it comes from.
fn by(name: &'static str) -> Close {
    Close::from_static(CloseCode::of::<4100>(), name)
}

async fn fail_unforeseen(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Unforeseen.into())
}

async fn fail_top(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(top().into())
}

async fn fail_early(_: Handshake) -> Result {
    Err(Unforeseen.into())
}

/// How `/ws` ends below these handlers, and the level of its event.
async fn end(app: App) -> (String, Level) {
    let log = Log::listen();
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    let close = socket.recv_close().await;
    let event = log.connection().await;
    assert_eq!(event.get("code_sent"), close.code().to_string());
    (format!("{} {}", close.code(), &**close.reason()), event.level)
}

#[tokio::test(start_paused = true)]
async fn a_handler_of_the_type_ends_the_connection_before_and_after_accept() {
    for (endpoint, phase) in [
        (TestEndpoint::Early, Phase::BeforeAccept),
        (TestEndpoint::Late, Phase::AfterAccept),
    ] {
        let app = App::new()
            .route("/ws", move |handshake: Handshake| async move {
                match endpoint {
                    TestEndpoint::Early => fail_early(handshake).await,
                    TestEndpoint::Late => fail_unforeseen(handshake).await,
                }
            })
            .error_handler(async |_: Failure<Other>| by("another type"))
            .error_handler(move |failed: Failure<Unforeseen>| async move {
                assert_eq!(failed.phase(), phase);
                by("its type")
            });
        assert_eq!(end(app).await, ("4100 its type".to_owned(), Level::INFO));
    }
}

#[derive(Clone, Copy)]
enum TestEndpoint {
    Early,
    Late,
}

#[tokio::test]
async fn a_handler_decides_the_status_under_refusal_by_http() {
    let app = App::new()
        .route("/ws", fail_early)
        .refusal(Refusal::Http)
        .error_handler(async |_: Failure<Unforeseen>| Close::new(CloseCode::UNAUTHORIZED, "who are you"));
    let refused = TestClient::new(app).connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json()["detail"], "who are you");
}

#[tokio::test(start_paused = true)]
async fn the_exact_type_is_asked_first_then_each_source_then_the_catch_all() {
    let none = || App::new().route("/ws", fail_top);
    let catch_all = || none().error_handler(async |_: Failure| by("catch-all"));
    let deepest = || catch_all().error_handler(async |_: Failure<ParseIntError>| by("deepest"));
    let middle = || deepest().error_handler(async |_: Failure<Middle>| by("middle"));
    let exact = || middle().error_handler(async |_: Failure<Top>| by("exact"));
    for (app, expected) in [
        (none(), "1011 "),
        (catch_all(), "4100 catch-all"),
        (deepest(), "4100 deepest"),
        (middle(), "4100 middle"),
        (exact(), "4100 exact"),
    ] {
        assert_eq!(end(app).await.0, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_nearest_scope_is_asked_first_even_by_its_catch_all() {
    let route = || App::new().route("/ws", fail_unforeseen);
    let app = App::new()
        .include(route().error_handler(async |_: Failure| by("near")))
        .error_handler(async |_: Failure<Unforeseen>| by("far"));
    assert_eq!(end(app).await.0, "4100 near");
    let app = App::new()
        .include(route().error_handler(async |_: Failure<Other>| by("near")))
        .error_handler(async |_: Failure<Unforeseen>| by("far"));
    assert_eq!(end(app).await.0, "4100 far");
}

#[tokio::test]
async fn handlers_of_a_nested_app_hold_for_its_own_routes_only() {
    let inner = App::new()
        .route("/ws", fail_unforeseen)
        .error_handler(async |_: Failure<Unforeseen>| by("inner"));
    let app = App::new()
        .route("/ws", fail_unforeseen)
        .nest("/inner", inner)
        .error_handler(async |_: Failure<Unforeseen>| by("outer"));
    let client = TestClient::new(app);
    for (path, name) in [("/ws", "outer"), ("/inner/ws", "inner")] {
        let mut socket = client.connect(path).await.unwrap();
        socket.assert_closed(CloseCode::of::<4100>(), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_type_that_says_how_it_closes_may_have_a_handler_but_not_the_catch_all() {
    let endpoint = async |_: Handshake| -> Result { Err(RoomFull { seats: 2 }.into()) };
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(async |_: Failure| by("catch-all"));
    assert_eq!(end(app).await.0, "4001 all 2 seats are taken");
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(async |failed: Failure<RoomFull>| {
            Close::new(CloseCode::TRY_AGAIN_LATER, failed.error().seats.to_string())
        });
    assert_eq!(end(app).await.0, "1013 2");
}

#[tokio::test(start_paused = true)]
async fn a_close_that_is_raised_may_have_a_handler() {
    let endpoint =
        async |_: Handshake| -> Result { Err(Close::new(CloseCode::POLICY_VIOLATION, "x").into()) };
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(async |failed: Failure<Close>| {
            Close::new(CloseCode::of::<4000>(), format!("was {}", failed.error().code()))
        });
    assert_eq!(end(app).await.0, "4000 was 1008");
}

#[tokio::test(start_paused = true)]
async fn a_panic_has_a_handler_like_any_error() {
    let endpoint = async |_: Handshake| -> Result { panic!("secret {}", 7) };
    let app =
        App::new()
            .route("/ws", endpoint)
            .error_handler(async |failed: Failure<hangup::error::Panic>| {
                assert_eq!(failed.error().message(), "secret 7");
                assert!(failed.error().place().unwrap().contains("handlers.rs:"));
                by("panic")
            });
    assert_eq!(end(app).await.0, "4100 panic");
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(async |_: Failure| by("catch-all"));
    assert_eq!(end(app).await.0, "4100 catch-all");
}

#[tokio::test]
async fn a_handler_is_given_the_error_the_endpoint_and_the_request() {
    let say_all = async |failed: Failure<Middle>| {
        let endpoint = failed.endpoint();
        let header = failed.request().headers.get("x-token").unwrap();
        Close::new(
            CloseCode::of::<4100>(),
            format!(
                "{}|{}|{}|{}|{}|{}|{}",
                failed.error(),
                failed.root(),
                endpoint.function,
                endpoint.path,
                endpoint.line,
                failed.request().uri,
                header.to_str().unwrap(),
            ),
        )
    };
    let inner = App::new().error_handler(say_all);
    let line = line!() + 1;
    let inner = inner.route("/items/{item_id}/ws", fail_top);
    let app = App::new().nest("/api", inner);
    let client = TestClient::new(app);
    let connect = client.connect("/api/items/7/ws?q=1");
    let header = http::HeaderValue::from_static("abc");
    let mut socket = connect
        .header(http::HeaderName::from_static("x-token"), header)
        .await
        .unwrap();
    let close = socket.recv_close().await;
    let (said, uri_and_token) = close
        .reason()
        .split_at(close.reason().find("|/items/7").unwrap_or(0));
    let expected = format!("secret middle|secret top|fail_top|/api/items/{{item_id}}/ws|{line}");
    // axum strips the prefix from the URI of a nested route.
    assert_eq!(said, expected);
    assert_eq!(uri_and_token, "|/items/7/ws?q=1|abc");
}

#[tokio::test]
async fn a_handler_may_answer_before_accept_with_an_http_error_or_a_response() {
    let teapot = async |_: Failure<Unforeseen>| HttpError::new(StatusCode::IM_A_TEAPOT, "short");
    let gone = async |_: Failure<Unforeseen>| {
        let response = Response::builder().status(StatusCode::GONE).body("gone".into());
        response.map_err(hangup::Error::from)
    };
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new()
            .include(App::new().route("/teapot", fail_early).error_handler(teapot))
            .include(App::new().route("/gone", fail_early).error_handler(gone))
            .refusal(refusal);
        let client = TestClient::new(app);
        let refused = client.connect("/teapot").await.unwrap_err();
        assert_eq!(
            (refused.status().as_u16(), &refused.json()["detail"]),
            (418, &"short".into())
        );
        let refused = client.connect("/gone").await.unwrap_err();
        assert_eq!(
            (refused.status().as_u16(), &refused.body()[..]),
            (410, &b"gone"[..])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_http_answer_of_a_handler_is_too_late_after_accept() {
    let app = App::new()
        .route("/ws", fail_unforeseen)
        .error_handler(async |_: Failure<Unforeseen>| HttpError::new(StatusCode::NOT_FOUND, "late"));
    assert_eq!(end(app).await, ("1011 ".to_owned(), Level::ERROR));
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_return_a_code_alone_or_a_result() {
    let app = App::new()
        .route("/ws", fail_unforeseen)
        .error_handler(async |_: Failure<Unforeseen>| CloseCode::GOING_AWAY);
    assert_eq!(end(app).await.0, "1001 ");
    let app = App::new()
        .route("/ws", fail_unforeseen)
        .error_handler(async |_: Failure<Unforeseen>| -> Result<Close> { Ok(by("result")) });
    assert_eq!(end(app).await.0, "4100 result");
}

#[tokio::test]
async fn a_handler_that_is_registered_by_a_layer_on_an_axum_router_is_the_same() {
    let handlers = |name| ErrorHandlers::new().on(move |_: Failure<Unforeseen>| async move { by(name) });
    let router = axum::Router::new()
        .route("/near", hangup::route(fail_unforeseen).layer(handlers("near")))
        .route("/far", hangup::route(fail_unforeseen))
        .layer(handlers("far"));
    let client = TestClient::new(router);
    for name in ["near", "far"] {
        let mut socket = client.connect(&format!("/{name}")).await.unwrap();
        socket.assert_closed(CloseCode::of::<4100>(), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_disconnect_of_the_peer_is_no_failure_and_reaches_no_catch_all() {
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv_text().await?;
        Ok(())
    };
    let app = App::new()
        .route("/ws", endpoint)
        .error_handler(move |_: Failure| {
            *counted.lock().unwrap() += 1;
            async { by("catch-all") }
        });
    let log = Log::listen();
    let mut socket = TestClient::new(app).connect("/ws").await.unwrap();
    socket.send_close(CloseCode::of::<4242>(), "bye").await;
    socket.assert_closed(CloseCode::of::<4242>(), "bye").await;
    let event = log.connection().await;
    assert_eq!((event.level, event.get("error")), (Level::INFO, "-"));
    assert_eq!(*asked.lock().unwrap(), 0);
}
