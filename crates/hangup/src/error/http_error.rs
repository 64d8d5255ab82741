//! `HttpError`: an error that is an HTTP answer, for the time before `accept`.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An HTTP status, headers and a JSON body `{"detail": ..}`.
///
/// Raised before `accept`, it refuses the handshake with exactly that response, whatever the
/// [`Refusal`](crate::Refusal). After `accept` no HTTP response is possible any more: the connection is
/// closed with 1011 and an empty reason, and the error is logged.
///
/// ```
/// use hangup::{Handshake, HttpError, Result};
/// use http::StatusCode;
///
/// async fn endpoint(_handshake: Handshake) -> Result {
///     Err(HttpError::new(StatusCode::NOT_FOUND, "Item not found").into())
/// }
/// ```
#[doc(alias = "HTTPException")]
#[derive(Clone, Debug, PartialEq)]
pub struct HttpError {
    status: StatusCode,
    headers: HeaderMap,
    detail: Value,
}

impl HttpError {
    /// An answer with a status and a detail: a string, or any other JSON value.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<Value>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            detail: detail.into(),
        }
    }

    /// Adds a header to the answer; a second one of the same name is kept beside the first.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The value under `detail` in the answer's body.
    #[must_use]
    pub fn detail(&self) -> &Value {
        &self.detail
    }

    pub(crate) fn to_response(&self) -> Response {
        let mut response = json_response(self.status, &json!({ "detail": self.detail }));
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        response
    }
}

/// An HTTP response with a JSON body.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, content_type, body.to_string()).into_response()
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        self.to_response()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Value::String(detail) => write!(f, "{}: {detail}", self.status.as_u16()),
            detail => write!(f, "{}: {detail}", self.status.as_u16()),
        }
    }
}

impl std::error::Error for HttpError {}
