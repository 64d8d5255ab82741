//! Limits on the connections of a user or a tenant, wherever they connect from: under both servers.

use std::{future::IntoFuture, net::SocketAddr};

use axum::{
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use hangup::{App, CloseCode, Handshake, Refusal, Result, Settings, testing::TestClient};
use http::{HeaderName, HeaderValue, request::Parts};
use tokio::net::{TcpListener, TcpStream};

use crate::raw::Client;

async fn wait(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
    }
}

fn header(parts: &Parts, name: &str) -> Option<String> {
    Some(parts.headers.get(name)?.to_str().ok()?.to_owned())
}

#[derive(Clone, Hash)]
struct User(String);

/// What a login does: it finds out who the user is, and tells the request.
async fn log_in(mut request: Request, next: Next) -> Response {
    if let Some(user) = request.headers().get("x-user") {
        let user = User(user.to_str().unwrap().to_owned());
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}

/// At most two connections of a user, and three of a tenant.
fn router(refusal: Refusal) -> axum::Router {
    let settings = Settings::new()
        .refusal(refusal)
        .max_connections_per_key(2, |parts| parts.extensions.get::<User>().cloned())
        .max_connections_per_key(3, |parts| header(parts, "x-tenant"));
    App::new()
        .route("/ws", wait)
        .settings(settings)
        .into_router()
        .layer(middleware::from_fn(log_in))
}

async fn start(refusal: Refusal, is_axum: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    if is_axum {
        tokio::spawn(axum::serve(listener, router(refusal)).into_future());
    } else {
        tokio::spawn(App::new().merge(router(refusal)).serve(listener).into_future());
    }
    address
}

async fn connect(server: SocketAddr, user: &str, tenant: &str) -> Result<Client<TcpStream>, u16> {
    let stream = TcpStream::connect(server).await.unwrap();
    let headers = format!("x-user: {user}\r\nx-tenant: {tenant}\r\n");
    Client::open(stream, "/ws", &headers).await
}

#[tokio::test]
async fn each_user_and_each_tenant_has_its_own_limit() {
    for is_axum in [false, true] {
        let server = start(Refusal::Close, is_axum).await;
        let open = async |user, tenant| connect(server, user, tenant).await.ok().unwrap();
        let _kept = [
            open("ann", "a").await,
            open("ann", "a").await,
            open("bob", "a").await,
        ];
        let too_many = (1013, "too many connections".to_owned());
        assert_eq!(open("ann", "b").await.close().await, too_many);
        assert_eq!(open("eve", "a").await.close().await, too_many);
        let _eve = open("eve", "b").await;
    }
}

#[tokio::test]
async fn under_refusal_http_it_is_a_429() {
    for is_axum in [false, true] {
        let server = start(Refusal::Http, is_axum).await;
        let _kept = [
            connect(server, "ann", "a").await,
            connect(server, "ann", "b").await,
        ];
        assert_eq!(connect(server, "ann", "c").await.err(), Some(429));
        assert!(connect(server, "bob", "c").await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_again_when_the_connection_has_ended_and_a_refusal_takes_none() {
    let client = TestClient::new(router(Refusal::Close));
    let user = HeaderName::from_static("x-user");
    let connect = async || {
        let ann = HeaderValue::from_static("ann");
        client.connect("/ws").header(user.clone(), ann).await.unwrap()
    };
    let (mut first, _second) = (connect().await, connect().await);
    for _ in 0..5 {
        connect()
            .await
            .assert_closed(CloseCode::TRY_AGAIN_LATER, "too many connections")
            .await;
    }
    first.send_close(CloseCode::NORMAL_CLOSURE, "").await;
    first.recv_close().await;
    drop(first);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    connect()
        .await
        .assert_silent(std::time::Duration::from_secs(1))
        .await;
}

#[tokio::test]
async fn a_request_without_a_key_is_not_counted_and_a_key_that_panics_is_1011() {
    let client = TestClient::new(router(Refusal::Close));
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(client.connect("/ws").await.unwrap());
    }
    let last = open.last_mut().unwrap();
    last.assert_silent(std::time::Duration::from_millis(50)).await;

    let settings = Settings::new().max_connections_per_key(1, |_| -> Option<u8> { panic!("no such token") });
    let client = TestClient::new(App::new().route("/ws", wait).settings(settings));
    let refused = client.connect("/ws").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.json()["code"].as_u64()),
        (500, Some(1011))
    );
    assert!(!refused.text().contains("token"));
    assert!(refused.server_error().unwrap().contains("no such token"));
}
