//! The two servers that an app runs under.

use std::{
    future::{IntoFuture, pending},
    net::SocketAddr,
};

use hangup::App;
use tokio::net::TcpListener;

pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Runs what a client does against the app under each of the servers, and compares what it has seen.
pub(crate) async fn both(
    app: impl Fn() -> App,
    client: impl AsyncFn(SocketAddr) -> Vec<String>,
    expected: &[&str],
) {
    let (listener, address) = listen().await;
    let ours = app().serve(listener).with_graceful_shutdown(pending());
    let ours = tokio::spawn(ours.into_future());
    assert_eq!(client(address).await, expected, "under App::serve");
    ours.abort();

    let (listener, address) = listen().await;
    let service = app()
        .into_router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let axum = axum::serve(listener, service);
    let axum = tokio::spawn(axum.into_future());
    assert_eq!(client(address).await, expected, "under axum::serve");
    axum.abort();
}
