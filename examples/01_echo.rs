//! The first endpoint: a check before accept, then an echo.
//!
//! `cargo run --example 01_echo`, then `wscat -c ws://127.0.0.1:8000/items/foo/ws -H 'Cookie: session=abc'`.

use std::io::IsTerminal;

use hangup::{App, Close, CloseCode, Handshake, Result, websocket};

/// Talk about one item.
#[websocket("/items/{item_id}/ws")]
async fn item_socket(
    handshake: Handshake,
    #[cookie] session: Option<String>,
    #[path] item_id: String,
) -> Result {
    if session.is_none() {
        return Err(Close::new(CloseCode::POLICY_VIOLATION, "Session cookie missing").into());
    }
    let mut socket = handshake.accept().await?;
    loop {
        let data = socket.recv_text().await?;
        socket
            .send_text(format!("Message text was: {data}, for item ID: {item_id}"))
            .await?;
    }
}

pub(crate) fn app() -> App {
    App::new().endpoint(item_socket)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
