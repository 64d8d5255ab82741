//! RFC 6455 and RFC 7692 without I/O: the WebSocket protocol core of `hangup`.
//!
//! Bytes go in; events and the bytes to write come out. Nothing here reads a socket, uses a clock or runs a task, so
//! every rule can be tested by a function call.
//!
//! | module | subject | RFC 6455 |
//! |---|---|---|
//! | [`close`] | close codes, reasons, the body of a Close frame | 5.5.1, 7.4 |
//! | [`frame`] | the frame header | 5.2 |
//! | [`mask`] | masking of payloads | 5.3 |
//! | [`utf8`] | validated text, and the validation of text that arrives in pieces | 8.1 |
//! | [`violation`] | violations of the protocol by the peer | 7.1.7 |
//! | [`event`] | what the peer sent | 6.2 |
//! | [`deflate`] | compression of messages, with the feature `deflate` (default) | RFC 7692 |
//! | [`connection`] | the state machine of one connection | 5, 6, 7 |
//! | [`handshake`] | the opening handshake of a server | 4, 9.1 |
//!
//! ```
//! use hangup_protocol::{Close, CloseCode, Connection, Event, Role};
//!
//! let mut client = Connection::new(Role::Client { mask_seed: 1 }, 1 << 20);
//! let mut server = Connection::new(Role::Server, 1 << 20);
//! let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
//!
//! client.send_text("hello", &mut to_server)?;
//! let mut input = to_server.as_slice();
//! assert_eq!(server.receive(&mut input, &mut to_client), Some(Event::Text("hello".into())));
//! assert_eq!(server.receive(&mut input, &mut to_client), None);
//!
//! server.close(&Close::new(CloseCode::POLICY_VIOLATION, "Session cookie missing"), &mut to_client)?;
//! let mut input = to_client.as_slice();
//! to_server.clear();
//! let Some(Event::Close(said)) = client.receive(&mut input, &mut to_server) else { panic!() };
//! assert_eq!((said.code(), &**said.reason()), (1008.into(), "Session cookie missing"));
//! # Ok::<(), hangup_protocol::Closing>(())
//! ```
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `deflate` | yes | permessage-deflate (RFC 7692): the module `deflate`, `Connection::with_deflate` |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod assembler;
pub mod close;
pub mod connection;
#[cfg(feature = "deflate")]
pub mod deflate;
#[cfg(not(feature = "deflate"))]
#[path = "no_deflate.rs"]
mod deflate;
pub mod event;
pub mod frame;
pub mod handshake;
pub mod mask;
pub mod utf8;
pub mod violation;

pub use close::{Close, CloseCode, DisconnectCode, InvalidCloseCode, PeerClose, Reason, SentClose};
pub use connection::{Closing, Connection, ControlError, Role, Side};
#[cfg(feature = "deflate")]
pub use deflate::{DeflateAgreement, DeflateConfig};
pub use event::Event;
pub use frame::{FrameHeader, FrameRules, MessageKind, OpCode};
pub use handshake::{
    ExtensionOffer, HandshakeError, HeaderLines, Malformed, Offers, RequestView, accept_key, contains_token,
    extensions, is_valid_key, subprotocols, tokens,
};
pub use utf8::{InvalidUtf8, Utf8Bytes, Utf8Validator};
pub use violation::Violation;
