//! anyhow in an endpoint, with the feature `anyhow` of hangup: `?` takes its errors, and what they wrap decides the Close.
//!
//! `cargo run --example 27_anyhow`, then `wscat -c ws://127.0.0.1:8000/documents/7`.

use std::io::IsTerminal;

use anyhow::Context;
use hangup::{App, CloseCode, Failure, Handshake, IntoClose, Result, websocket};

/// What a client may know. It is found in the chain of an `anyhow::Error`, however many contexts are around it.
#[derive(Debug, thiserror::Error, IntoClose)]
enum DocumentError {
    #[error("there is no document {0}")]
    #[close(4004)]
    Missing(u32),
}

/// Stands for a disk.
fn read(id: u32) -> anyhow::Result<String> {
    match id {
        0 => Err(std::io::Error::other("/var/lib/documents: I/O error").into()),
        1 => Ok("forty-two".to_owned()),
        7 => Ok("42".to_owned()),
        _ => Err(DocumentError::Missing(id).into()),
    }
}

fn load(id: u32) -> anyhow::Result<i64> {
    let text = read(id).with_context(|| format!("could not load the document {id}"))?;
    text.parse().context("a document is a number")
}

/// The context is for the log. The client gets what the cause stands for: 4004 for a missing document; 1003 for a
/// `ParseIntError`, which has a handler; and 1011 without a reason for an I/O error.
#[websocket("/documents/{id}")]
async fn document(handshake: Handshake, #[path] id: u32) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text(load(id)?.to_string()).await?;
    Ok(())
}

pub(crate) fn app() -> App {
    App::new()
        .endpoint(document)
        .error_handler(async |_: Failure<std::num::ParseIntError>| CloseCode::UNSUPPORTED_DATA)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
