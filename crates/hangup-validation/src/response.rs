//! A validation error as the HTTP response of an axum handler: FastAPI's 422.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::error::ValidationError;
use crate::item::ErrorItem;

impl IntoResponse for ValidationError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            detail: &'a [ErrorItem],
        }
        let body = serde_json::to_vec(&Body {
            detail: self.errors(),
        })
        .unwrap_or_default();
        let json = HeaderValue::from_static("application/json");
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            [(header::CONTENT_TYPE, json)],
            body,
        )
            .into_response()
    }
}
