//! Endpoints that end on purpose: with a code that the client chooses, with `Ok`, without an answer.

use hangup::{App, Close, CloseCode, Handshake, Result, websocket};

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "a close with run-time values; a code that may not be sent is an error: 1011",
        wscat: "/close/ws?code=4000&reason=bye",
        curl: None,
    },
    Sample {
        shows: "the same before accept",
        wscat: "/early-close/ws?code=4000&reason=bye",
        curl: None,
    },
    Sample {
        shows: "Ok without accept: a refusal with 1011",
        wscat: "/silent/ws",
        curl: None,
    },
    Sample {
        shows: "Ok after accept: 1000",
        wscat: "/done/ws",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    App::new()
        .endpoint(close)
        .endpoint(early_close)
        .endpoint(silent)
        .endpoint(done)
}

/// A close of run-time values; a code that may not be sent is an error like any other.
fn close_of(code: i64, reason: String) -> Result<Close> {
    Ok(Close::new(CloseCode::try_from(code)?, reason))
}

/// Closes with what the query says.
#[websocket(
    "/close/ws",
    closes(
        /// The code and the reason of the query: any code that may be sent.
        4000
    )
)]
async fn close(handshake: Handshake, #[query] code: i64, #[query(default = "")] reason: String) -> Result {
    let _socket = handshake.accept().await?;
    Err(close_of(code, reason)?.into())
}

/// The same before accept.
#[websocket(
    "/early-close/ws",
    closes(
        /// The code and the reason of the query: any code that may be sent.
        4000,
        /// The same: these two are the ones of the samples.
        4001
    )
)]
async fn early_close(
    _handshake: Handshake,
    #[query] code: i64,
    #[query(default = "")] reason: String,
) -> Result {
    Err(close_of(code, reason)?.into())
}

/// Neither accepts nor denies.
#[websocket("/silent/ws")]
async fn silent(_handshake: Handshake) -> Result {
    Ok(())
}

/// Accepts, and has nothing to say.
#[websocket("/done/ws")]
async fn done(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Ok(())
}
