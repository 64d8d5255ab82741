//! hangup, through the whole framework: `App`, routes, `Handshake`; the echo is the tour's.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use hangup::{App, Close, CloseCode, Handshake, Result, Sender};

use super::{REFUSAL_REASON, listen};

pub async fn serve() -> io::Result<()> {
    App::new()
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

/// Everybody who connects hears what anybody says.
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
