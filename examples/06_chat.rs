//! A chat: one task receives and sends, and messages of all others come through a channel.
//!
//! `cargo run --example 06_chat`, then several times `wscat -c 'ws://127.0.0.1:8000/chat?name=ann'`.

use std::io::IsTerminal;

use axum::extract::State;
use hangup::{App, Close, CloseCode, Handshake, Result, websocket};
use tokio::sync::broadcast::{self, error::RecvError};

type Room = broadcast::Sender<String>;

/// Everybody hears what anybody says.
#[websocket("/chat", closes(TRY_AGAIN_LATER = "you are too slow"))]
async fn chat(
    handshake: Handshake,
    State(room): State<Room>,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    let mut messages = room.subscribe();
    let mut socket = handshake.accept().await?;
    // A send fails only where nobody is in the room, and this client is.
    let _ = room.send(format!("{name} joined"));
    let left = loop {
        tokio::select! {
            said = socket.recv_text() => match said {
                Ok(said) => drop(room.send(format!("{name}: {said}"))),
                Err(left) => break left,
            },
            message = messages.recv() => match message {
                Ok(message) => socket.send_text(message).await?,
                Err(RecvError::Lagged(_)) => {
                    return Err(Close::new(CloseCode::TRY_AGAIN_LATER, "you are too slow").into());
                }
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    };
    let _ = room.send(format!("{name} left"));
    Err(left.into())
}

pub(crate) fn app() -> App {
    let (room, _) = broadcast::channel(64);
    App::new().endpoint(chat).with_state(room)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
