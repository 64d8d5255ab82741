//! What handshakes and plain requests of the test client have in common: their cookies, and that they are steps.

use std::{future::Future, pin::Pin};

use http::{HeaderMap, HeaderValue, header};

use super::cookies::CookieJar;

/// A step of a test that is sent when it is awaited.
pub(super) type BoxedStep<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

/// Adds the cookies of a request, and those of the jar that have other names, in one line (RFC 6265, section 5.4).
pub(super) fn add_cookies(
    headers: &mut HeaderMap,
    jar: &CookieJar,
    target: &str,
    own: Vec<(String, String)>,
) -> Result<(), String> {
    let kept = jar.pairs(target).into_iter();
    let kept: Vec<_> = kept
        .filter(|(name, _)| own.iter().all(|(other, _)| other != name))
        .collect();
    let pairs = own
        .into_iter()
        .chain(kept)
        .map(|(name, value)| format!("{name}={value}"));
    let pairs: Vec<_> = pairs.collect();
    if !pairs.is_empty() {
        headers.append(header::COOKIE, value_of(&header::COOKIE, &pairs, "; ")?);
    }
    Ok(())
}

/// Several values in one header line.
pub(super) fn value_of(
    name: &header::HeaderName,
    values: &[String],
    separator: &str,
) -> Result<HeaderValue, String> {
    HeaderValue::try_from(values.join(separator))
        .map_err(|_| format!("{values:?} is no value for the header `{name}`"))
}
