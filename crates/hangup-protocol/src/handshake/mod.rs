//! The opening handshake, the server's side, as rules on header lines (RFC 6455, 4 and 9.1).

mod check;
mod extension;
mod key;
mod list;
mod subprotocol;

pub use check::{Accepted, HandshakeError, HeaderLines, Malformed, RequestView, check};
pub use extension::{ExtensionOffer, MalformedExtensions, extensions};
pub use key::{accept_key, is_valid_key};
pub use list::{contains_token, is_token, tokens};
pub use subprotocol::{MalformedSubprotocols, subprotocols};
