//! hangup, through the whole framework: `App`, routes, `Handshake`; the echo is the tour's.

use std::io;
use std::time::Duration;

use hangup::hub::{SlowSubscriber, Tag};
use hangup::{App, Close, CloseCode, Handshake, Hub, Result, Settings};

use super::listener::listen;
use super::refusal::REFUSAL_REASON;

/// Longer than any run: the load generator expects answers and no pings. The timer for them is there as it is by default.
const PING_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn serve() -> io::Result<()> {
    App::new()
        .settings(Settings::new().ping_interval(PING_INTERVAL))
        .route("/echo", echo)
        .route("/refused", refused)
        .hub(&Hub::new())
        .route("/fan", fan)
        .route("/silent", silent)
        .route("/tagged", tagged)
        .route("/kick", kick)
        .serve_on(listen()?)
        .await
}

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

async fn refused(_: Handshake) -> Result {
    Err(Close::new(CloseCode::POLICY_VIOLATION, REFUSAL_REASON).into())
}

/// Every client receives every message. Who does not read misses messages.
async fn fan(handshake: Handshake, hub: Hub) -> Result {
    let mut socket = handshake.accept().await?;
    let room = hub.topic("room").slow_subscriber(SlowSubscriber::Skip);
    socket.subscribe(&room).await?;
    loop {
        room.publish(socket.recv().await?).await?;
    }
}

/// The same for one who never reads, and is filled up by what it says.
async fn silent(handshake: Handshake, hub: Hub) -> Result {
    let mut socket = handshake.accept().await?;
    for topic in ["room", "filling"] {
        let topic = hub.topic(topic).slow_subscriber(SlowSubscriber::Skip);
        socket.subscribe(&topic).await?;
    }
    loop {
        hub.topic("filling").publish(socket.recv().await?).await?;
    }
}

/// A connection of a user, who is kicked.
async fn tagged(handshake: Handshake) -> Result {
    let handshake = handshake.tag(user()).await?;
    let mut socket = handshake.accept().await?;
    socket.recv().await?;
    Ok(())
}

/// Kicks that user at each message, and says how many connections were closed, and how many cut.
async fn kick(handshake: Handshake, hub: Hub) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        socket.recv().await?;
        let close = Close::new(CloseCode::of::<4001>(), "session revoked");
        let kicked = hub.tagged(user()).close(close).await?;
        let outcome = format!("{} {}", kicked.closed, kicked.cut);
        socket.send_text(outcome).await?;
    }
}

fn user() -> Tag {
    Tag::new("user", 1)
}
