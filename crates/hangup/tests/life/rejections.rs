//! Extractors that reject: the catch-all's part of it, and an HTTP route whose extractor rejects with an error of ours.

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use hangup::{
    App, Close, CloseCode, Error, Failure, Handshake, HttpError, Refusal, Result, ValidationError,
    params::EndpointContext,
    params::{ErrorItem, Invalid},
    testing::TestClient,
};
use http::{HeaderName, HeaderValue, StatusCode, request::Parts};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tracing::Level;

use crate::{
    errors::{RoomFull, Unforeseen},
    log::Log,
};

/// An extractor that rejects as the query says.
struct Guard;

impl<S: Sync> FromRequestParts<S> for Guard {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Err(match parts.uri.query() {
            Some("redirect") => Redirect::to("/login").into_response(),
            Some("unavailable") => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Some("broken") => (StatusCode::INTERNAL_SERVER_ERROR, "secret of the database").into_response(),
            _ => (StatusCode::UNAUTHORIZED, "no token").into_response(),
        })
    }
}

async fn guarded(_: Handshake, _: Guard) -> Result {
    Ok(())
}

fn app(refusal: Refusal) -> TestClient {
    TestClient::new(
        App::new()
            .route("/ws", guarded)
            .error_handler(async |failed: Failure| {
                assert!(failed.root().to_string().starts_with("rejected by an extractor"));
                Close::new(CloseCode::of::<4500>(), "caught")
            })
            .refusal(refusal),
    )
}

#[tokio::test(start_paused = true)]
async fn the_catch_all_gets_a_rejection_that_would_close_with_1011() {
    for (query, code, reason) in [
        ("redirect", 4500, "caught"),
        ("broken", 4500, "caught"),
        // These say themselves how they close.
        ("unavailable", 1013, "Service Unavailable"),
        ("token", 3000, "no token"),
    ] {
        let log = Log::listen();
        let mut socket = app(Refusal::Close)
            .connect(&format!("/ws?{query}"))
            .await
            .unwrap();
        let close = socket.recv_close().await;
        let event = log.connection().await;
        assert!(
            event.get("error").starts_with("rejected by an extractor"),
            "{event}"
        );
        if query == "unavailable" {
            assert_eq!(close.code().get(), code);
            continue;
        }
        assert_eq!((close.code().get(), &**close.reason()), (code, reason), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_catch_all_may_raise_a_rejection_again() {
    let inner = App::new()
        .route("/ws", guarded)
        .error_handler(async |failed: Failure| -> Result<Close> { Err(failed.into_error()) });
    let outer = App::new()
        .include(inner)
        .error_handler(async |_: Failure| CloseCode::of::<4501>());
    let mut socket = TestClient::new(outer).connect("/ws?broken").await.unwrap();
    socket.assert_closed(CloseCode::of::<4501>(), "").await;
}

#[tokio::test(start_paused = true)]
async fn under_refusal_by_http_a_redirect_is_one() {
    let refused = app(Refusal::Http).connect("/ws?redirect").await.unwrap_err();
    assert_eq!(refused.status(), 303);
    assert_eq!(refused.headers()["location"], "/login");
    // What would be 1011 is the catch-all's here too.
    let refused = app(Refusal::Http).connect("/ws?broken").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.json()),
        (403, json!({"detail": "caught", "code": 4500}))
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_handler_a_redirect_closes_with_1011_and_is_an_error() {
    let log = Log::listen();
    let client = TestClient::new(App::new().route("/ws", guarded));
    let mut socket = client.connect("/ws?redirect").await.unwrap();
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::INTERNAL_ERROR);
    let event = log.connection().await;
    assert_eq!(event.level, Level::ERROR);
    assert!(event.get("error").contains("303 See Other"), "{event}");
}

/// An extractor of an HTTP route and of endpoints alike.
struct Session;

#[derive(Debug, thiserror::Error)]
#[error("secret wrapper")]
struct Wrapper(#[source] RoomFull);

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Err(match parts.uri.query() {
            Some("missing") => {
                let invalid = Invalid::new("missing", "Field required");
                let item = ErrorItem::new(vec!["header".into(), "x-token".into()], invalid, Value::Null);
                ValidationError::new(vec![item], EndpointContext::default()).into()
            }
            Some("unauthorized") => Close::new(CloseCode::UNAUTHORIZED, "log in").into(),
            Some("forbidden") => Close::new(CloseCode::FORBIDDEN, "not you").into(),
            Some("busy") => Close::new(CloseCode::TRY_AGAIN_LATER, "later").into(),
            Some("type") => RoomFull { seats: 2 }.into(),
            Some("source") => Wrapper(RoomFull { seats: 2 }).into(),
            Some("closing") => Error::closing(RoomFull { seats: 2 }),
            Some("http") => HttpError::new(StatusCode::GONE, "gone")
                .header(
                    HeaderName::from_static("x-why"),
                    HeaderValue::from_static("moved"),
                )
                .into(),
            _ => Unforeseen.into(),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_in_an_http_route_is_the_response_that_it_stands_for() {
    let router = Router::new().route("/", get(async |_: Session| "hello"));
    let full = json!({"detail": "all 2 seats are taken", "code": 4001});
    let missing =
        json!([{"type": "missing", "loc": ["header", "x-token"], "msg": "Field required", "input": null}]);
    for (query, status, body) in [
        ("missing", 422, json!({"detail": missing, "code": 1008})),
        ("unauthorized", 401, json!({"detail": "log in", "code": 3000})),
        ("forbidden", 403, json!({"detail": "not you", "code": 3003})),
        ("busy", 503, json!({"detail": "later", "code": 1013})),
        ("type", 403, full.clone()),
        ("source", 403, full.clone()),
        ("closing", 403, full),
        ("http", 410, json!({"detail": "gone"})),
        (
            "unforeseen",
            500,
            json!({"detail": "Internal Server Error", "code": 1011}),
        ),
    ] {
        let log = Log::listen();
        let request = Request::get(format!("/?{query}")).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{query}");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers().contains_key("retry-after"), status == 503);
        assert_eq!(response.headers().contains_key("x-why"), query == "http");
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), body, "{query}");
        let errors = log
            .all()
            .iter()
            .filter(|event| event.level == Level::ERROR)
            .count();
        assert_eq!(errors, usize::from(query == "unforeseen"), "{query}");
    }
}
