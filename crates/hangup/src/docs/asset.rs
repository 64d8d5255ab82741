//! A file of the page: compressed once, served with a validator and the page's content security policy.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    io::Write,
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
        IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    },
};

/// Its own origin alone, no inline script and no inline style, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) struct Asset {
    content_type: &'static str,
    plain: Representation,
    compressed: Option<Representation>,
}

/// The bytes of one encoding, which has a validator of its own.
struct Representation {
    bytes: Bytes,
    etag: String,
}

impl Asset {
    pub(super) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Arc<Self> {
        let bytes = bytes.into();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let hash = hasher.finish();
        let compressed = gzip(&bytes).filter(|compressed| compressed.len() < bytes.len());
        Arc::new(Self {
            content_type,
            plain: Representation {
                bytes,
                etag: format!("\"{hash:016x}\""),
            },
            compressed: compressed.map(|bytes| Representation {
                bytes: bytes.into(),
                etag: format!("\"{hash:016x}-gzip\""),
            }),
        })
    }

    /// Adds the route of this asset.
    pub(super) fn route<S: Clone + Send + Sync + 'static>(
        self: Arc<Self>,
        router: Router<S>,
        path: &str,
    ) -> Router<S> {
        router.route(path, get(async move |headers: HeaderMap| self.answer(&headers)))
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let compressed = self.compressed.as_ref().filter(|_| accepts_gzip(request));
        let chosen = compressed.unwrap_or(&self.plain);
        let mut headers = HeaderMap::new();
        let mut set =
            |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
        set(CONTENT_SECURITY_POLICY, POLICY);
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(REFERRER_POLICY, "no-referrer");
        set(CACHE_CONTROL, "no-cache");
        set(VARY, "accept-encoding");
        if let Ok(etag) = HeaderValue::from_str(&chosen.etag) {
            headers.insert(ETAG, etag);
        }
        if is_known(request, &chosen.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if compressed.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        (headers, Body::from(chosen.bytes.clone())).into_response()
    }
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// RFC 9110 section 12.5.3: `gzip`, or `*`, with a weight that is not zero.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let mut any = false;
    for line in request.get_all(ACCEPT_ENCODING) {
        for coding in line.to_str().unwrap_or_default().split(',') {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let weight = weight
                .trim()
                .trim_start_matches(['q', 'Q'])
                .trim_start_matches('=');
            let is_wanted = weight.parse::<f32>().map_or(true, |weight| weight > 0.0);
            match name.trim() {
                name if name.eq_ignore_ascii_case("gzip") => return is_wanted,
                "*" => any = is_wanted,
                _ => {}
            }
        }
    }
    any
}

/// RFC 9110 section 13.1.2: compared weakly.
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    let lines = request.get_all(IF_NONE_MATCH).iter();
    let mut tags = lines.flat_map(|line| line.to_str().unwrap_or_default().split(','));
    tags.any(|tag| matches!(tag.trim(), tag if tag == "*" || tag.trim_start_matches("W/") == etag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_encoding_is_what_the_client_accepts() {
        for (accepted, expected) in [
            ("gzip, deflate, br", true),
            ("GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0, *", false),
            ("gzip;q=0.0", false),
            ("br", false),
            ("", false),
        ] {
            assert_eq!(
                accepts_gzip(&request(ACCEPT_ENCODING, accepted)),
                expected,
                "{accepted}"
            );
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let asset = Asset::new("text/plain", "x".repeat(1000));
        let first = asset.answer(&HeaderMap::new());
        let etag = first.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [
            etag.clone(),
            format!("W/{etag}"),
            format!("\"other\", {etag}"),
            "*".to_owned(),
        ] {
            let request = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(&known).unwrap())]);
            assert_eq!(
                asset.answer(&request).status(),
                StatusCode::NOT_MODIFIED,
                "{known}"
            );
        }
        let other = request(IF_NONE_MATCH, "\"other\"");
        assert_eq!(asset.answer(&other).status(), StatusCode::OK);
        let compressed = asset.answer(&request(ACCEPT_ENCODING, "gzip"));
        assert_eq!(compressed.headers()[CONTENT_ENCODING], "gzip");
        assert_ne!(compressed.headers()[ETAG].to_str().unwrap(), etag);
    }
}
