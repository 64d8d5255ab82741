//! GraphQL subscriptions: async-graphql over the subprotocol `graphql-transport-ws`, with each of its close codes.
//!
//! `cargo run --example 31_graphql` within `examples/services`, then
//! `wscat -c ws://127.0.0.1:8000/graphql -s graphql-transport-ws`, then `{"type":"connection_init"}` and
//! `{"type":"subscribe","id":"1","payload":{"query":"subscription { countdown(from: 3) }"}}`.
//!
//! The protocol is the one of the npm package `graphql-ws` (PROTOCOL.md, "GraphQL over WebSocket Protocol"). It stands here
//! in full: `async_graphql::http::WebSocket` closes with 1002 and 1011 where it says 4400 and 4401.

use std::time::Duration;

use async_graphql::{
    EmptyMutation, Object, Request, Response, Schema, ServerError, Subscription, Value as GraphqlValue,
};
use axum::extract::State;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream, Stream},
};
use hangup::{App, Handshake, IntoClose, Result, WebSocket, websocket};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::StreamMap;

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// How long a client may take for `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
/// How many operations of one connection may run at a time.
pub(crate) const MAX_OPERATIONS: usize = 32;

/// The close codes of the protocol.
#[derive(Debug, thiserror::Error, IntoClose)]
enum ProtocolError {
    #[error("Invalid message: {0}")]
    #[close(4400, "Invalid message")]
    InvalidMessage(#[source] serde_json::Error),
    #[error("Unauthorized")]
    #[close(4401)]
    Unauthorized,
    #[error("Forbidden")]
    #[close(4403)]
    Forbidden,
    #[error("Subprotocol not acceptable")]
    #[close(4406)]
    SubprotocolNotAcceptable,
    #[error("Connection initialisation timeout")]
    #[close(4408)]
    InitTimeout,
    #[error("Subscriber for {0} already exists")]
    #[close(4409)]
    SubscriberExists(String),
    #[error("Too many initialisation requests")]
    #[close(4429)]
    TooManyInitRequests,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Value,
    },
    Ping {
        payload: Option<Value>,
    },
    Pong,
    Subscribe {
        id: String,
        payload: Request,
    },
    Complete {
        id: String,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: &'a Response,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn version(&self) -> &str {
        "1"
    }
}

pub(crate) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    /// Counts down to 1.
    async fn countdown(&self, from: u32) -> impl Stream<Item = u32> {
        stream::iter((1..=from).rev())
    }

    /// A number each second, without end.
    async fn seconds(&self) -> impl Stream<Item = u32> {
        stream::iter(0..).then(async |number| {
            sleep(Duration::from_secs(1)).await;
            number
        })
    }
}

type ServiceSchema = Schema<Query, EmptyMutation, Subscriptions>;

/// Each response of an operation, and `None` behind the last.
type Responses = BoxStream<'static, Option<Response>>;

#[websocket("/graphql")]
async fn graphql(mut handshake: Handshake, State(schema): State<ServiceSchema>) -> Result {
    if handshake.choose_subprotocol([SUBPROTOCOL]).is_none() {
        return Err(ProtocolError::SubprotocolNotAcceptable.into());
    }
    let mut socket = handshake.accept().await?;
    initialise(&mut socket).await?;
    let mut operations = StreamMap::<String, Responses>::new();
    loop {
        tokio::select! {
            message = receive(&mut socket) => match message? {
                ClientMessage::ConnectionInit { .. } => return Err(ProtocolError::TooManyInitRequests.into()),
                ClientMessage::Ping { payload } => socket.send_json(&ServerMessage::Pong { payload }).await?,
                ClientMessage::Pong => {}
                ClientMessage::Subscribe { id, .. } if operations.contains_key(&id) => {
                    return Err(ProtocolError::SubscriberExists(id).into());
                }
                ClientMessage::Subscribe { id, .. } if operations.len() >= MAX_OPERATIONS => {
                    let errors = [ServerError::new("too many operations", None)];
                    socket.send_json(&ServerMessage::Error { id: &id, payload: &errors }).await?;
                }
                ClientMessage::Subscribe { id, payload } => {
                    let responses = schema.execute_stream(payload).map(Some);
                    operations.insert(id, responses.chain(stream::iter([None])).boxed());
                }
                // The operation stops where its stream is dropped.
                ClientMessage::Complete { id } => drop(operations.remove(&id)),
            },
            Some((id, response)) = operations.next(), if !operations.is_empty() => {
                let is_over = answer(&mut socket, &id, response).await?;
                if is_over {
                    operations.remove(&id);
                }
            },
        }
    }
}

/// Whether the operation is over.
async fn answer(socket: &mut WebSocket, id: &str, response: Option<Response>) -> Result<bool> {
    let Some(response) = response else {
        socket.send_json(&ServerMessage::Complete { id }).await?;
        return Ok(true);
    };
    // Not executed at all: its errors are the last message.
    if !response.errors.is_empty() && response.data == GraphqlValue::Null {
        let payload = &response.errors;
        socket.send_json(&ServerMessage::Error { id, payload }).await?;
        return Ok(true);
    }
    socket
        .send_json(&ServerMessage::Next {
            id,
            payload: &response,
        })
        .await?;
    Ok(false)
}

/// Whatever comes before `connection_init` has no right to an operation. A token would be checked here.
async fn initialise(socket: &mut WebSocket) -> Result {
    let until = Instant::now() + INIT_TIMEOUT;
    loop {
        let message = tokio::select! {
            message = receive(socket) => message?,
            () = sleep_until(until) => return Err(ProtocolError::InitTimeout.into()),
        };
        match message {
            ClientMessage::ConnectionInit { payload } if payload["token"] == "guessed" => {
                return Err(ProtocolError::Forbidden.into());
            }
            ClientMessage::ConnectionInit { .. } => break,
            ClientMessage::Ping { payload } => socket.send_json(&ServerMessage::Pong { payload }).await?,
            ClientMessage::Pong | ClientMessage::Complete { .. } => {}
            ClientMessage::Subscribe { .. } => return Err(ProtocolError::Unauthorized.into()),
        }
    }
    socket.send_json(&ServerMessage::ConnectionAck).await?;
    Ok(())
}

async fn receive(socket: &mut WebSocket) -> Result<ClientMessage> {
    let text = socket.recv_text().await?;
    Ok(serde_json::from_str(&text).map_err(ProtocolError::InvalidMessage)?)
}

pub(crate) fn app() -> App {
    let schema = Schema::build(Query, EmptyMutation, Subscriptions).finish();
    App::new().endpoint(graphql).with_state(schema)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().compact().init();
    app().serve("127.0.0.1:8000").await
}
