//! `ValidationError`: all errors of a request, and the endpoint it was meant for.

use std::sync::Arc;

use crate::bounds;
use crate::context::EndpointContext;
use crate::item::ErrorItem;
use crate::reason;

/// The parameters of a request do not match the declaration of the endpoint.
///
/// Without a handler the client gets a Close frame with 1008 and [`to_reason`](Self::to_reason). In an axum handler the
/// rejection is FastAPI's: HTTP 422 with `{"detail": [...]}`. `Display` is FastAPI's `str(exc)`.
#[doc(alias = "WebSocketRequestValidationError")]
#[doc(alias = "RequestValidationError")]
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationError {
    errors: Vec<ErrorItem>,
    omitted: usize,
    endpoint: Arc<EndpointContext>,
}

impl ValidationError {
    /// Made of errors and the endpoint in which they happened. No more than [`bounds::MAX_ERRORS`] are kept.
    pub fn new(mut errors: Vec<ErrorItem>, endpoint: impl Into<Arc<EndpointContext>>) -> Self {
        let omitted = bounds::cut_errors(&mut errors);
        Self {
            errors,
            omitted,
            endpoint: endpoint.into(),
        }
    }

    /// The errors, in FastAPI's order: nested groups, path, query, headers, cookies.
    pub fn errors(&self) -> &[ErrorItem] {
        &self.errors
    }

    /// How many more errors there were than the [`bounds::MAX_ERRORS`] that are kept.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// The same error with so many more that were left out.
    pub(super) fn omitting(mut self, more: usize) -> Self {
        self.omitted += more;
        self
    }

    /// The endpoint that the request was meant for.
    #[doc(alias = "endpoint_ctx")]
    pub fn endpoint(&self) -> &EndpointContext {
        &self.endpoint
    }

    /// The same error with another endpoint.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: impl Into<Arc<EndpointContext>>) -> Self {
        self.endpoint = endpoint.into();
        self
    }

    /// All errors that are kept as a JSON array: what `jsonable_encoder(exc.errors())` gives in FastAPI.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.errors).unwrap_or_default()
    }

    /// The errors as the JSON reason of a Close frame: at most 123 bytes, always valid JSON, always with the type of
    /// the first error.
    ///
    /// All errors in full if they fit; otherwise without `input` and `ctx`; otherwise without `msg` as well; otherwise as
    /// many as fit, and `{"more": N}` as the last entry.
    pub fn to_reason(&self) -> String {
        reason::render(&self.errors, self.omitted)
    }
}

impl std::error::Error for ValidationError {}
