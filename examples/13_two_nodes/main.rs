//! The chat on several nodes: what differs from a chat of one process is the engine in `main`.
//!
//! `examples/13_two_nodes/run.sh` starts a Redis and two nodes with plain commands; `compose.yaml` does the same with containers. Then
//! `wscat -c 'ws://127.0.0.1:8001/rooms/lobby/ws?name=ann'`, `wscat -c 'ws://127.0.0.1:8002/rooms/lobby/ws?name=ben'`, and
//! `curl -X POST 'http://127.0.0.1:8002/kick?name=ann'` closes ann's connections on both.

use std::{env, io, io::IsTerminal, time::Duration};

use axum::{
    Json, Router,
    extract::Query,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hangup::{
    App, Close, CloseCode, Handshake, Hub, Result,
    hub::{Ready, Tag},
    websocket,
};
use hangup_redis::Redis;
use http::StatusCode;
use serde::Deserialize;

#[websocket("/rooms/{room}/ws")]
async fn room(
    handshake: Handshake,
    hub: Hub,
    #[path(min_length = 1, max_length = 50)] room: String,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    // While a kick of this name is in force the client is refused with its code.
    let handshake = handshake.tag(Tag::new("name", &name)).await?;
    let mut socket = handshake.accept().await?;
    let topic = hub.topic(format!("room:{room}"));
    socket.subscribe(&topic).await?;
    loop {
        let text = socket.recv_text().await?;
        topic.publish(format!("{name}: {text}")).await?;
    }
}

#[derive(Deserialize)]
struct Whom {
    name: String,
}

/// For ten seconds the name is refused on every node.
async fn kick(hub: Hub, Query(Whom { name }): Query<Whom>) -> Response {
    let close = Close::new(CloseCode::of::<4001>(), "kicked");
    let kicking = hub.tagged(Tag::new("name", name)).close(close);
    match kicking.block(Duration::from_secs(10)).await {
        // Nodes that are stopped or cut off are named as silent: they carry it out when they are back.
        Ok(kicked) => Json(kicked).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// For the probe of whoever runs it: 503 while Redis is out of reach.
async fn ready(hub: Hub) -> Ready {
    hub.ready()
}

pub(crate) fn app(hub: &Hub) -> App {
    let http = Router::new()
        .route("/kick", post(kick))
        .route("/ready", get(ready));
    App::new().hub(hub).endpoint(room).merge(http)
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none())
        .init();
    let or = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let engine = Redis::new(or("REDIS_URL", "redis://127.0.0.1/")).prefix("chat");
    let hub = Hub::connect(engine).await.map_err(io::Error::other)?;
    let served = app(&hub).serve(or("LISTEN", "127.0.0.1:8001")).await;
    // Kicks do not wait for this node any more.
    hub.leave().await;
    served
}
