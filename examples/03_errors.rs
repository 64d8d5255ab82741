//! Errors: types that say how they close, handlers by type, and a catch-all.
//!
//! `cargo run --example 03_errors`, then `wscat -c ws://127.0.0.1:8000/rooms/lobby`.

use std::io::IsTerminal;

use hangup::{App, Close, CloseCode, Failure, Handshake, IntoClose, Result, websocket};

/// Defines per variant how it closes.
#[derive(Debug, thiserror::Error, IntoClose)]
enum RoomError {
    /// No room has this name.
    #[error("there is no room {0:?}")]
    #[close(4004)]
    Unknown(String),
    /// Nobody fits in any more. Another room may have space.
    #[error("{0} people are too many")]
    #[close(4001, "room is full")]
    Full(usize),
    #[error("the room's disk is broken")]
    #[close(INTERNAL_ERROR, hidden)]
    Storage(#[source] std::io::Error),
}

/// Has a handler instead.
#[derive(Debug, thiserror::Error)]
#[error("{word:?} is not said here")]
struct Rude {
    word: String,
}

/// Doubles numbers.
///
/// What an error behind `hangup::Result` or a handler closes with is named here, for the document of the app.
#[websocket(
    "/rooms/{room}",
    closes(RoomError, POLICY_VIOLATION, INTERNAL_ERROR = "something went wrong")
)]
async fn talk(handshake: Handshake, #[path] room: String) -> Result {
    match room.as_str() {
        "lobby" => {}
        "stadium" => return Err(RoomError::Full(50_000).into()),
        "archive" => return Err(RoomError::Storage(std::io::ErrorKind::NotFound.into()).into()),
        _ => return Err(RoomError::Unknown(room).into()),
    }
    let mut socket = handshake.accept().await?;
    loop {
        let said = socket.recv_text().await?;
        if said.contains("darn") {
            return Err(Rude {
                word: "darn".to_owned(),
            }
            .into());
        }
        let number: i64 = said.parse()?;
        socket.send_text((number * 2).to_string()).await?;
    }
}

pub(crate) fn app() -> App {
    App::new()
        .endpoint(talk)
        .error_handler(async |failed: Failure<Rude>| {
            if let Some(socket) = failed.socket() {
                socket.send_text("mind your language").await?;
            }
            Ok::<_, hangup::Error>(Close::new(
                CloseCode::POLICY_VIOLATION,
                failed.error().to_string(),
            ))
        })
        .error_handler(async |failed: Failure| {
            tracing::error!(error = %failed.error(), "unexpected error");
            Close::new(CloseCode::INTERNAL_ERROR, "something went wrong")
        })
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
