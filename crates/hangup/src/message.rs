//! Messages: receiving, sending, and the text type that both share.
//!
//! | to | use |
//! |---|---|
//! | receive text, binary, JSON, or either kind | `recv_text`, `recv_binary`, `recv_json`, `recv` of [`WebSocket`](crate::WebSocket) or [`Receiver`](crate::Receiver) |
//! | send the same | `send_text`, `send_binary`, `send_json`, `send` of [`WebSocket`](crate::WebSocket) or [`Sender`](crate::Sender) |
//! | send without waiting | [`Sender::try_send`](crate::Sender::try_send) |
//! | send from several tasks | [`WebSocket::sender`](crate::WebSocket::sender), [`WebSocket::split`](crate::WebSocket::split) |
//! | send one message to many clients | clones of one [`Message`](crate::Message), which share its payload |
//! | send a message that is never held whole | [`MessageWriter`], from `text_writer` and `binary_writer` |
//! | keep a received text without a copy | [`Utf8Bytes`] |
//!
//! ```
//! use hangup::{Handshake, Message, Result};
//!
//! async fn echo(handshake: Handshake) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     loop {
//!         match socket.recv().await? {
//!             Message::Text(text) => socket.send_text(text).await?,
//!             Message::Binary(bytes) => socket.send_binary(bytes).await?,
//!         }
//!     }
//! }
//! ```
//!
//! Pings of the peer are answered without the endpoint, and fragments are put together before a message is received.
//! The size of a message has a bound, [`Settings::max_message_size`](crate::Settings::max_message_size). What a send
//! does when the peer does not read is [`Settings::slow_consumer`](crate::Settings::slow_consumer).

pub use hangup_protocol::{InvalidUtf8, Utf8Bytes};

pub use crate::socket::MessageWriter;
