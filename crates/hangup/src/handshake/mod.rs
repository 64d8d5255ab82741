//! The opening handshake over HTTP: the check of the request, and the 101 (RFC 6455, section 4.2).

mod acceptance;
mod deadline;
mod exchange;
mod head;
mod http_stream;
mod peer;

use axum::response::{IntoResponse, Response};
use hangup_protocol::{DeflateAgreement, DeflateConfig, HandshakeError, HeaderLines, RequestView, handshake};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Version, header, request::Parts};
use hyper::upgrade::OnUpgrade;

pub(crate) use self::{
    acceptance::Acceptance,
    exchange::Exchange,
    http_stream::{HttpLimits, HttpStream},
    peer::{AnyPeer, Peer, WithoutPeer},
};

/// A request that follows the rules of an opening handshake. Its offers are not checked yet.
pub(crate) struct Opening {
    /// Resolves to the stream once the 101 is written.
    pub(crate) on_upgrade: OnUpgrade,
    pub(crate) accept_key: HeaderValue,
}

/// The offers of an opening handshake.
pub(crate) struct Offers {
    /// The subprotocols, in the order of the client's preference.
    pub(crate) subprotocols: Vec<Box<str>>,
    /// The agreement on compression (RFC 7692), unless the endpoint declines it.
    pub(crate) deflate: Option<DeflateAgreement>,
}

struct Lines<'a>(&'a HeaderMap);

impl HeaderLines for Lines<'_> {
    fn lines(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.0
            .get_all(HeaderName::from_static(name))
            .into_iter()
            .map(HeaderValue::as_bytes)
    }
}

impl Opening {
    /// Checks a request. One that is not an opening handshake is answered with 426 or 400. The check is cheap, so it
    /// comes before the request is admitted.
    pub(crate) fn check(parts: &mut Parts) -> Result<Self, Box<Response>> {
        let request = RequestView {
            method: parts.method.as_str(),
            http_version: http_version(parts.version),
            headers: &Lines(&parts.headers),
        };
        let accept_key = handshake::check(&request).map_err(|error| Box::new(refuse(&error)))?;
        let accept_key = HeaderValue::try_from(accept_key);
        let on_upgrade = parts.extensions.remove::<OnUpgrade>();
        match (on_upgrade, accept_key) {
            (Some(on_upgrade), Ok(accept_key)) => Ok(Self {
                on_upgrade,
                accept_key,
            }),
            _ => {
                tracing::error!("the server below this router cannot upgrade connections");
                Err(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
            }
        }
    }
}

/// Whether a request opens a WebSocket: it keeps the rules, and the server can upgrade the connection.
pub(crate) fn opens_websocket<B>(request: &Request<B>) -> bool {
    let view = RequestView {
        method: request.method().as_str(),
        http_version: http_version(request.version()),
        headers: &Lines(request.headers()),
    };
    request.extensions().get::<OnUpgrade>().is_some() && handshake::check(&view).is_ok()
}

/// Whether a request asks for a WebSocket, even if it violates other rules.
pub(crate) fn asks_for_websocket(headers: &HeaderMap) -> bool {
    let upgrades = Lines(headers);
    handshake::contains_token(upgrades.lines("upgrade"), "websocket")
}

impl Offers {
    /// Reads the offers of an admitted request. Offers that violate their rules or bounds are answered with 400.
    pub(crate) fn read(parts: &Parts, deflate: Option<&DeflateConfig>) -> Result<Self, Box<Response>> {
        let lines = Lines(&parts.headers);
        let offers = handshake::offers(&lines).map_err(|error| Box::new(refuse(&error)))?;
        Ok(Self {
            subprotocols: offers.subprotocols.into_iter().map(Box::from).collect(),
            deflate: deflate.and_then(|config| config.negotiate(&offers.extensions)),
        })
    }
}

/// The first subprotocol of a refused client, if its list begins with a token.
pub(crate) fn first_subprotocol(parts: &Parts) -> Option<HeaderValue> {
    let lines = Lines(&parts.headers);
    let first = handshake::tokens(lines.lines("sec-websocket-protocol")).next()?;
    HeaderValue::from_bytes(first)
        .ok()
        .filter(|_| handshake::is_token(first))
}

/// The 101 that completes the handshake (RFC 6455, section 4.2.2).
pub(crate) fn switching_protocols(
    accept_key: HeaderValue,
    subprotocol: Option<HeaderValue>,
    deflate: Option<&DeflateAgreement>,
    headers: HeaderMap,
) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let all = response.headers_mut();
    all.extend(headers);
    all.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    all.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    all.insert(header::SEC_WEBSOCKET_ACCEPT, accept_key);
    all.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    if let Some(extension) = deflate.and_then(|deflate| HeaderValue::try_from(deflate.to_header_value()).ok())
    {
        all.insert(header::SEC_WEBSOCKET_EXTENSIONS, extension);
    }
    all.remove(header::SEC_WEBSOCKET_PROTOCOL);
    if let Some(subprotocol) = subprotocol {
        all.insert(header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    response
}

fn refuse(error: &HandshakeError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, format!("{error}\n")).into_response();
    for (name, value) in error.headers() {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn http_version(version: Version) -> (u8, u8) {
    match version {
        Version::HTTP_09 => (0, 9),
        Version::HTTP_10 => (1, 0),
        Version::HTTP_2 => (2, 0),
        Version::HTTP_3 => (3, 0),
        _ => (1, 1),
    }
}
