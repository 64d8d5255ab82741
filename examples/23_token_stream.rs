//! Tokens of a language model as they come: merged to 50 ms or 128 characters, and cancelled by the client.
//!
//! `cargo run --example 23_token_stream`, then `wscat -c ws://127.0.0.1:8000/complete`, then
//! `{"prompt":"how are you"}`, and `"cancel"` meanwhile.

use std::{io::IsTerminal, time::Duration};

use hangup::{App, Close, CloseCode, Handshake, Result, WebSocket, websocket};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

const MERGED_FOR: Duration = Duration::from_millis(50);
const MERGED_CHARACTERS: usize = 128;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Prompt(String),
    Cancel,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Text(String),
    Done,
    Cancelled,
}

/// Stands for a model: it repeats the words of the prompt, and ends when nobody takes its tokens any more.
async fn generate(prompt: String, tokens: mpsc::Sender<String>) {
    for word in prompt.split_inclusive(' ') {
        sleep(Duration::from_millis(10)).await;
        if tokens.send(word.to_owned()).await.is_err() {
            return;
        }
    }
}

/// Tokens that wait to be sent together.
#[derive(Default)]
struct Merged {
    text: String,
    due: Option<Instant>,
}

impl Merged {
    /// Whether so much waits that it is sent now.
    fn push(&mut self, token: &str) -> bool {
        self.text.push_str(token);
        self.due.get_or_insert_with(|| Instant::now() + MERGED_FOR);
        self.text.chars().count() >= MERGED_CHARACTERS
    }

    async fn send(&mut self, socket: &mut WebSocket) -> Result {
        let Self { text, .. } = std::mem::take(self);
        if !text.is_empty() {
            socket.send_json(&Told::Text(text)).await?;
        }
        Ok(())
    }

    async fn due(&self) {
        match self.due {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }
}

#[websocket("/complete")]
async fn complete(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        // A cancel that comes when all is done asks for nothing.
        if let Asked::Prompt(prompt) = socket.recv_json().await? {
            let told = answer(&mut socket, prompt).await?;
            socket.send_json(&told).await?;
        }
    }
}

/// Whether the answer is whole or was cancelled. The model stops when `tokens` is dropped, whichever way this ends: also
/// where the client has left.
async fn answer(socket: &mut WebSocket, prompt: String) -> Result<Told> {
    let (sender, mut tokens) = mpsc::channel(64);
    tokio::spawn(generate(prompt, sender));
    let mut merged = Merged::default();
    loop {
        tokio::select! {
            asked = socket.recv_json() => match asked? {
                Asked::Cancel => return Ok(Told::Cancelled),
                Asked::Prompt(_) => {
                    return Err(Close::new(CloseCode::POLICY_VIOLATION, "one prompt at a time").into());
                }
            },
            token = tokens.recv() => match token {
                Some(token) => if merged.push(&token) {
                    merged.send(socket).await?;
                },
                None => {
                    merged.send(socket).await?;
                    return Ok(Told::Done);
                }
            },
            () = merged.due() => merged.send(socket).await?,
        }
    }
}

pub(crate) fn app() -> App {
    App::new().endpoint(complete)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
