//! The opening handshake of a server, as rules on header lines (RFC 6455, 4 and 9.1).

mod check;
mod error;
mod extension;
mod key;
mod limits;
mod list;
mod subprotocol;

pub use check::{HeaderLines, Offers, RequestView, check, offers};
pub use error::{HandshakeError, Malformed};
pub use extension::{ExtensionOffer, extensions};
pub use key::{accept_key, is_valid_key};
pub use limits::{MAX_EXTENSION_PARAMS, MAX_EXTENSIONS, MAX_SUBPROTOCOLS};
pub use list::{contains_token, is_token, tokens};
pub use subprotocol::subprotocols;
