//! What an endpoint chose when it accepted.

use hangup_protocol::DeflateAgreement;
use http::{HeaderMap, HeaderValue};

/// What the 101 says besides what the handshake itself defines.
#[derive(Debug, Default)]
pub(crate) struct Acceptance {
    /// Whether the handshake is only completed so that the refusal can be said over it.
    pub(crate) is_refusal: bool,
    pub(crate) subprotocol: Option<HeaderValue>,
    /// What is agreed on compression.
    pub(crate) deflate: Option<DeflateAgreement>,
    pub(crate) headers: HeaderMap,
}
