//! Whether a request opens a WebSocket, and if not, how HTTP says so (RFC 6455, 4.2.1, 4.2.2 and 4.4).

use std::fmt;

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

/// The parts of an HTTP/1 request that the opening handshake depends on.
#[derive(Debug)]
pub struct RequestView<'a, H: ?Sized> {
    /// The method, such as `GET`.
    pub method: &'a str,
    /// The version of HTTP, such as `(1, 1)`.
    pub http_version: (u8, u8),
    /// The header lines.
    pub headers: &'a H,
}

/// What a client asks for in an opening handshake that keeps all rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// The value for `Sec-WebSocket-Accept` in the answer.
    pub accept_key: String,
    /// The subprotocols offered, in the client's order of preference.
    pub subprotocols: Vec<&'a str>,
    /// The extensions offered, in the client's order of preference.
    pub extensions: Vec<ExtensionOffer<'a>>,
}

/// Why a request does not open a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeError {
    /// It does not ask for a WebSocket: there is no `Upgrade: websocket`.
    NotAnUpgrade,
    /// It asks for a version of the protocol other than 13.
    WrongVersion,
    /// It asks for a WebSocket and breaks a rule.
    Malformed(Malformed),
}

/// A rule of RFC 6455, 4.2.1 that an opening handshake breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Item 1: the method is GET.
    Method,
    /// Item 1: the version is HTTP/1.1 or higher.
    HttpVersion,
    /// Item 2: there is a `Host`.
    Host,
    /// Item 4: `Connection` has the token `upgrade`.
    Connection,
    /// Item 5: there is one `Sec-WebSocket-Key`, the base64 form of 16 bytes.
    Key,
    /// Item 6: there is one `Sec-WebSocket-Version`.
    Version,
    /// Item 8: `Sec-WebSocket-Protocol` is a list of different tokens.
    Subprotocols,
    /// Item 9: `Sec-WebSocket-Extensions` follows the grammar of 9.1.
    Extensions,
}

impl HandshakeError {
    /// The HTTP status that says so: 426 or 400 (RFC 9110, 15.5.22; RFC 6455, 4.2.1 and 4.4).
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotAnUpgrade | Self::WrongVersion => 426,
            Self::Malformed(_) => 400,
        }
    }

    /// The headers that belong to the answer. An answer with 426 names the protocol to upgrade to (RFC 9110,
    /// 15.5.22), and the version where that is wrong (RFC 6455, 4.4).
    pub const fn headers(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::NotAnUpgrade => &[("upgrade", "websocket"), ("connection", "upgrade")],
            Self::WrongVersion => &[
                ("upgrade", "websocket"),
                ("connection", "upgrade"),
                ("sec-websocket-version", "13"),
            ],
            Self::Malformed(_) => &[],
        }
    }
}

impl From<Malformed> for HandshakeError {
    fn from(rule: Malformed) -> Self {
        Self::Malformed(rule)
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnUpgrade => "not a WebSocket request: Upgrade: websocket is missing",
            Self::WrongVersion => "Sec-WebSocket-Version is not 13",
            Self::Malformed(rule) => match rule {
                Malformed::Method => "a WebSocket is opened with GET",
                Malformed::HttpVersion => "a WebSocket is opened with HTTP/1.1 or higher",
                Malformed::Host => "Host is missing or not the only one",
                Malformed::Connection => "Connection: upgrade is missing",
                Malformed::Key => "there must be one Sec-WebSocket-Key, the base64 form of 16 bytes",
                Malformed::Version => "there must be one Sec-WebSocket-Version",
                Malformed::Subprotocols => "Sec-WebSocket-Protocol is not a list of different tokens",
                Malformed::Extensions => "Sec-WebSocket-Extensions does not follow the grammar",
            },
        })
    }
}

impl std::error::Error for HandshakeError {}

/// The value of a header that must have exactly one line.
fn only<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let first = lines.next()?;
    if lines.next().is_none() {
        Some(trim(first))
    } else {
        None
    }
}

/// Checks the opening handshake of a client (RFC 6455, 4.2.1).
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
/// ];
/// let request = RequestView { method: "GET", http_version: (1, 1), headers: headers.as_slice() };
/// assert_eq!(handshake::check(&request)?.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// # Ok::<(), HandshakeError>(())
/// ```
///
/// # Errors
///
/// [`HandshakeError`] with the status and headers of the answer.
pub fn check<'a, H: HeaderLines + ?Sized>(
    request: &RequestView<'a, H>,
) -> Result<Accepted<'a>, HandshakeError> {
    let headers = request.headers;
    if !contains_token(headers.lines("upgrade"), "websocket") {
        return Err(HandshakeError::NotAnUpgrade);
    }
    if request.method != "GET" {
        return Err(Malformed::Method.into());
    }
    if request.http_version < (1, 1) {
        return Err(Malformed::HttpVersion.into());
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
    Ok(Accepted {
        accept_key: accept_key(key),
        subprotocols: subprotocols(headers.lines("sec-websocket-protocol"))
            .map_err(|_| Malformed::Subprotocols)?,
        extensions: extensions(headers.lines("sec-websocket-extensions"))
            .map_err(|_| Malformed::Extensions)?,
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
        })
        .map(|_| ())
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
        let accepted = check(&request).unwrap();
        assert_eq!(accepted.subprotocols, ["chat", "v2", "v3"]);
        assert_eq!(accepted.extensions[0].name, "permessage-deflate");
        assert_eq!(accepted.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
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

    #[test]
    fn a_broken_rule_gets_400() {
        use Malformed::*;
        let malformed = |rule| Err(HandshakeError::Malformed(rule));
        for method in ["POST", "get", "CONNECT", ""] {
            assert_eq!(verdict(method, (1, 1), &GOOD), malformed(Method));
        }
        assert_eq!(verdict("GET", (1, 0), &GOOD), malformed(HttpVersion));
        assert_eq!(verdict("GET", (2, 0), &GOOD), Ok(()));
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
