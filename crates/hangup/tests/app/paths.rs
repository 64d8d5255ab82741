//! Paths as they come: axum's rules for axum's routes, FastAPI's for the endpoints of an `App`.

use std::{future::IntoFuture, net::SocketAddr};

use axum::{
    Router,
    extract::{Path, Request},
    middleware::{self, Next},
    response::Response,
    routing::{any, get, post},
};
use hangup::{App, Handshake, Result, testing::TestClient};
use http::header;
use tokio::net::{TcpListener, TcpStream};

use crate::raw::{self, Client};

/// Says under which path a request has come to it.
async fn say_path(request: Request, next: Next) -> Response {
    let path = request.uri().path().parse().unwrap();
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-path", path);
    response
}

/// Routes of an application that was there before.
fn routes() -> Router {
    let service = any(async |request: Request| format!("service {}", request.uri()));
    let inner = Router::new()
        .route(
            "/{name}",
            get(async |Path(name): Path<String>| format!("inner {name}")),
        )
        .fallback(async |request: Request| format!("inner fallback {}", request.uri()));
    Router::new()
        .route(
            "/files/{name}",
            get(async |Path(name): Path<String>| format!("file {name}")),
        )
        .route("/posted", post(async || "posted"))
        .route(
            "/tree/{*rest}",
            get(async |Path(rest): Path<String>| format!("tree {rest}")),
        )
        .nest("/inner", inner)
        .nest_service("/service", service)
        .fallback(async |request: Request| format!("fallback {}", request.uri()))
        .layer(middleware::from_fn(say_path))
}

async fn say_id(handshake: Handshake, Path(id): Path<String>) -> Result {
    let mut socket = handshake.accept().await?;
    Ok(socket.send_text(id).await?)
}

/// The same routes, beside endpoints.
fn app() -> App {
    App::new()
        .route("/items/{id}/ws", say_id)
        .nest("/nested", App::new().route("/{id}/ws", say_id))
        .merge(routes())
}

async fn serve_app() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(app().serve_on(listener).into_future());
    address
}

async fn serve_axum(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

/// Paths with which rules in front of a server are passed by, and others of the kind.
const HOSTILE: [&str; 48] = [
    "/files/a",
    "/files/a%2Fb",
    "/files/a%2fb",
    "/files%2Fa",
    "/%66iles/a",
    "/%66%69%6c%65%73/a",
    "/files/%FF",
    "/files/%C0%AF",
    "/files/%ED%A0%80",
    "/files/%E2%82%AC",
    "/files/%",
    "/files/%4",
    "/files/%zz",
    "/files/%252Fa",
    "/files/%2525",
    "/files/a%00b",
    "/files/a%0D%0Ab",
    "/files/%2e%2e",
    "/files/..",
    "/files/../posted",
    "/files/%2e%2e%2fposted",
    "/files/%2E%2E/posted",
    "/files//a",
    "/files/",
    "/files",
    "//files/a",
    "/%2Ffiles/a",
    "/files/a?b=%2F",
    "/files/a%3Fb",
    "/files/a%23b",
    "/files/a;b=c",
    "/files/a+b%2Bc",
    "/files/%61?%61=%62",
    "/FILES/a",
    "/posted",
    "/poste%64",
    "/tree/a/b",
    "/tree/a%2Fb",
    "/tree/%2e%2e/x",
    "/tree%2Fa",
    "/inner/a%2Fb",
    "/inner/a/b%2F",
    "/inner%2Fa",
    "/%69nner/a",
    "/service/a%2Fb",
    "/service%2Fa",
    "/elsewhere/%41%2F",
    "/%",
];

#[tokio::test]
async fn routes_of_axum_answer_as_under_a_plain_server() {
    let (plain, beside_endpoints) = (serve_axum(routes()).await, serve_app().await);
    let client = TestClient::new(app());
    for path in HOSTILE {
        let expected = raw::get(plain, path).await;
        assert_eq!(raw::get(beside_endpoints, path).await, expected, "{path}");
        let in_memory = client
            .connect(path)
            .without_header(&header::UPGRADE)
            .without_header(&header::CONNECTION)
            .await
            .unwrap_err();
        assert_eq!(in_memory.status().as_u16(), expected.status, "{path}");
        assert_eq!(*in_memory.body(), *expected.body.as_bytes(), "{path}");
    }
}

/// The differential alone would hold for two servers that are both wrong.
#[tokio::test]
async fn axum_matches_the_path_as_it_came() {
    let server = serve_app().await;
    for (path, status, body) in [
        ("/files/a%2Fb", 200, "file a/b"),
        ("/%66iles/a", 200, "fallback /%66iles/a"),
        ("/files%2Fa", 200, "fallback /files%2Fa"),
        ("/poste%64", 200, "fallback /poste%64"),
        ("/posted", 405, ""),
        ("/service/a%2Fb", 200, "service /a%2Fb"),
    ] {
        let response = raw::get(server, path).await;
        assert_eq!((response.status, &*response.body), (status, body), "{path}");
        let seen = format!("x-path: {path}");
        assert!(response.headers.contains(&seen), "{path}: {:?}", response.headers);
    }
    assert_eq!(raw::get(server, "/files/%FF").await.status, 400);
}

#[tokio::test]
async fn endpoints_are_matched_by_the_decoded_path() {
    let server = serve_app().await;
    for (path, id) in [
        ("/items/a/ws", "a"),
        ("/%69tems/a/ws", "a"),
        ("/items/%61/%77s", "a"),
        ("/items%2Fa%2Fws", "a"),
        ("/items/%FF/ws", "\u{fffd}"),
        ("/items/a%20b/ws", "a b"),
        ("/items/a%252Fb/ws", "a%2Fb"),
        ("/nested/%61%2Bb/ws", "a+b"),
        ("/%6eested/a/ws", "a"),
    ] {
        let stream = TcpStream::connect(server).await.unwrap();
        let mut client = Client::open(stream, path, "")
            .await
            .unwrap_or_else(|status| panic!("{path}: {status}"));
        assert_eq!(client.text().await, id, "{path}");
        assert_eq!(client.close().await, (1000, String::new()), "{path}");
        let mut socket = TestClient::new(app()).connect(path).await.unwrap();
        assert_eq!(socket.recv_text().await, id, "{path}");
    }
    // Decoded it has a segment more, and no endpoint: so it is the fallback's, as in an application without endpoints.
    let refused = raw::get(server, "/items/a%2Fb/ws").await;
    assert_eq!(refused.body, "fallback /items/a%2Fb/ws");
}

#[tokio::test]
async fn a_route_of_axum_that_matches_as_it_came_comes_before_an_endpoint_that_matches_decoded() {
    let merged = Router::new().route("/files/{name}", get(async |Path(name): Path<String>| name));
    let app = App::new().route("/files/{id}/ws", say_id).merge(merged);
    let client = TestClient::new(app);
    let response = client.connect("/files/a%2Fws").await.unwrap_err();
    assert_eq!(&response.body()[..], b"a/ws");
    let mut socket = client.connect("/files/%61/ws").await.unwrap();
    assert_eq!(socket.recv_text().await, "a");
}

#[tokio::test]
async fn an_endpoint_in_a_merged_router_keeps_the_rules_of_that_router() {
    let merged = Router::new().route("/x/{id}/ws", hangup::route(say_id));
    let app = || App::new().route("/items/{id}/ws", say_id).merge(merged.clone());
    let client = TestClient::new(app());
    for path in ["/%78/a/ws", "/x%2Fa%2Fws"] {
        assert_eq!(client.connect(path).await.unwrap_err().status(), 404, "{path}");
    }
    let server = serve_axum(app().into_router()).await;
    for (path, id) in [("/x/%61/ws", "a"), ("/x/a%2Fb/ws", "a/b"), ("/items/%61/ws", "a")] {
        let mut socket = client.connect(path).await.unwrap();
        assert_eq!(socket.recv_text().await, id, "{path}");
        let stream = TcpStream::connect(server).await.unwrap();
        let mut raw = Client::open(stream, path, "").await.ok().unwrap();
        assert_eq!(raw.text().await, id, "{path}");
    }
}
