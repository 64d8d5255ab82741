//! The layers of tower-http, and what each of them means for a WebSocket.
//!
//! `cargo run --example 25_tower_http`, then `wscat -c ws://127.0.0.1:8000/echo -H 'authorization: Bearer secret'`.
//!
//! A layer sees the opening handshake: an HTTP request, and the 101 that answers it. What follows is no HTTP.
//!
//! | layer | what it does to a WebSocket |
//! |---|---|
//! | `TimeoutLayer` | ends with the 101: it bounds the time before `accept` alone. Behind that use `Settings::idle_timeout` and `max_lifetime` |
//! | `ConcurrencyLimitLayer` | ends with the 101: an open connection takes no place. Use `Settings::max_connections` |
//! | `CorsLayer` | does not apply: a browser asks for no permission before it opens a WebSocket, and does not read the headers of the answer. `Settings::allowed_origins` protects it |
//! | `TraceLayer` | its span is kept until the connection has ended. Its own line `finished processing request` stands at the 101 |
//! | `SetRequestIdLayer`, `PropagateRequestIdLayer` | the id is in the request, in the span, and in the 101 |
//! | `CompressionLayer` | compresses plain responses, never frames: for those `Settings::deflate` |
//! | `AsyncRequireAuthorizationLayer` | refuses before the endpoint; `Settings::refusal_without_endpoint` makes its 401 a Close frame with 3000 |
//! | `CatchPanicLayer` | sees no panic of an endpoint, which hangup catches: 1011, and an error in the log |
//! | `RequestBodyLimitLayer` | does not apply: a handshake has no body. `Settings::max_message_size` bounds a message |

use std::{io::IsTerminal, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::get,
};
use hangup::{App, Handshake, Refusal, Result, Settings, websocket};
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer};
use tower_http::{
    auth::AsyncRequireAuthorizationLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tracing::Span;

/// How long a request may take; a connection may be open for longer.
pub(crate) const ANSWERED_WITHIN: Duration = Duration::from_millis(300);

#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let text = socket.recv_text().await?;
        tracing::info!(%text, "a message");
        socket.send_text(text).await?;
    }
}

/// Takes longer to accept than a request may take.
#[websocket("/slow")]
async fn slow(handshake: Handshake) -> Result {
    tokio::time::sleep(10 * ANSWERED_WITHIN).await;
    handshake.accept().await?;
    Ok(())
}

async fn authorize(request: Request<Body>) -> Result<Request<Body>, Response> {
    let is_known = request
        .headers()
        .get(AUTHORIZATION)
        .is_some_and(|value| value == "Bearer secret");
    if is_known {
        Ok(request)
    } else {
        Err((StatusCode::UNAUTHORIZED, "log in first").into_response())
    }
}

/// Stands in the log before all that is logged of a request or of a connection.
fn span(request: &Request<Body>) -> Span {
    let id = request.headers().get("x-request-id");
    tracing::info_span!("request", id = id.and_then(|id| id.to_str().ok()))
}

pub(crate) fn app() -> App {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CorsLayer::permissive())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            ANSWERED_WITHIN,
        ))
        .layer(GlobalConcurrencyLimitLayer::new(1))
        .layer(AsyncRequireAuthorizationLayer::new(authorize));
    let router = Router::new()
        .route("/echo", hangup::route(echo))
        .route("/slow", hangup::route(slow))
        .route("/page", get(async || "a page ".repeat(100)))
        .layer(layers);
    App::new()
        .merge(router)
        .settings(Settings::new().refusal_without_endpoint(Refusal::Close))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
