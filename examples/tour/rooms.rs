//! Rooms: what one client says reaches all others, a name is kicked everywhere, and a probe asks whether the hub is ready.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hangup::{
    App, Close, CloseCode, Handshake, Hub, Message, Result,
    hub::{KickError, PublishError, Ready, Tag},
    websocket,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "a room: what you type reaches everybody in it, you among them",
        wscat: "/rooms/lobby/ws?name=ann",
        curl: Some("/rooms/lobby"),
    },
    Sample {
        shows: "a message to the room from outside: curl -X POST -d 'hello' on the path below",
        wscat: "/rooms/lobby/ws?name=ben",
        curl: Some("/rooms/lobby -X POST -d hello"),
    },
    Sample {
        shows: "kicks a name out of all rooms with 4001, and keeps it out for 10 s",
        wscat: "/rooms/lobby/ws?name=eve",
        curl: Some("/kick?name=eve&code=4001&reason=enough&block=10 -X POST"),
    },
    Sample {
        shows: "whether the hub reaches its engine: 200 or 503",
        wscat: "/rooms/lobby/ws?name=eve",
        curl: Some("/ready"),
    },
];

pub(crate) fn app() -> App {
    let http = Router::new()
        .route("/rooms/{room}", get(here).post(announce))
        .route("/kick", post(kick))
        .route("/ready", get(ready));
    App::new().endpoint(room).merge(http)
}

/// The close code of the kick in the samples.
const KICKED: CloseCode = CloseCode::of::<4001>();

/// The sender hears itself, in its place among the others.
#[websocket(
    "/rooms/{room}/ws",
    closes(
        /// A kick, with the code and the reason of `POST /kick`: any code that may be sent.
        KICKED,
        /// The same: the highest code that an application may send.
        4999,
        /// The same, while a kick is in force that keeps its name out.
        4003
    )
)]
async fn room(
    handshake: Handshake,
    hub: Hub,
    #[path(min_length = 1, max_length = 50)] room: String,
    #[query(min_length = 1, max_length = 20)] name: String,
) -> Result {
    let handshake = handshake.tag(Tag::new("name", &name)).await?;
    let mut socket = handshake.accept().await?;
    let topic = hub.topic(format!("room:{room}"));
    socket.subscribe(&topic).await?;
    loop {
        let text = socket.recv_text().await?;
        topic.publish(format!("{name}: {text}")).await?;
    }
}

async fn here(hub: Hub, Path(room): Path<String>) -> Response {
    let here = hub.topic(format!("room:{room}")).subscribers();
    axum::Json(json!({ "here": here })).into_response()
}

/// Text stays text; what is none is a binary message.
async fn announce(hub: Hub, Path(room): Path<String>, body: Bytes) -> StatusCode {
    let message = match String::from_utf8(body.into()) {
        Ok(text) => Message::from(text),
        Err(binary) => Message::from(binary.into_bytes()),
    };
    match hub.topic(format!("room:{room}")).publish(message).await {
        Ok(_) => StatusCode::ACCEPTED,
        Err(PublishError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(PublishError::InvalidName) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[derive(Deserialize)]
struct KickParameters {
    name: String,
    code: String,
    #[serde(default)]
    reason: String,
    /// In seconds.
    #[serde(default)]
    block: f64,
}

async fn kick(hub: Hub, Query(parameters): Query<KickParameters>) -> Response {
    let refused = |detail: &str| {
        let detail = axum::Json(json!({ "detail": detail }));
        (StatusCode::UNPROCESSABLE_ENTITY, detail).into_response()
    };
    let code = parameters
        .code
        .parse()
        .ok()
        .and_then(|code| CloseCode::new(code).ok());
    let Some(code) = code else {
        return refused("a close code that may be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999");
    };
    let Ok(block) = Duration::try_from_secs_f64(parameters.block) else {
        return refused("block is a number of seconds");
    };
    let close = Close::new(code, parameters.reason);
    let tagged = hub.tagged(Tag::new("name", parameters.name));
    match tagged
        .close(close)
        .within(Duration::from_secs(1))
        .block(block)
        .await
    {
        Ok(kicked) => axum::Json(kicked).into_response(),
        Err(KickError::InvalidName) => refused("the name is too long"),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn ready(hub: Hub) -> Ready {
    hub.ready()
}
