//! Each example over TCP, under `App::serve` and within `axum::serve`: a client sees the same of both.

mod client;
mod guide;
mod recipes;

macro_rules! examples {
    ($($name:ident: $file:literal;)*) => {$(
        #[path = $file]
        #[allow(
            dead_code,
            unreachable_pub,
            missing_docs,
            reason = "an example is a program of its own"
        )]
        mod $name;
    )*};
}

examples! {
    echo: "../../01_echo.rs";
    validation: "../../02_validation.rs";
    errors: "../../03_errors.rs";
    in_axum: "../../04_axum.rs";
    dependencies: "../../05_dependencies.rs";
    chat: "../../06_chat.rs";
    behind_nginx: "../../08_behind_nginx/main.rs";
    metrics_page: "../../09_metrics.rs";
    http_parameters: "../../10_http_parameters.rs";
    spans: "../../11_spans.rs";
    login: "../../20_login.rs";
    shutdown_in_axum: "../../22_shutdown_in_axum.rs";
    token_stream: "../../23_token_stream.rs";
    json_rpc: "../../24_json_rpc.rs";
    tower_http: "../../25_tower_http.rs";
    dev_server: "../../26_dev_server/main.rs";
    anyhow_errors: "../../27_anyhow.rs";
}

use std::{
    future::{IntoFuture, pending},
    net::SocketAddr,
};

use hangup::App;
use tokio::net::TcpListener;

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Runs what a client does against the app under each of the servers, and compares what it has seen.
async fn both(app: impl Fn() -> App, client: impl AsyncFn(SocketAddr) -> Vec<String>, expected: &[&str]) {
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
