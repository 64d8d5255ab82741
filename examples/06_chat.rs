//! A chat: what one client says goes to all through a topic of the hub, without passing through the other endpoints.
//!
//! `cargo run --example 06_chat`, then several times `wscat -c 'ws://127.0.0.1:8000/chat?name=ann'`.

use std::io::IsTerminal;

use hangup::{App, Handshake, Hub, Result, websocket};

#[websocket("/chat")]
async fn chat(
    handshake: Handshake,
    hub: Hub,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    let mut socket = handshake.accept().await?;
    let room = hub.topic("chat");
    // From here on the client gets what is published; one that does not read is closed with 1013.
    socket.subscribe(&room).await?;
    room.publish(format!("{name} joined")).await?;
    let left = loop {
        match socket.recv_text().await {
            Ok(said) => room.publish(format!("{name}: {said}")).await?,
            Err(left) => break left,
        };
    };
    room.publish(format!("{name} left")).await?;
    Err(left.into())
}

pub(crate) fn app() -> App {
    App::new().hub(&Hub::new()).endpoint(chat)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
