//! hangup, through the whole framework: `App`, routes, `Handshake`; the echo is the tour's.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hangup::{App, Close, CloseCode, Handshake, Result, Sender, Settings};

use super::listener::listen;
use super::refusal::REFUSAL_REASON;

/// Longer than any run: the load generator expects answers and no pings. The timer for them is there as it is by default.
const PING_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn serve() -> io::Result<()> {
    App::new()
        .settings(Settings::new().ping_interval(PING_INTERVAL))
        .route("/echo", echo)
        .route("/refused", refused)
        .route("/fan", fan)
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

static ROOM: Mutex<Vec<Sender>> = Mutex::new(Vec::new());

/// Every client receives every message.
async fn fan(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    {
        let mut room = ROOM.lock().unwrap_or_else(PoisonError::into_inner);
        room.retain(|member| !member.is_closed());
        room.push(socket.sender());
    }
    let mut members: Option<Arc<[Sender]>> = None;
    loop {
        let message = socket.recv().await?;
        // Copied once: in this room everybody is there before the first word.
        let members = members.get_or_insert_with(|| {
            let room = ROOM.lock().unwrap_or_else(PoisonError::into_inner);
            room.iter().cloned().collect()
        });
        for member in members.iter() {
            let _ = member.send(message.clone()).await;
        }
    }
}
