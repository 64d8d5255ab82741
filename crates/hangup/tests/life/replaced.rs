//! Layers that answer with something else than the 101 of an endpoint below them.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hangup::{Handshake, Result, Settings, testing::TestClient};
use http::StatusCode;
use tokio::io::AsyncWriteExt;
use tracing::Level;

use crate::{log::Log, wire::handshake};

/// An app whose endpoint accepts, below a layer that answers with something else.
fn replaced() -> Router {
    async fn replace(request: Request, next: Next) -> Result<Response, Infallible> {
        drop(next.run(request).await);
        Ok((StatusCode::IM_A_TEAPOT, "instead").into_response())
    }
    async fn endpoint(handshake: Handshake) -> Result {
        handshake.accept().await?.recv().await?;
        Ok(())
    }
    let settings = Settings::new().accept_timeout(Duration::from_secs(10));
    let router = Router::new()
        .route("/ws", hangup::route(endpoint))
        .layer(settings);
    router.layer(middleware::from_fn(replace))
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_replaces_the_101_leaves_the_endpoint_without_a_peer() {
    let log = Log::listen();
    let refused = TestClient::new(replaced()).connect("/ws").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), &refused.body()[..]),
        (418, &b"instead"[..])
    );
    let event = log.connection().await;
    assert_eq!(event.line(&["code_sent", "clean", "error"]), "- false -");
    assert_eq!(event.level, Level::INFO);
}

#[tokio::test(start_paused = true)]
async fn accept_does_not_wait_where_a_layer_replaces_the_101() {
    let log = Log::listen();
    // The HTTP connection ends behind the answer, whether the client reads it or not.
    let mut stream = TestClient::new(replaced()).stream();
    stream.write_all(handshake("/ws", "").as_bytes()).await.unwrap();
    let event = log.connection().await;
    assert_eq!(event.line(&["code_sent", "clean"]), "- false");
    let duration: u64 = event.get("duration_ms").parse().unwrap();
    assert!(duration <= 1000, "{duration}");
}
