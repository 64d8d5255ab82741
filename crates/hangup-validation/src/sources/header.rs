//! Headers by name.

use http::HeaderMap;

use super::raw::Raw;

/// Every value of a header, in order. A name that cannot be a header's has none.
pub(super) fn all<'r>(headers: &'r HeaderMap, name: &str) -> impl Iterator<Item = Raw<'r>> {
    headers
        .get_all(name)
        .into_iter()
        .map(|value| Raw::Header(value.as_bytes()))
}
