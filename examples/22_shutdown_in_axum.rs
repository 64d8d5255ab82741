//! Inside of an axum application that stops: every connection gets its Close, before the process ends.
//!
//! `cargo run --example 22_shutdown_in_axum`, then `wscat -c ws://127.0.0.1:8000/ws`, then Ctrl-C at the server.

use std::{future::Future, io::IsTerminal};

use axum::{Router, routing::get};
use hangup::{Drain, Handshake, Result};
use tokio::net::TcpListener;

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/ws", hangup::route(echo))
        .route("/", get(async || "up"))
}

pub(crate) async fn run(
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let drain = Drain::new();
    axum::serve(listener, routes().layer(drain.clone()))
        .with_graceful_shutdown(async move {
            stop.await;
            let drained = drain.shut_down().await;
            tracing::info!(drained.closed, "no connection is left");
        })
        .await
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    run(listener, async {
        let _ = tokio::signal::ctrl_c().await;
    })
    .await
}
