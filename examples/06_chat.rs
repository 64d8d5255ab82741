//! A chat: one task per client receives and sends; the messages of the others arrive through a channel.
//!
//! `cargo run --example 06_chat`, then several times `wscat -c 'ws://127.0.0.1:8000/chat?name=ann'`.

use std::io::IsTerminal;

use axum::extract::State;
use hangup::{App, Close, CloseCode, Handshake, Result, websocket};
use tokio::sync::broadcast::{self, error::RecvError};

type Room = broadcast::Sender<String>;

/// Somebody in the room, who has left when this is dropped: however the endpoint ends, by an error or a panic too.
struct Guest {
    room: Room,
    name: String,
}

impl Guest {
    fn join(room: Room, name: String) -> Self {
        let guest = Self { room, name };
        guest.tell("joined");
        guest
    }

    fn tell(&self, what: &str) {
        // A send fails only where nobody is in the room.
        let _ = self.room.send(format!("{} {what}", self.name));
    }

    fn say(&self, text: &str) {
        let _ = self.room.send(format!("{}: {text}", self.name));
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.tell("left");
    }
}

/// Everybody hears what anybody says.
#[websocket("/chat", closes(TRY_AGAIN_LATER = "you are too slow"))]
async fn chat(
    handshake: Handshake,
    State(room): State<Room>,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    let mut messages = room.subscribe();
    let mut socket = handshake.accept().await?;
    let guest = Guest::join(room, name);
    loop {
        tokio::select! {
            said = socket.recv_text() => guest.say(&said?),
            message = messages.recv() => match message {
                Ok(message) => socket.send_text(message).await?,
                Err(RecvError::Lagged(_)) => {
                    return Err(Close::new(CloseCode::TRY_AGAIN_LATER, "you are too slow").into());
                }
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
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
