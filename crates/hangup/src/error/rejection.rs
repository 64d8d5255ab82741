//! What an extractor answers when it refuses: kept with its type until it is known who handles it.

use std::{
    any::{Any, TypeId, type_name},
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures_util::stream::{self, StreamExt};
use hangup_protocol::{Close, CloseCode, Reason};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::ending::Ending;
use crate::settings::Refusal;

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The largest body of a rejection of which the reason is taken, in bytes.
const MAX_BODY: usize = 4 * 1024;

/// How long the body of a rejection is awaited.
const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// The rejection of an extractor that is no [`Error`](super::Error).
pub(crate) struct Rejection {
    value: Mutex<Box<dyn Any + Send>>,
    type_id: TypeId,
    /// The type of the extractor's rejection; `None` for what a layer has answered.
    name: Option<&'static str>,
    into_response: fn(Box<dyn Any + Send>) -> Response,
}

/// Turns a rejection into an error again, for a type that is known to be one.
#[doc(hidden)]
pub type Promote = fn(Box<dyn Any + Send>) -> Result<BoxError, Box<dyn Any + Send>>;

/// The [`Promote`] of an error type.
pub(crate) fn promote<E>(value: Box<dyn Any + Send>) -> Result<BoxError, Box<dyn Any + Send>>
where
    E: std::error::Error + Send + Sync + 'static,
{
    value.downcast::<E>().map(|error| error as BoxError)
}

impl Rejection {
    /// The rejection in the box, which is an `R`.
    pub(crate) fn new<R: IntoResponse + Send + 'static>(value: Box<dyn Any + Send>) -> Self {
        Self {
            value: Mutex::new(value),
            type_id: TypeId::of::<R>(),
            name: Some(type_name::<R>()),
            into_response: |value| match value.downcast::<R>() {
                Ok(rejection) => rejection.into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
        }
    }

    /// What a layer has answered.
    pub(super) fn of_layer(response: Response) -> Self {
        Self {
            name: None,
            ..Self::new::<Response>(Box::new(response))
        }
    }

    pub(crate) fn type_id(&self) -> TypeId {
        self.type_id
    }

    pub(crate) fn promote(self, promote: Promote) -> Result<BoxError, Self> {
        let Self {
            value,
            type_id,
            name,
            into_response,
        } = self;
        promote(value.into_inner().unwrap_or_else(PoisonError::into_inner)).map_err(|value| Self {
            value: Mutex::new(value),
            type_id,
            name,
            into_response,
        })
    }

    /// The response itself.
    pub(super) fn into_response(self) -> Response {
        (self.into_response)(self.value.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The response, and the close that it stands for.
    pub(crate) async fn answer(self) -> Answered {
        let name = self.name;
        let (parts, mut body) = self.into_response().into_parts();
        let mut start = BytesMut::new();
        let read = read_start(&mut body, &mut start);
        let is_whole = tokio::time::timeout(BODY_TIMEOUT, read).await == Ok(true);
        let text = if is_whole { &start[..] } else { &[] };
        let close = Close::new(
            close_code(parts.status),
            reason(parts.status, &parts.headers, text),
        );
        let text = format!("{}: {}", parts.status, String::from_utf8_lossy(text));
        // What a server error says of the inside is for the log, also under `Refusal::Http`.
        let response = (!parts.status.is_server_error()).then(|| {
            // The response goes out as it was: what was read, and the rest behind it.
            let body = if is_whole {
                Body::from(start.freeze())
            } else {
                let start = stream::iter((!start.is_empty()).then(|| Ok(start.freeze())));
                Body::from_stream(start.chain(body.into_data_stream()))
            };
            Mutex::new(Response::from_parts(parts, body))
        });
        Answered {
            name,
            text,
            close,
            response,
        }
    }
}

/// What a rejection has answered, whose type nobody knows.
pub(crate) struct Answered {
    /// The type of the extractor's rejection; `None` for what a layer has answered.
    name: Option<&'static str>,
    text: String,
    close: Close,
    /// Where a client may see it. In a lock, as a body cannot be shared.
    response: Option<Mutex<Response>>,
}

impl Answered {
    /// Whether it closes with 1011: a server error, or a redirect where it is no HTTP response.
    pub(crate) fn is_internal(&self, refusal: Refusal) -> bool {
        self.close.code() == CloseCode::INTERNAL_ERROR
            && (refusal == Refusal::Close || self.response.is_none())
    }

    pub(crate) fn into_ending(self, refusal: Refusal) -> Ending {
        let is_internal = self.is_internal(refusal);
        match self.response {
            Some(response) if !is_internal => Ending::Refuse {
                close: self.close,
                response: response.into_inner().unwrap_or_else(PoisonError::into_inner),
                message: None,
            },
            _ => Ending::Close(self.close),
        }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tell(self.name, f)?;
        write!(f, " ({})", self.text)
    }
}

/// Reads a body of at most [`MAX_BODY`] bytes: whether that was all of it.
async fn read_start(body: &mut Body, start: &mut BytesMut) -> bool {
    loop {
        match body.frame().await {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    start.extend_from_slice(data);
                }
                if start.len() > MAX_BODY {
                    return false;
                }
            }
        }
    }
}

/// The close code that stands for an HTTP status: the way back of the table in [`refuse_with_http`](super::refuse_with_http).
fn close_code(status: StatusCode) -> CloseCode {
    match status.as_u16() {
        401 => CloseCode::UNAUTHORIZED,
        403 => CloseCode::FORBIDDEN,
        408 => CloseCode::TIMEOUT,
        429 | 503 => CloseCode::TRY_AGAIN_LATER,
        400..=499 => CloseCode::POLICY_VIOLATION,
        _ => CloseCode::INTERNAL_ERROR,
    }
}

/// A short text body is the reason. What a 5xx says is not for the peer.
fn reason(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Reason {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let standard = || Reason::from(status.canonical_reason().unwrap_or_default());
    match std::str::from_utf8(body) {
        _ if status.is_server_error() => Reason::default(),
        Ok("") | Err(_) => standard(),
        Ok(json) if is_json && json.len() > Reason::MAX_BYTES => standard(),
        Ok(text) => Reason::from(text),
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tell(self.name, f)
    }
}

fn tell(name: Option<&str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match name {
        Some(name) => write!(f, "rejected by an extractor with {name}"),
        None => f.write_str("answered in place of an endpoint"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn close_of<R: IntoResponse + Send + 'static>(rejection: R) -> Close {
        Rejection::new::<R>(Box::new(rejection)).answer().await.close
    }

    #[tokio::test]
    async fn a_text_body_is_the_reason_and_the_status_gives_the_code() {
        let close = close_of((StatusCode::UNAUTHORIZED, "no token")).await;
        assert_eq!(
            (close.code(), &**close.reason()),
            (CloseCode::UNAUTHORIZED, "no token")
        );
        let close = close_of(StatusCode::TOO_MANY_REQUESTS).await;
        assert_eq!(
            (close.code(), &**close.reason()),
            (CloseCode::TRY_AGAIN_LATER, "Too Many Requests")
        );
    }

    #[tokio::test]
    async fn the_text_of_a_server_error_stays_inside() {
        let close = close_of((StatusCode::INTERNAL_SERVER_ERROR, "secret")).await;
        assert_eq!((close.code(), &**close.reason()), (CloseCode::INTERNAL_ERROR, ""));
    }

    #[tokio::test]
    async fn json_is_never_cut() {
        let json = || [(header::CONTENT_TYPE, "application/json")];
        let close = close_of((StatusCode::BAD_REQUEST, json(), format!("{:?}", "x".repeat(200)))).await;
        assert_eq!(&**close.reason(), "Bad Request");
        let close = close_of((StatusCode::BAD_REQUEST, json(), r#"{"detail":"no"}"#)).await;
        assert_eq!(&**close.reason(), r#"{"detail":"no"}"#);
    }
}
