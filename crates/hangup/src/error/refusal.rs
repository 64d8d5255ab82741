//! The HTTP answer that a close stands for where a handshake is refused with `Refusal::Http`.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::http_error::json_response;
use crate::params::ValidationError;

/// What `Retry-After` says beside a 503, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// The status that a close code stands for, and `{"detail": .., "code": ..}`.
///
/// `detail` is the reason; where there is none, the status in words.
pub(crate) fn refuse_with_http(close: &Close) -> Response {
    let status = match close.code().get() {
        3000 => StatusCode::UNAUTHORIZED,
        3008 => StatusCode::REQUEST_TIMEOUT,
        1012 | 1013 => StatusCode::SERVICE_UNAVAILABLE,
        1011 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::FORBIDDEN,
    };
    refuse_with_status(status, close)
}

/// The same where the status does not follow from the code.
pub(crate) fn refuse_with_status(status: StatusCode, close: &Close) -> Response {
    let detail = match &**close.reason() {
        "" => status.canonical_reason().unwrap_or_default(),
        reason => reason,
    };
    let mut response = json_response(status, &json!({ "detail": detail, "code": close.code().get() }));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

/// FastAPI's answer to a request that fails validation, with the close code beside it.
pub(crate) fn refuse_with_errors(error: &ValidationError) -> Response {
    let body = json!({ "detail": error.errors(), "code": CloseCode::POLICY_VIOLATION.get() });
    json_response(StatusCode::UNPROCESSABLE_ENTITY, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_the_status_of_the_table() {
        for (code, status) in [
            (1008, 403),
            (3003, 403),
            (3000, 401),
            (3008, 408),
            (1012, 503),
            (1013, 503),
            (1011, 500),
            (1000, 403),
            (4001, 403),
        ] {
            let response = refuse_with_http(&Close::from(CloseCode::new(code).unwrap()));
            assert_eq!(response.status().as_u16(), status, "{code}");
            assert_eq!(
                response.headers().contains_key("retry-after"),
                status == 503,
                "{code}"
            );
        }
    }
}
