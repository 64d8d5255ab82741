//! The check of an opening handshake, and its offers (RFC 6455, 4.2.1).

use super::error::{HandshakeError, Malformed};
use super::extension::{ExtensionOffer, extensions};
use super::key::{accept_key, is_valid_key};
use super::list::{contains_token, trim};
use super::subprotocol::subprotocols;

/// The header lines of a request, of whatever type they are.
///
/// ```
/// use hangup_protocol::HeaderLines;
///
/// let headers = [("host", "example.com"), ("Upgrade", "websocket")];
/// assert_eq!(headers.as_slice().lines("upgrade").next(), Some(&b"websocket"[..]));
/// ```
pub trait HeaderLines {
    /// The values of all lines with this name, which is in lower case, in order.
    fn lines(&self, name: &'static str) -> impl Iterator<Item = &[u8]>;
}

impl HeaderLines for [(&str, &str)] {
    fn lines(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_bytes())
    }
}

/// The parts of an HTTP/1 request that matter for the opening handshake.
#[derive(Debug)]
pub struct RequestView<'a, H: ?Sized> {
    /// The method, such as `GET`.
    pub method: &'a str,
    /// The version of HTTP, such as `(1, 1)`.
    pub http_version: (u8, u8),
    /// The header lines.
    pub headers: &'a H,
}

/// What a client offers in an opening handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers<'a> {
    /// The subprotocols, in the client's order of preference.
    pub subprotocols: Vec<&'a str>,
    /// The extensions, in the client's order of preference.
    pub extensions: Vec<ExtensionOffer<'a>>,
}

/// The value of a header that must have exactly one line.
fn only<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let first = lines.next()?;
    if lines.next().is_none() {
        Some(trim(first))
    } else {
        None
    }
}

/// Checks an opening handshake (RFC 6455, 4.2.1): method, version, `Host`, `Connection`, `Upgrade`,
/// `Sec-WebSocket-Version` and `Sec-WebSocket-Key`. Returns the value of `Sec-WebSocket-Accept` for the answer. Its
/// offers are read by [`offers`].
///
/// ```
/// use hangup_protocol::{HandshakeError, RequestView, handshake};
///
/// let headers = [
///     ("Host", "example.com"),
///     ("Upgrade", "websocket"),
///     ("Connection", "keep-alive, Upgrade"),
///     ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
///     ("Sec-WebSocket-Version", "13"),
///     ("Sec-WebSocket-Protocol", "chat.v2, chat.v1"),
/// ];
/// let request = RequestView { method: "GET", http_version: (1, 1), headers: headers.as_slice() };
/// assert_eq!(handshake::check(&request)?, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// assert_eq!(handshake::offers(request.headers)?.subprotocols, ["chat.v2", "chat.v1"]);
/// # Ok::<(), HandshakeError>(())
/// ```
///
/// # Errors
///
/// [`HandshakeError`] with the status and headers of the answer.
pub fn check<H: HeaderLines + ?Sized>(request: &RequestView<'_, H>) -> Result<String, HandshakeError> {
    let headers = request.headers;
    if !contains_token(headers.lines("upgrade"), "websocket") {
        return Err(HandshakeError::NotAnUpgrade);
    }
    if request.http_version < (1, 1) {
        return Err(HandshakeError::OldHttp);
    }
    if request.method != "GET" {
        return Err(Malformed::Method.into());
    }
    only(headers.lines("host"))
        .filter(|host| !host.is_empty())
        .ok_or(Malformed::Host)?;
    if !contains_token(headers.lines("connection"), "upgrade") {
        return Err(Malformed::Connection.into());
    }
    if only(headers.lines("sec-websocket-version")).ok_or(Malformed::Version)? != b"13" {
        return Err(HandshakeError::WrongVersion);
    }
    let key = only(headers.lines("sec-websocket-key"))
        .filter(|key| is_valid_key(key))
        .ok_or(Malformed::Key)?;
    Ok(accept_key(key))
}

/// Reads the offers of an opening handshake (RFC 6455, 4.2.1, items 8 and 9). Its time is linear in the length of the two
/// headers. It stops at the first offer beyond a bound.
///
/// # Errors
///
/// [`HandshakeError::Malformed`] if one of the lists violates its grammar, or offers more than [`MAX_SUBPROTOCOLS`],
/// [`MAX_EXTENSIONS`] or [`MAX_EXTENSION_PARAMS`].
///
/// [`MAX_SUBPROTOCOLS`]: super::limits::MAX_SUBPROTOCOLS
/// [`MAX_EXTENSIONS`]: super::limits::MAX_EXTENSIONS
/// [`MAX_EXTENSION_PARAMS`]: super::limits::MAX_EXTENSION_PARAMS
pub fn offers<H: HeaderLines + ?Sized>(headers: &H) -> Result<Offers<'_>, HandshakeError> {
    Ok(Offers {
        subprotocols: subprotocols(headers.lines("sec-websocket-protocol"))?,
        extensions: extensions(headers.lines("sec-websocket-extensions"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 5] = [
        ("host", "example.com"),
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
    ];

    fn verdict(method: &str, http_version: (u8, u8), headers: &[(&str, &str)]) -> Result<(), HandshakeError> {
        check(&RequestView {
            method,
            http_version,
            headers,
        })?;
        offers(headers).map(|_| ())
    }

    /// The good headers with all lines of one name taken out and these put in.
    fn with<'a>(name: &'a str, values: &[&'a str]) -> Result<(), HandshakeError> {
        let mut headers = GOOD.to_vec();
        headers.retain(|(found, _)| *found != name);
        headers.extend(values.iter().map(|value| (name, *value)));
        verdict("GET", (1, 1), &headers)
    }

    #[test]
    fn the_good_request_is_accepted() {
        assert_eq!(verdict("GET", (1, 1), &GOOD), Ok(()));
        let mut headers = GOOD.to_vec();
        headers.push(("Sec-WebSocket-Protocol", "chat, v2"));
        headers.push((
            "Sec-WebSocket-Extensions",
            "permessage-deflate; client_max_window_bits",
        ));
        headers.push(("Sec-WebSocket-Protocol", "v3"));
        let request = RequestView {
            method: "GET",
            http_version: (1, 1),
            headers: headers.as_slice(),
        };
        let offered = offers(request.headers).unwrap();
        assert_eq!(offered.subprotocols, ["chat", "v2", "v3"]);
        assert_eq!(offered.extensions[0].name, "permessage-deflate");
        assert_eq!(check(&request).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn what_does_not_ask_for_a_websocket_gets_426() {
        let not = Err(HandshakeError::NotAnUpgrade);
        assert_eq!(with("upgrade", &[]), not);
        assert_eq!(with("upgrade", &["h2c"]), not);
        assert_eq!(with("upgrade", &["websockets"]), not);
        assert_eq!(with("upgrade", &["h2c, WebSocket"]), Ok(()));
        assert_eq!(with("upgrade", &["h2c", "websocket"]), Ok(()));
        assert_eq!(verdict("POST", (1, 0), &[]), not);
        assert_eq!(HandshakeError::NotAnUpgrade.status(), 426);
        assert!(
            HandshakeError::NotAnUpgrade
                .headers()
                .contains(&("upgrade", "websocket"))
        );
    }

    #[test]
    fn another_version_gets_426_with_ours() {
        for version in ["8", "0", "14", "013", "13, 8", "x", ""] {
            assert_eq!(
                with("sec-websocket-version", &[version]),
                Err(HandshakeError::WrongVersion)
            );
        }
        assert_eq!(with("sec-websocket-version", &[" 13 "]), Ok(()));
        assert_eq!(HandshakeError::WrongVersion.status(), 426);
        assert!(
            HandshakeError::WrongVersion
                .headers()
                .contains(&("sec-websocket-version", "13"))
        );
    }

    /// RFC 9110, 7.8: Upgrade is ignored in HTTP/1.0. Of what else such a request breaks nothing is said.
    #[test]
    fn http_before_1_1_gets_426_with_the_cause() {
        for version in [(1, 0), (0, 9), (0, 0)] {
            for method in ["GET", "POST"] {
                assert_eq!(verdict(method, version, &GOOD), Err(HandshakeError::OldHttp));
            }
            assert_eq!(
                verdict("GET", version, &[("upgrade", "websocket")]),
                Err(HandshakeError::OldHttp)
            );
        }
        assert_eq!(verdict("GET", (2, 0), &GOOD), Ok(()));
        let error = HandshakeError::OldHttp;
        assert_eq!(error.status(), 426);
        for header in [("upgrade", "websocket"), ("connection", "upgrade")] {
            assert!(error.headers().contains(&header), "{header:?}");
        }
        let text = error.to_string();
        assert!(
            text.contains("HTTP/1.1") && text.contains("proxy_http_version"),
            "{text}"
        );
    }

    /// What `Connection` and `Upgrade` list has no bound but the head's: the word is found at the end of any list.
    #[test]
    fn long_lists_are_searched() {
        let many = "x,".repeat(50_000);
        assert_eq!(with("connection", &[&format!("{many}upgrade")]), Ok(()));
        assert_eq!(with("upgrade", &[&format!("{many}websocket")]), Ok(()));
        assert_eq!(with("connection", &[&many]), Err(Malformed::Connection.into()));
    }

    #[test]
    fn a_broken_rule_gets_400() {
        use Malformed::*;
        let malformed = |rule| Err(HandshakeError::Malformed(rule));
        for method in ["POST", "get", "CONNECT", ""] {
            assert_eq!(verdict(method, (1, 1), &GOOD), malformed(Method));
        }
        assert_eq!(with("host", &[]), malformed(Host));
        assert_eq!(with("host", &[""]), malformed(Host));
        assert_eq!(with("host", &["a", "a"]), malformed(Host));
        assert_eq!(with("connection", &[]), malformed(Connection));
        assert_eq!(with("connection", &["close"]), malformed(Connection));
        assert_eq!(with("connection", &["keep-alive", "UPGRADE"]), Ok(()));
        assert_eq!(with("sec-websocket-version", &[]), malformed(Version));
        assert_eq!(with("sec-websocket-version", &["13", "13"]), malformed(Version));
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        assert_eq!(with("sec-websocket-key", &[]), malformed(Key));
        assert_eq!(with("sec-websocket-key", &[key, key]), malformed(Key));
        assert_eq!(with("sec-websocket-key", &["short"]), malformed(Key));
        assert_eq!(with("sec-websocket-protocol", &["a, a"]), malformed(Subprotocols));
        assert_eq!(with("sec-websocket-extensions", &["a;"]), malformed(Extensions));
        assert_eq!(HandshakeError::Malformed(Key).status(), 400);
    }
}
