//! Endpoints that fail: HTTP errors, unhandled errors, panics, handlers of every kind.

use hangup::{App, Close, CloseCode, Failure, Handshake, HttpError, Result, websocket};
use http::StatusCode;

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "an HttpError before accept is an HTTP response: 404 \"Item not found\"",
        wscat: "/http-error/ws?accept=false",
        curl: Some(
            "/http-error/ws?accept=false -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
             -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='",
        ),
    },
    Sample {
        shows: "an HttpError after accept: 1011",
        wscat: "/http-error/ws?accept=true",
        curl: None,
    },
    Sample {
        shows: "an unhandled error: 1011, and its text is logged, never sent",
        wscat: "/unhandled/ws?accept=true",
        curl: None,
    },
    Sample {
        shows: "a panic: 1011, and all other connections continue",
        wscat: "/panic/ws?accept=true",
        curl: None,
    },
    Sample {
        shows: "a handler that fails itself: 1011",
        wscat: "/handler-fails/ws",
        curl: None,
    },
    Sample {
        shows: "a handler that sends {\"error\":\"sent by handler\"}, then closes with 4102 \"sent first\"",
        wscat: "/handler-sends/ws",
        curl: None,
    },
    Sample {
        shows: "a wrapper whose source has a handler: 4110 \"from the source\"",
        wscat: "/source/ws",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    App::new()
        .endpoint(http_error)
        .endpoint(unhandled)
        .endpoint(panic)
        .endpoint(handler_fails)
        .endpoint(handler_sends)
        .endpoint(source)
        .error_handler(async |_: Failure<Fails>| Err::<Close, _>(Secret))
        .error_handler(async |failed: Failure<SendsFirst>| {
            if let Some(socket) = failed.socket() {
                socket.send_text(r#"{"error":"sent by handler"}"#).await?;
            }
            Ok::<_, hangup::Error>(Close::new(CloseCode::of::<4102>(), "sent first"))
        })
        .error_handler(async |_: Failure<Cause>| Close::new(CloseCode::of::<4110>(), "from the source"))
}

/// No client may ever see its text.
#[derive(Debug, thiserror::Error)]
#[error("secret")]
struct Secret;

#[derive(Debug, thiserror::Error)]
#[error("its handler fails")]
struct Fails;

#[derive(Debug, thiserror::Error)]
#[error("its handler sends first")]
struct SendsFirst;

#[derive(Debug, thiserror::Error)]
#[error("the cause")]
struct Cause;

#[derive(Debug, thiserror::Error)]
#[error("a wrapper")]
struct Wrapper(#[source] Cause);

/// An HTTP response before accept, 1011 after it.
#[websocket("/http-error/ws")]
async fn http_error(handshake: Handshake, #[query(default = false)] accept: bool) -> Result {
    let _socket = match accept {
        true => Some(handshake.accept().await?),
        false => None,
    };
    Err(HttpError::new(StatusCode::NOT_FOUND, "Item not found").into())
}

/// An error that nobody handles.
#[websocket("/unhandled/ws")]
async fn unhandled(handshake: Handshake, #[query(default = false)] accept: bool) -> Result {
    let _socket = match accept {
        true => Some(handshake.accept().await?),
        false => None,
    };
    Err(Secret.into())
}

/// A panic.
#[websocket("/panic/ws")]
async fn panic(handshake: Handshake, #[query(default = false)] accept: bool) -> Result {
    let _socket = match accept {
        true => Some(handshake.accept().await?),
        false => None,
    };
    panic!("secret")
}

/// An error whose handler fails.
#[websocket("/handler-fails/ws")]
async fn handler_fails(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Fails.into())
}

/// An error whose handler sends a message first.
#[websocket("/handler-sends/ws", closes(4102 = "sent first"))]
async fn handler_sends(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(SendsFirst.into())
}

/// An error whose source has a handler.
#[websocket("/source/ws", closes(4110 = "from the source"))]
async fn source(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(Wrapper(Cause).into())
}
