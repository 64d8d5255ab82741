//! A chat: what one client says goes to all through a topic of the hub, without passing through the other endpoints.
//!
//! `cargo run --example 06_chat`, then several times `wscat -c 'ws://127.0.0.1:8000/chat?name=ann'`.

use std::io::IsTerminal;

use hangup::{
    App, Handshake, Hub, Result,
    hub::{PublishError, Topic},
    websocket,
};

/// Somebody in the room, who has left when this is dropped: however the endpoint ends, by an error or a panic too.
struct Guest {
    room: Topic,
    name: String,
}

impl Guest {
    async fn join(room: Topic, name: String) -> Result<Self, PublishError> {
        room.publish(format!("{name} joined")).await?;
        Ok(Self { room, name })
    }

    async fn say(&self, text: &str) -> Result<(), PublishError> {
        self.room.publish(format!("{}: {text}", self.name)).await?;
        Ok(())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let (room, left) = (self.room.clone(), format!("{} left", self.name));
        tokio::spawn(async move { room.publish(left).await });
    }
}

/// Everybody hears what anybody says.
#[websocket("/chat", closes(TRY_AGAIN_LATER = "you are too slow"))]
async fn chat(
    handshake: Handshake,
    hub: Hub,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    let mut socket = handshake.accept().await?;
    let room = hub.topic("chat");
    // From here on the client gets what is published; one that does not read is closed with 1013.
    socket.subscribe(&room).await?;
    let guest = Guest::join(room, name).await?;
    loop {
        guest.say(&socket.recv_text().await?).await?;
    }
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
