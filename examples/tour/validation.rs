//! The samples with typed parameters: one error, all errors at once, and handlers that change the ending.

use hangup::{App, Close, CloseCode, Failure, Handshake, Result, ValidationError, websocket};
use serde_json::json;
use uuid::Uuid;

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "document 1, sample 2: a query parameter that is not an integer, 1008 with the errors",
        wscat: "/validation/ws?q=abc",
        curl: None,
    },
    Sample {
        shows: "document 1, sample 3: a handler closes with 1003 and the errors",
        wscat: "/validation-custom/ws?q=abc",
        curl: None,
    },
    Sample {
        shows: "document 1, sample 4: a handler logs the endpoint, 1008 \"Invalid data\"",
        wscat: "/validation-logged/ws?q=abc",
        curl: None,
    },
    Sample {
        shows: "five typed parameters: all errors at once",
        wscat: "/params/x/ws?limit=1000&tags=a -H 'x-token: ab' -H 'Cookie: session=nonsense'",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    let custom =
        App::new()
            .endpoint(validation_custom)
            .error_handler(async |failed: Failure<ValidationError>| {
                Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_reason())
            });
    let logged =
        App::new()
            .endpoint(validation_logged)
            .error_handler(async |failed: Failure<ValidationError>| {
                tracing::warn!("validation failed in: {}", failed.endpoint().function);
                Close::new(CloseCode::POLICY_VIOLATION, "Invalid data")
            });
    App::new()
        .endpoint(validation)
        .endpoint(params)
        .include(custom)
        .include(logged)
}

/// Tells its parameter.
#[websocket("/validation/ws")]
async fn validation(handshake: Handshake, #[query] q: i64) -> Result {
    tell(handshake, q).await
}

/// The same, with a handler of validation errors.
#[websocket(
    "/validation-custom/ws",
    closes(
        /// A parameter was missing or wrong. The reason holds the errors as JSON.
        UNSUPPORTED_DATA
    )
)]
async fn validation_custom(handshake: Handshake, #[query] q: i64) -> Result {
    tell(handshake, q).await
}

/// The same, with a handler that keeps the errors to the log.
#[websocket("/validation-logged/ws", closes(POLICY_VIOLATION = "Invalid data"))]
async fn validation_logged(handshake: Handshake, #[query] q: i64) -> Result {
    tell(handshake, q).await
}

async fn tell(handshake: Handshake, q: i64) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text(format!("Query param q is: {q}")).await?;
    Ok(())
}

/// Tells five parameters of four places.
#[websocket("/params/{n}/ws")]
async fn params(
    handshake: Handshake,
    #[path(description = "A number of the path.", examples = [7])] n: i64,
    #[query(ge = 1, le = 100, examples = [10])] limit: i64,
    #[query] tags: Vec<String>,
    #[header(min_length = 3)] x_token: String,
    #[cookie] session: Uuid,
) -> Result {
    let mut socket = handshake.accept().await?;
    let session = session.to_string();
    let all = json!({ "n": n, "limit": limit, "tags": tags, "x-token": x_token, "session": session });
    Ok(socket.send_json(&all).await?)
}
