//! How many entries the lists of a handshake may have.

/// How many subprotocols a handshake may offer; one more is refused with 400. The longest lists that clients are known
/// to send, those of Kubernetes, have five.
pub const MAX_SUBPROTOCOLS: usize = 64;

/// How many extensions a handshake may offer, the same one with other parameters counting again; one more is refused
/// with 400. Browsers offer one, other clients two or three.
pub const MAX_EXTENSIONS: usize = 32;

/// How many parameters each extension that is offered may have; one more is refused with 400. permessage-deflate has
/// four (RFC 7692, 7.1).
pub const MAX_EXTENSION_PARAMS: usize = 16;
