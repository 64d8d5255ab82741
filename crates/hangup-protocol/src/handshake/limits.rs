//! How many entries the lists of a handshake may have.

/// How many subprotocols a handshake may offer. One more is refused with 400. The longest known lists, of Kubernetes
/// clients, have five.
pub const MAX_SUBPROTOCOLS: usize = 64;

/// How many extensions a handshake may offer. The same one with other parameters counts again. One more is refused with
/// 400. Browsers offer one, other clients two or three.
pub const MAX_EXTENSIONS: usize = 32;

/// How many parameters each offered extension may have. One more is refused with 400. permessage-deflate has four
/// (RFC 7692, 7.1).
pub const MAX_EXTENSION_PARAMS: usize = 16;
