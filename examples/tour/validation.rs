//! The samples with typed parameters: one error, all errors at once, and the handlers that change how they are told.

use axum::extract::FromRequestParts;
use hangup::{
    App, Close, CloseCode, Failure, Handshake, Result, ValidationError,
    params::{self, Errors, Field, Number, Params, Sources},
};
use http::request::Parts;
use serde_json::json;
use uuid::Uuid;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "document 1, sample 2: a query parameter that is no integer, 1008 with the errors",
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
        wscat: "/params/5/ws?limit=10&tags=a&tags=b -H 'x-token: abc' -H 'Cookie: session=a6b7c8d9-0000-4000-8000-000000000000'",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    let custom = App::new()
        .route("/validation-custom/ws", validation)
        .error_handler(async |failed: Failure<ValidationError>| {
            Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_reason())
        });
    let logged = App::new()
        .route("/validation-logged/ws", validation)
        .error_handler(async |failed: Failure<ValidationError>| {
            tracing::warn!("validation failed in: {}", failed.endpoint().function);
            Close::new(CloseCode::POLICY_VIOLATION, "Invalid data")
        });
    App::new()
        .route("/validation/ws", validation)
        .route("/params/{n}/ws", all_params)
        .include(custom)
        .include(logged)
}

struct Q(i64);

impl Params for Q {
    fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self> {
        static Q: Field = Field::query("q");
        Q.read(sources, errors).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Q {
    type Rejection = ValidationError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ValidationError> {
        params::extract(parts)
    }
}

async fn validation(handshake: Handshake, Q(q): Q) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text(format!("Query param q is: {q}")).await?;
    Ok(())
}

struct All {
    n: i64,
    limit: i64,
    tags: Vec<String>,
    x_token: String,
    session: Uuid,
}

impl Params for All {
    fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self> {
        static N: Field = Field::path("n");
        static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
        static TAGS: Field = Field::query("tags");
        static X_TOKEN: Field = Field::header("x-token").min_length(3);
        static SESSION: Field = Field::cookie("session");
        let n = N.read(sources, errors);
        let limit = LIMIT.read(sources, errors);
        let tags = TAGS.read(sources, errors);
        let x_token = X_TOKEN.read(sources, errors);
        let session = SESSION.read(sources, errors);
        Some(Self {
            n: n?,
            limit: limit?,
            tags: tags?,
            x_token: x_token?,
            session: session?,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for All {
    type Rejection = ValidationError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ValidationError> {
        params::extract(parts)
    }
}

async fn all_params(handshake: Handshake, all: All) -> Result {
    let mut socket = handshake.accept().await?;
    let All {
        n,
        limit,
        tags,
        x_token,
        session,
    } = all;
    let session = session.to_string();
    socket
        .send_json(&json!({ "n": n, "limit": limit, "tags": tags, "x-token": x_token, "session": session }))
        .await
}
