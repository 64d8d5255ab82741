//! Why a request does not open a WebSocket, and the HTTP answer (RFC 6455, 4.2.1, 4.2.2 and 4.4).

use std::fmt;

use super::limits::{MAX_EXTENSION_PARAMS, MAX_EXTENSIONS, MAX_SUBPROTOCOLS};

/// Why a request does not open a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeError {
    /// It does not ask for a WebSocket: there is no `Upgrade: websocket`.
    NotAnUpgrade,
    /// It is in a version of HTTP before 1.1, in which a server ignores `Upgrade` (RFC 9110, 7.8).
    OldHttp,
    /// It asks for a version of the protocol other than 13.
    WrongVersion,
    /// It asks for a WebSocket, but violates a rule.
    Malformed(Malformed),
}

/// A rule of RFC 6455, 4.2.1 that an opening handshake violates, or our bound on its offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Item 1: the method is GET.
    Method,
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
    /// There are more than [`MAX_SUBPROTOCOLS`].
    TooManySubprotocols,
    /// There are more than [`MAX_EXTENSIONS`], or one has more than [`MAX_EXTENSION_PARAMS`].
    TooManyExtensions,
}

impl HandshakeError {
    /// The HTTP status of the answer: 426 or 400 (RFC 9110, 15.5.22; RFC 6455, 4.2.1 and 4.4).
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotAnUpgrade | Self::OldHttp | Self::WrongVersion => 426,
            Self::Malformed(_) => 400,
        }
    }

    /// The headers of the answer. A 426 names the protocol to upgrade to (RFC 9110, 15.5.22), and the version if that was
    /// wrong (RFC 6455, 4.4).
    pub const fn headers(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::NotAnUpgrade | Self::OldHttp => &[("upgrade", "websocket"), ("connection", "upgrade")],
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
        match self {
            Self::NotAnUpgrade => f.write_str("not a WebSocket request: Upgrade: websocket is missing"),
            Self::OldHttp => f.write_str(
                "a WebSocket is opened with HTTP/1.1; a proxy in front of the server may speak HTTP/1.0 to it \
                 (nginx does without `proxy_http_version 1.1`)",
            ),
            Self::WrongVersion => f.write_str("Sec-WebSocket-Version is not 13"),
            Self::Malformed(rule) => rule.fmt(f),
        }
    }
}

impl std::error::Error for HandshakeError {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "a WebSocket is opened with GET",
            Self::Host => "Host is missing or not the only one",
            Self::Connection => "Connection: upgrade is missing",
            Self::Key => "there must be one Sec-WebSocket-Key, the base64 form of 16 bytes",
            Self::Version => "there must be one Sec-WebSocket-Version",
            Self::Subprotocols => "Sec-WebSocket-Protocol is not a list of different tokens",
            Self::Extensions => "Sec-WebSocket-Extensions does not follow the grammar",
            Self::TooManySubprotocols => {
                return write!(f, "Sec-WebSocket-Protocol offers more than {MAX_SUBPROTOCOLS}");
            }
            Self::TooManyExtensions => {
                return write!(
                    f,
                    "Sec-WebSocket-Extensions offers more than {MAX_EXTENSIONS}, or one with more than \
                     {MAX_EXTENSION_PARAMS} parameters"
                );
            }
        })
    }
}

impl std::error::Error for Malformed {}
