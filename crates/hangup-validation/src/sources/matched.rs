//! The route that axum has matched.

use axum::extract::{MatchedPath, OriginalUri};
use http::request::Parts;

use super::path::Template;

/// Nested routers cut their prefix off the URI but not off the template, so the original URI belongs to it.
pub(super) fn template(parts: &Parts) -> Template<'_> {
    let template = parts
        .extensions
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let uri = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    Template::new(template, uri.path())
}
