//! Inside an axum application: routes beside HTTP routes, state, extractors, layers.
//!
//! `cargo run --example 04_axum`, then `wscat -c ws://127.0.0.1:8000/api/counter/ws` and
//! `curl http://127.0.0.1:8000/api/counter`.

use std::{
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{Router, extract::State, routing::get};
use hangup::{CloseCode, ErrorHandlers, Failure, Handshake, Refusal, Result, Settings};

type Counter = Arc<AtomicI64>;

/// A plain function is an endpoint too; every extractor of axum is a parameter.
async fn count(handshake: Handshake, State(counter): State<Counter>) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let step: i64 = socket.recv_text().await?.parse()?;
        let sum = counter.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        socket.send_text(sum.to_string()).await?;
    }
}

async fn read(State(counter): State<Counter>) -> String {
    counter.load(Ordering::Relaxed).to_string()
}

pub(crate) fn app() -> Router {
    let counter = Router::new()
        .route("/counter", get(read))
        .route("/counter/ws", hangup::route(count))
        .layer(
            ErrorHandlers::new().on(async |_: Failure<std::num::ParseIntError>| CloseCode::UNSUPPORTED_DATA),
        );
    Router::new()
        .nest("/api", counter)
        .layer(Settings::new().refusal(Refusal::Http))
        .with_state(Counter::default())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app()).await
}
