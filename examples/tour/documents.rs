//! The samples of both documents that need no validation: a session cookie, and custom exceptions.

use hangup::{App, Close, CloseCode, Failure, Handshake, Result, websocket};

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "document 1, sample 1: without the cookie `session` 1008 \"Session cookie missing\", else an echo",
        wscat: "/items/foo/ws -H 'Cookie: session=abc'",
        curl: None,
    },
    Sample {
        shows: "document 2, sample 1: 1008 \"Closing the connection...\"",
        wscat: "/exception/ws",
        curl: None,
    },
    Sample {
        shows: "document 2, sample 2: a custom error with a handler, 1008 \"Custom exception\"",
        wscat: "/custom-exception/ws",
        curl: None,
    },
    Sample {
        shows: "the same before accept",
        wscat: "/custom-exception-early/ws",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    App::new()
        .endpoint(item_socket)
        .endpoint(exception)
        .endpoint(custom_exception)
        .endpoint(custom_exception_early)
        .error_handler(async |_: Failure<CustomError>| {
            Close::new(CloseCode::POLICY_VIOLATION, "Custom exception")
        })
}

/// Talk about one item.
#[websocket("/items/{item_id}/ws", closes(POLICY_VIOLATION = "Session cookie missing"))]
async fn item_socket(
    handshake: Handshake,
    #[cookie] session: Option<String>,
    #[path] item_id: String,
) -> Result {
    if session.is_none() {
        return Err(Close::new(CloseCode::POLICY_VIOLATION, "Session cookie missing").into());
    }
    let mut socket = handshake.accept().await?;
    loop {
        let data = socket.recv_text().await?;
        socket
            .send_text(format!("Message text was: {data}, for item ID: {item_id}"))
            .await?;
    }
}

/// Closes as soon as it is open.
#[websocket("/exception/ws", closes(POLICY_VIOLATION = "Closing the connection..."))]
async fn exception(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Close::new(CloseCode::POLICY_VIOLATION, "Closing the connection...").into())
}

#[derive(Debug, thiserror::Error)]
#[error("custom")]
struct CustomError;

/// Fails with an error that has a handler.
#[websocket("/custom-exception/ws", closes(POLICY_VIOLATION = "Custom exception"))]
async fn custom_exception(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(CustomError.into())
}

/// The same before accept.
#[websocket("/custom-exception-early/ws", closes(POLICY_VIOLATION = "Custom exception"))]
async fn custom_exception_early(_handshake: Handshake) -> Result {
    Err(CustomError.into())
}
