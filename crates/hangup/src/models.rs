//! Typed messages: models, their schemas, and every error of a message at once.
//!
//! [`#[model]`](macro@crate::model) makes a struct or an enum a type of messages, and [`Handshake<In, Out>`](crate::Handshake)
//! gives a socket that receives and sends it:
//!
//! ```
//! use hangup::{Handshake, Result, ValidationError, model, websocket};
//!
//! /// What a client may say.
//! #[model(tag = "type", rename_all = "snake_case")]
//! enum Command {
//!     Say {
//!         #[field(min_length = 1, max_length = 500)]
//!         text: String,
//!     },
//!     Save {
//!         #[field(correlation)]
//!         id: u64,
//!         title: String,
//!     },
//! }
//!
//! #[model(tag = "type", rename_all = "snake_case")]
//! enum Event {
//!     Said { who: String, text: String },
//!     Saved { #[field(correlation)] id: u64 },
//!     #[model(invalid)]
//!     Invalid {
//!         errors: ValidationError,
//!         #[field(correlation)]
//!         id: Option<u64>,
//!     },
//! }
//!
//! #[websocket("/board/ws")]
//! async fn board(handshake: Handshake<Command, Event>, #[query] name: String) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     loop {
//!         let event = match socket.recv().await? {
//!             Command::Say { text } => Event::Said { who: name.clone(), text },
//!             Command::Save { id, .. } => Event::Saved { id },
//!         };
//!         socket.send(&event).await?;
//!     }
//! }
//! ```
//!
//! # How a message is read
//!
//! 1. The text goes straight into the type, and the rules are checked on the value: no tree, and nothing allocated for the
//!    check. Of an enum with a `tag` the tag is read first; what stands before it is kept as text.
//! 2. Only where that fails, the text is walked with the schema, and every error is collected in the order of
//!    declaration, as pydantic does in its strict mode for JSON: `type`, `loc`, `msg`, `input`, `ctx`.
//! 3. Where the schema knows of no error, because a type reads by a rule of its own, its one error is a `value_error`.
//!
//! # What an invalid message does
//!
//! | message | by default | with [`InvalidMessages::Answer`](crate::settings::InvalidMessages::Answer) |
//! |---|---|---|
//! | of the other kind (binary for JSON) | 1003 | 1003 |
//! | not of the encoding | 1007 | answered with the error `json_invalid` |
//! | of another shape, or it breaks a rule | 1008 with the errors | answered with the errors |
//! | so many in a row | | 1008 with the errors of the last |
//!
//! By default [`recv`](crate::WebSocket#method.recv-1) fails, and an endpoint that passes the error on with `?` ends so; one
//! that does not may go on. [`Settings::invalid_messages`](crate::Settings::invalid_messages) has the message answered
//! with the variant of the sent type that is marked `#[model(invalid)]`, with the value of the field that is marked
//! `correlation`, where the message has it.
//!
//! # Encodings
//!
//! JSON in text messages, unless [`choose_encoding`](crate::Handshake::choose_encoding) finds another
//! [`Encoding`] whose subprotocol the client offers: MessagePack (the feature `msgpack`) in binary
//! messages, or a [`Codec`] of one's own.
//!
//! # What is not as in pydantic
//!
//! 294 of 315 golden vectors are answered as by pydantic 2.13; `cargo xtask vectors xtask/vectors/tests/messages.jsonl` names
//! the others:
//!
//! | pydantic | here | why |
//! |---|---|---|
//! | `NaN` and `Infinity` are JSON | 1007 | RFC 8259 has none |
//! | a number beyond `f64` is an infinity | `finite_number` at its place | no client means it |
//! | half a surrogate pair is no JSON | `string_unicode` at its place | it is JSON by its grammar |
//! | 200 levels of nesting | 127 | the limit of `serde_json` |
//! | integers have no end | those of the type; of 64 bits in a `serde_json::Value` | Rust's types |
//! | of a key that stands twice the last is read, whatever the first was | the first must have the type as well | both go into the type |
//! | a validator in code is asked beside all others | only where nothing else is wrong | it needs the value |
//! | a union takes the variant that fits best | the first that fits | nothing depends on more than the declaration |

#[doc(inline)]
pub use hangup_validation::message::{
    Alternative, Dialect, Format, IntegerType, JsonSchemas, Member, Model, Object, OtherKeys, RulesOf,
    Schema, SchemaOf, Shape, Tagging, Union, Written, correlation_of, from_json, read_json,
};

pub use crate::socket::{Codec, Encoding, MessageType, Raw};
