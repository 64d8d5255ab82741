//! `Settings::span`: the span in which a connection lives.

use std::{fmt, sync::Arc};

use http::request::Parts;
use tracing::Span;

use super::Settings;

/// Makes the span of a connection from its request.
#[derive(Clone)]
pub(crate) struct MakeSpan(Arc<dyn Fn(&Parts) -> Span + Send + Sync>);

impl MakeSpan {
    pub(crate) fn make(&self, request: &Parts) -> Span {
        (self.0)(request)
    }
}

impl fmt::Debug for MakeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MakeSpan(_)")
    }
}

impl Settings {
    /// The span in which a connection lives: its extractors, its endpoint, its error handlers, and all events about it up
    /// to the one that ends it. It is made from the request and entered whenever the connection's task runs. Its parent
    /// is the span around the request, unless it names another. Default: the span around the request itself, such as
    /// that of tower-http's `TraceLayer`, which then lasts as long as the connection.
    ///
    /// The request has all its headers, so that a trace goes on where a proxy has begun it (`traceparent`, W3C Trace
    /// Context). Tasks that an endpoint spawns are not within the span; `tracing::Instrument` puts them there.
    ///
    /// ```
    /// use hangup::Settings;
    /// use http::request::Parts;
    ///
    /// let settings = Settings::new().span(|request: &Parts| {
    ///     let id = request.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    ///     tracing::info_span!("websocket", id, user = tracing::field::Empty)
    /// });
    /// ```
    #[must_use]
    pub fn span(mut self, make: impl Fn(&Parts) -> Span + Send + Sync + 'static) -> Self {
        self.span = Some(MakeSpan(Arc::new(make)));
        self
    }
}
