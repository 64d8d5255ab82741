//! Inside of an axum application: routes, layers, state, extractors and their rejections.

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Path, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hangup::{
    App, Close, CloseCode, Error, ErrorHandlers, Failure, Handshake, HttpError, Refusal, Result, Settings,
    testing::TestClient,
};
use http::{StatusCode, header, request::Parts};
use tracing::Level;

use crate::{errors::Unforeseen, log::Log};

#[tokio::test]
async fn state_extensions_and_paths_are_parameters() {
    async fn endpoint(
        handshake: Handshake,
        State(state): State<&'static str>,
        Extension(extension): Extension<u8>,
        Path((a, b)): Path<(String, u32)>,
        method: http::Method,
    ) -> Result {
        let mut socket = handshake.accept().await?;
        Ok(socket
            .send_text(format!("{state} {extension} {a} {b} {method}"))
            .await?)
    }
    let router = Router::new()
        .route("/{a}/{b}", hangup::route(endpoint))
        .layer(Extension(7_u8))
        .with_state("state");
    let mut socket = TestClient::new(router).connect("/x%20y/5").await.unwrap();
    assert_eq!(socket.recv_text().await, "state 7 x y 5 GET");

    let app = App::new().route("/{a}/{b}", endpoint).with_state("of an app");
    let client = TestClient::new(app.into_router().layer(Extension(8_u8)));
    let mut socket = client.connect("/x/5").await.unwrap();
    assert_eq!(socket.recv_text().await, "of an app 8 x 5 GET");
}

/// An extractor that refuses as the header `x-refuse` says.
struct Guard;

#[derive(Debug)]
enum Answer {
    Tuple,
    Json,
    Long,
    Status(u16),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let json = [(header::CONTENT_TYPE, "application/json")];
        match self {
            Self::Tuple => (StatusCode::UNAUTHORIZED, "no token").into_response(),
            Self::Json => (StatusCode::FORBIDDEN, json, r#"{"detail":"no"}"#).into_response(),
            Self::Long => (StatusCode::BAD_REQUEST, "x".repeat(10_000)).into_response(),
            Self::Status(status) => (StatusCode::from_u16(status).unwrap(), "secret text").into_response(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Guard {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Answer> {
        match parts.headers.get("x-refuse").map(|value| value.to_str().unwrap()) {
            None => Ok(Self),
            Some("tuple") => Err(Answer::Tuple),
            Some("json") => Err(Answer::Json),
            Some("long") => Err(Answer::Long),
            Some(status) => Err(Answer::Status(status.parse().unwrap())),
        }
    }
}

async fn guarded(handshake: Handshake, _: Guard) -> Result {
    handshake.accept().await?;
    Ok(())
}

fn refuse(refusal: Refusal, what: &'static str) -> hangup::testing::Connect {
    let client = TestClient::new(App::new().route("/ws", guarded).refusal(refusal));
    let name = http::HeaderName::from_static("x-refuse");
    client
        .connect("/ws")
        .header(name, http::HeaderValue::from_static(what))
}

#[tokio::test(start_paused = true)]
async fn a_rejection_refuses_with_the_code_of_its_status_and_its_text() {
    for (what, code, reason, level) in [
        ("tuple", 3000, "no token", Level::INFO),
        ("json", 3003, r#"{"detail":"no"}"#, Level::INFO),
        ("404", 1008, "secret text", Level::INFO),
        ("429", 1013, "secret text", Level::INFO),
        ("500", 1011, "", Level::ERROR),
    ] {
        let log = Log::listen();
        let mut socket = refuse(Refusal::Close, what).await.unwrap();
        let close = socket.recv_close().await;
        assert_eq!((close.code().get(), &**close.reason()), (code, reason), "{what}");
        let event = log.connection().await;
        assert_eq!((event.level, event.get("phase")), (level, "before"), "{what}");
        assert!(event.get("error").contains("router::Answer"), "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejection_is_its_own_response_under_refusal_by_http() {
    for (what, status, body) in [
        ("tuple", 401, "no token".to_owned()),
        ("json", 403, r#"{"detail":"no"}"#.to_owned()),
        ("long", 400, "x".repeat(10_000)),
        ("418", 418, "secret text".to_owned()),
    ] {
        let log = Log::listen();
        let refused = refuse(Refusal::Http, what).await.unwrap_err();
        assert_eq!(refused.status().as_u16(), status, "{what}");
        assert_eq!(refused.body().len(), body.len(), "{what}");
        assert_eq!(&refused.body()[..], body.as_bytes(), "{what}");
        assert_eq!(log.connection().await.get("status"), status.to_string());
    }
}

/// An extractor that fails with an error of hangup's.
struct Session;

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match parts.uri.query() {
            Some("close") => Err(Close::new(CloseCode::UNAUTHORIZED, "log in").into()),
            Some("http") => Err(HttpError::new(StatusCode::PAYMENT_REQUIRED, "pay").into()),
            Some("panic") => panic!("secret in an extractor"),
            _ => Err(Unforeseen.into()),
        }
    }
}

#[tokio::test]
async fn an_extractor_may_fail_with_any_error_of_an_endpoint() {
    async fn endpoint(_: Handshake, _: Session) -> Result {
        Ok(())
    }
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws?close").await.unwrap();
    socket.assert_closed(CloseCode::UNAUTHORIZED, "log in").await;
    assert_eq!(client.connect("/ws?http").await.unwrap_err().status(), 402);
    for path in ["/ws", "/ws?panic"] {
        let mut socket = client.connect(path).await.unwrap();
        socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    }
    let handled = App::new()
        .route("/ws", endpoint)
        .error_handler(async |_: Failure<Unforeseen>| CloseCode::TRY_AGAIN_LATER);
    let mut socket = TestClient::new(handled).connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::TRY_AGAIN_LATER, "").await;
}

/// An extractor whose rejection is a plain response.
struct Never;

impl<S: Sync> FromRequestParts<S> for Never {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Response> {
        Err((StatusCode::GONE, [("x-why", "moved")], "gone").into_response())
    }
}

#[tokio::test]
async fn a_rejection_may_be_a_response() {
    async fn endpoint(_: Handshake, _: Never) -> Result {
        Ok(())
    }
    let app = |refusal| TestClient::new(App::new().route("/ws", endpoint).refusal(refusal));
    let mut socket = app(Refusal::Close).connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::POLICY_VIOLATION, "gone").await;
    let refused = app(Refusal::Http).connect("/ws").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["x-why"]),
        (410, &"moved".parse().unwrap())
    );
}

#[tokio::test]
async fn a_rejection_of_axum_that_is_an_error_may_have_a_handler() {
    async fn endpoint(_: Handshake, _: Path<u32>) -> Result {
        Ok(())
    }
    let plain = App::new().route("/{n}", endpoint);
    let mut socket = TestClient::new(plain).connect("/x").await.unwrap();
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    assert!(close.reason().contains("Cannot parse"), "{:?}", close.reason());

    let handled = App::new().route("/{n}", endpoint).error_handler(
        async |failed: Failure<axum::extract::rejection::PathRejection>| {
            Close::new(
                CloseCode::UNSUPPORTED_DATA,
                failed.error().status().as_u16().to_string(),
            )
        },
    );
    let mut socket = TestClient::new(handled).connect("/x").await.unwrap();
    socket.assert_closed(CloseCode::UNSUPPORTED_DATA, "400").await;
}

#[tokio::test(start_paused = true)]
async fn an_extension_that_is_missing_is_an_internal_error() {
    async fn endpoint(_: Handshake, _: Extension<u8>) -> Result {
        Ok(())
    }
    let log = Log::listen();
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut socket = client.connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    let event = log.connection().await;
    assert_eq!(event.level, Level::ERROR);
    assert!(event.get("error").contains("Extension"), "{event}");
}

async fn tell_path(_: Handshake) -> Result {
    Err(Unforeseen.into())
}

fn telling() -> ErrorHandlers {
    ErrorHandlers::new().on(async |failed: Failure<Unforeseen>| {
        Close::new(CloseCode::of::<4000>(), failed.endpoint().path.to_string())
    })
}

#[tokio::test]
async fn the_path_of_an_endpoint_has_every_prefix() {
    let inner = Router::new().route("/{c}/ws", hangup::route(tell_path));
    let router = Router::new()
        .nest("/a/{b}", Router::new().nest("/inner", inner.clone()))
        .nest_service("/service", inner.clone())
        .merge(inner)
        .layer(telling());
    let client = TestClient::new(router);
    for (path, template) in [
        ("/a/1/inner/2/ws", "/a/{b}/inner/{c}/ws"),
        ("/service/2/ws", "/service/{c}/ws"),
        ("/2/ws", "/{c}/ws"),
        // The same route again: what the last request left behind must not stick.
        ("/a/1/inner/2/ws", "/a/{b}/inner/{c}/ws"),
    ] {
        let mut socket = client.connect(path).await.unwrap();
        socket.assert_closed(CloseCode::of::<4000>(), template).await;
    }
}

#[tokio::test]
async fn one_endpoint_may_be_mounted_twice_below_other_handlers() {
    let named = |name| {
        ErrorHandlers::new()
            .on(move |_: Failure<Unforeseen>| async move { Close::new(CloseCode::of::<4000>(), name) })
    };
    let route = || hangup::route(tell_path);
    let shared = Router::new().route("/ws", route());
    let router = Router::new()
        .nest("/a", shared.clone().layer(named("a")))
        .nest("/b", shared.layer(named("b")))
        .route("/c", route().layer(named("c")));
    let client = TestClient::new(router);
    for _ in 0..2 {
        for (path, name) in [("/a/ws", "a"), ("/b/ws", "b"), ("/c", "c")] {
            let mut socket = client.connect(path).await.unwrap();
            socket.assert_closed(CloseCode::of::<4000>(), name).await;
        }
    }
}

#[tokio::test]
async fn the_nearest_settings_layer_stands_over_the_others_and_leaves_the_rest() {
    async fn receive(handshake: Handshake) -> Result {
        handshake.accept().await?.recv().await?;
        Ok(())
    }
    let small = Settings::new().max_message_size(10);
    let router = Router::new()
        .route("/small", hangup::route(receive).layer(small))
        .route("/big", hangup::route(receive))
        .route(
            "/refused",
            hangup::route(tell_path).layer(Settings::new().max_message_size(1)),
        )
        .layer(Settings::new().max_message_size(100).refusal(Refusal::Http));
    let client = TestClient::new(router);
    for (path, size, code) in [
        ("/small", 10, 1000),
        ("/small", 11, 1009),
        ("/big", 100, 1000),
        ("/big", 101, 1009),
    ] {
        let mut socket = client.connect(path).await.unwrap();
        socket.send_binary(vec![7; size]).await;
        assert_eq!(socket.recv_close().await.code(), code, "{path} {size}");
    }
    assert_eq!(client.connect("/refused").await.unwrap_err().status(), 500);
}

#[tokio::test]
async fn a_layer_sees_the_101_and_may_add_to_it() {
    async fn add(request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        response.headers_mut().insert("x-layer", "1".parse().unwrap());
        response
    }
    let router = Router::new()
        .route("/ws", hangup::route(guarded))
        .layer(middleware::from_fn(add));
    let mut socket = TestClient::new(router).connect("/ws").await.unwrap();
    assert_eq!(socket.headers()["x-layer"], "1");
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn an_app_is_a_part_of_an_axum_router_and_has_axum_routes() {
    let http = Router::new().route("/hello", axum::routing::get(async || "hello"));
    let app = App::new().route("/ws", guarded).merge(http);
    let client = TestClient::new(Router::new().nest("/app", app.into_router()));
    let mut socket = client.connect("/app/ws").await.unwrap();
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    let plain = client
        .connect("/app/hello")
        .without_header(&header::UPGRADE)
        .await
        .unwrap_err();
    assert_eq!((plain.status().as_u16(), &plain.body()[..]), (200, &b"hello"[..]));
}

#[tokio::test]
async fn what_a_5xx_of_an_extractor_says_stays_inside_under_every_refusal() {
    #[derive(Clone)]
    struct SecretThing;
    async fn endpoint(_: Handshake, _: Extension<SecretThing>) -> Result {
        Ok(())
    }
    let app = |refusal| TestClient::new(App::new().route("/ws", endpoint).refusal(refusal));
    let refused = app(Refusal::Http).connect("/ws").await.unwrap_err();
    assert_eq!(refused.status(), 500);
    assert_eq!(
        refused.json(),
        serde_json::json!({ "detail": "Internal Server Error", "code": 1011 })
    );
    let mut socket = app(Refusal::Close).connect("/ws").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
}
