//! The same parameters in an HTTP route: an axum handler extracts them, and their errors are FastAPI's 422.
//!
//! `cargo run --example 10_http_parameters`, then `curl -i 'http://127.0.0.1:8000/items/x?limit=1000'` and
//! `wscat -c 'ws://127.0.0.1:8000/items/x/ws?limit=1000'`.

use std::io::IsTerminal;

use axum::{Router, routing::get};
use hangup::{App, Handshake, Params, Result, websocket};

/// `#[derive(Params)]` makes an extractor of axum, whose rejection is a `ValidationError`.
#[derive(Params)]
struct Selection {
    #[param(path)]
    item_id: i64,
    #[query(default = 10, ge = 1, le = 100)]
    limit: u8,
    #[query]
    tags: Option<Vec<String>>,
}

impl Selection {
    fn describe(self) -> String {
        let tags = self.tags.unwrap_or_default().join(", ");
        format!("item {}, at most {}, tags: {tags}", self.item_id, self.limit)
    }
}

/// An ordinary handler of HTTP. It does not run if a parameter is invalid.
async fn read(selection: Selection) -> String {
    selection.describe()
}

/// A WebSocket beside it, with the same errors: as the reason of a Close frame with 1008.
#[websocket("/items/{item_id}/ws")]
async fn watch(handshake: Handshake, #[params] selection: Selection) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text(selection.describe()).await?;
    Ok(())
}

pub(crate) fn sockets() -> App {
    App::new().endpoint(watch)
}

pub(crate) fn app() -> Router {
    Router::new()
        .route("/items/{item_id}", get(read))
        .merge(sockets())
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
