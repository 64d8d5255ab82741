//! The path that a router should see: decoded once, as ASGI servers do before Starlette matches it.

use http::Uri;
use http::uri::PathAndQuery;

use super::decode::{Plus, percent};

/// The URI with its path decoded once and encoded again where a URI needs it; `None` if that changes nothing.
///
/// A router that matches the result routes as Starlette does: `/%69tems` is `/items`, an encoded slash divides
/// segments, and what is not UTF-8 is U+FFFD. Parameters read from the result have the same values.
///
/// ```
/// use hangup_validation::decode_path;
///
/// let uri = "/%69tems/a%2Fb/100%25?q=%41".parse()?;
/// assert_eq!(decode_path(&uri).unwrap(), "/items/a/b/100%25?q=%41");
/// # Ok::<(), http::uri::InvalidUri>(())
/// ```
pub fn decode_path(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if !path.contains('%') {
        return None;
    }
    let mut target = String::with_capacity(uri.path_and_query().map_or(0, |target| target.as_str().len()));
    for byte in percent(path, Plus::Stays).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => target.push(char::from(byte)),
            byte if b"-._~!$&'()*+,;=:@/".contains(&byte) => target.push(char::from(byte)),
            byte => target.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]),
        }
    }
    if target == path {
        return None;
    }
    if let Some(query) = uri.query() {
        target.push('?');
        target.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok()
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::decode_path;

    fn decoded(uri: &str) -> Option<String> {
        decode_path(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(decoded("/items/a?q=%41"), None);
        assert_eq!(decoded("/items/a%252Fb").as_deref(), None, "it was encoded twice");
        assert_eq!(decoded("/a%2fb").as_deref(), Some("/a/b"));
        assert_eq!(decoded("/%FF?x").as_deref(), Some("/%EF%BF%BD?x"));
        assert_eq!(decoded("/a%3Fb%23").as_deref(), None, "these must stay encoded");
        assert_eq!(decoded("/%7euser%20x").as_deref(), Some("/~user%20x"));
        assert_eq!(decoded("/%").as_deref(), Some("/%25"));
        assert_eq!(decoded("http://host/%61?b").as_deref(), Some("http://host/a?b"));
    }
}
