//! Where a hub is given: to an app, to a router of axum, and to HTTP handlers.

use axum::{Router, body::Body, routing::get};
use hangup::{Hub, hub::Ready, route, testing::TestClient};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::room::{join, room};

#[tokio::test]
async fn a_router_takes_the_hub_as_a_layer() {
    let hub = Hub::new();
    let app = Router::new()
        .route("/{room}/{name}", route(room))
        .layer(hub.clone());
    let client = TestClient::new(app);
    let mut ann = join(&client, "/lobby/ann").await;
    hub.topic("room:lobby").publish("hello").await.unwrap();
    assert_eq!(ann.recv_text().await, "hello");
}

#[tokio::test]
async fn readiness_is_a_response() {
    async fn ready(hub: Hub) -> Ready {
        hub.ready()
    }
    let app: Router = Router::new().route("/ready", get(ready)).layer(Hub::new());
    let request = Request::get("/ready").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, r#"{"ready": true}"#);
}
