//! The samples of both documents that need no validation: a session cookie, and custom exceptions.

use axum::extract::Path;
use hangup::{App, Close, CloseCode, Failure, Handshake, Result};
use http::{HeaderMap, header};

use crate::Sample;

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
        .route("/items/{item_id}/ws", items)
        .route("/exception/ws", exception)
        .route("/custom-exception/ws", custom_exception)
        .route("/custom-exception-early/ws", custom_exception_early)
        .error_handler(async |_: Failure<CustomError>| {
            Close::new(CloseCode::POLICY_VIOLATION, "Custom exception")
        })
}

async fn items(handshake: Handshake, Path(item_id): Path<String>, headers: HeaderMap) -> Result {
    if !has_session(&headers) {
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

fn has_session(headers: &HeaderMap) -> bool {
    let lines = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .any(|cookie| cookie.trim().starts_with("session="))
}

async fn exception(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Close::new(CloseCode::POLICY_VIOLATION, "Closing the connection...").into())
}

#[derive(Debug, thiserror::Error)]
#[error("custom")]
struct CustomError;

async fn custom_exception(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(CustomError.into())
}

async fn custom_exception_early(_handshake: Handshake) -> Result {
    Err(CustomError.into())
}
