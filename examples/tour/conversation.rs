//! Endpoints that talk: what the client's close looked like, JSON, and the echo for conformance and load.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{Json, Router, extract::State, routing::get};
use hangup::{App, Disconnect, Handshake, Result, Settings, websocket};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{arguments::Deflate, sample::Sample};

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "waits for your Close frame; /disconnect/last shows what it saw",
        wscat: "/disconnect/ws",
        curl: Some("/disconnect/last"),
    },
    Sample {
        shows: "JSON: try {\"name\": \"ball\", \"price\": 2.5}, and then something else",
        wscat: "/json/ws",
        curl: None,
    },
    Sample {
        shows: "an echo",
        wscat: "/echo",
        curl: None,
    },
];

pub(crate) fn app(max_message_size: usize, deflate: Deflate) -> App {
    let last = Last::default();
    let disconnects: Router = Router::new()
        .route("/disconnect/last", get(last_disconnect))
        .with_state(last.clone());
    let disconnect = App::new().endpoint(disconnect).with_state(last);
    let echo = App::new().route("/echo", echo).settings(
        Settings::new()
            .max_message_size(max_message_size)
            .deflate(deflate.config()),
    );
    App::new()
        .route("/json/ws", json_echo)
        .include(disconnect)
        .merge(disconnects)
        .include(echo)
}

/// How the last client of `/disconnect/ws` disconnected.
type Last = Arc<Mutex<Option<Disconnect>>>;

/// Waits for the close of its client.
#[websocket("/disconnect/ws")]
async fn disconnect(handshake: Handshake, State(last): State<Last>) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        if let Err(disconnect) = socket.recv().await {
            tracing::info!(code = disconnect.code().get(), reason = ?disconnect.reason(), "client disconnected");
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(disconnect);
            return Ok(());
        }
    }
}

async fn last_disconnect(State(last): State<Last>) -> Json<Value> {
    let last = last.lock().unwrap_or_else(PoisonError::into_inner);
    Json(last.as_ref().map_or(Value::Null, |disconnect| {
        json!({
            "code": disconnect.code().get(),
            "reason": disconnect.reason(),
            "clean": disconnect.is_clean(),
        })
    }))
}

#[derive(Serialize, Deserialize)]
struct Item {
    name: String,
    price: f64,
}

/// Echoes items.
#[websocket("/json/ws")]
async fn json_echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let item: Item = socket.recv_json().await?;
        socket.send_json(&item).await?;
    }
}

/// Echoes text and binary messages.
#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}
