//! JSON-RPC 2.0 over a WebSocket: calls, notifications, batches, and the errors of its specification.
//!
//! `cargo run --example 24_json_rpc`, then `wscat -c ws://127.0.0.1:8000/rpc`, then
//! `{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}`.

use std::io::IsTerminal;

use hangup::{App, Handshake, Result, websocket};
use serde::Deserialize;
use serde_json::{Value, json};

/// An error object (section 5.1).
struct RpcError(i32, &'static str);

const PARSE_ERROR: RpcError = RpcError(-32700, "Parse error");
const INVALID_REQUEST: RpcError = RpcError(-32600, "Invalid Request");
const METHOD_NOT_FOUND: RpcError = RpcError(-32601, "Method not found");
const INVALID_PARAMS: RpcError = RpcError(-32602, "Invalid params");

#[derive(Deserialize)]
struct Call {
    jsonrpc: String,
    method: String,
    #[serde(default)]
    params: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Subtract {
    ByPosition(i64, i64),
    ByName { minuend: i64, subtrahend: i64 },
}

fn call(method: &str, params: Value) -> Result<Value, RpcError> {
    match method {
        "subtract" => {
            let (minuend, subtrahend) = match serde_json::from_value(params) {
                Ok(Subtract::ByPosition(minuend, subtrahend) | Subtract::ByName { minuend, subtrahend }) => {
                    (minuend, subtrahend)
                }
                Err(_) => return Err(INVALID_PARAMS),
            };
            minuend
                .checked_sub(subtrahend)
                .map(Value::from)
                .ok_or(INVALID_PARAMS)
        }
        "echo" => Ok(params),
        _ => Err(METHOD_NOT_FOUND),
    }
}

fn failed(RpcError(code, message): RpcError, id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message }, "id": id })
}

/// The response to one request; none to a notification, which has no `id`.
fn respond(request: Value) -> Option<Value> {
    let id = request.get("id").cloned();
    let is_id = id
        .as_ref()
        .is_none_or(|id| id.is_string() || id.is_number() || id.is_null());
    let call_of = serde_json::from_value::<Call>(request);
    let (
        Ok(Call {
            jsonrpc,
            method,
            params,
        }),
        true,
    ) = (call_of, is_id)
    else {
        return Some(failed(INVALID_REQUEST, &Value::Null));
    };
    if jsonrpc != "2.0" || !(params.is_null() || params.is_array() || params.is_object()) {
        return Some(failed(INVALID_REQUEST, &id.unwrap_or_default()));
    }
    let result = call(&method, params);
    let id = id?;
    Some(match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "result": result, "id": id }),
        Err(error) => failed(error, &id),
    })
}

/// The response to a message: of a batch, all responses in one array (section 6).
fn answer(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Err(_) => Some(failed(PARSE_ERROR, &Value::Null)),
        Ok(Value::Array(batch)) if batch.is_empty() => Some(failed(INVALID_REQUEST, &Value::Null)),
        Ok(Value::Array(batch)) => {
            let responses: Vec<_> = batch.into_iter().filter_map(respond).collect();
            (!responses.is_empty()).then(|| responses.into())
        }
        Ok(request) => respond(request),
    }
}

/// What is wrong with a call is said in the protocol, and the connection goes on; only what is no text ends it, with 1003.
#[websocket("/rpc")]
async fn rpc(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        if let Some(response) = answer(&socket.recv_text().await?) {
            socket.send_json(&response).await?;
        }
    }
}

pub(crate) fn app() -> App {
    App::new().endpoint(rpc)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
