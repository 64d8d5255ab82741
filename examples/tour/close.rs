//! Endpoints that end on purpose: with a code of the client's choice, with `Ok`, without an answer.

use axum::extract::Query;
use hangup::{App, Close, CloseCode, Handshake, Result};
use serde::Deserialize;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "a close with values of run time; a code that may not be sent is an error: 1011",
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
        .route("/close/ws", close)
        .route("/early-close/ws", early_close)
        .route("/silent/ws", silent)
        .route("/done/ws", done)
}

#[derive(Deserialize)]
struct Wanted {
    code: i64,
    #[serde(default)]
    reason: String,
}

impl Wanted {
    fn close(self) -> Result<Close> {
        Ok(Close::new(CloseCode::try_from(self.code)?, self.reason))
    }
}

async fn close(handshake: Handshake, Query(wanted): Query<Wanted>) -> Result {
    let _socket = handshake.accept().await?;
    Err(wanted.close()?.into())
}

async fn early_close(_handshake: Handshake, Query(wanted): Query<Wanted>) -> Result {
    Err(wanted.close()?.into())
}

async fn silent(_handshake: Handshake) -> Result {
    Ok(())
}

async fn done(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Ok(())
}
