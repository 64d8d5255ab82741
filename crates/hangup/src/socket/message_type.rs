//! `MessageType`: what the messages of a socket are, text and binary or values, and how a receiver reads them.

use std::num::NonZeroU32;

use serde_json::Value;

use super::{encoding::Encoding, message::Message};
use crate::params::{
    ValidationError,
    message::{Model, Schema},
};

/// In place of a type of messages: they are text and binary, as they come.
#[derive(Debug)]
pub enum Raw {}

/// A type of messages: a [`Model`], or [`Raw`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of messages",
    note = "put `#[hangup::model]` above its declaration"
)]
pub trait MessageType: Send + 'static {
    /// The schema; `None` of [`Raw`].
    fn message_schema() -> Option<&'static Schema>;
}

impl MessageType for Raw {
    fn message_schema() -> Option<&'static Schema> {
        None
    }
}

impl<T: Model + Send + 'static> MessageType for T {
    fn message_schema() -> Option<&'static Schema> {
        Some(T::schema())
    }
}

/// Makes the answer to a message that was invalid.
pub(super) type AnswerInvalid = fn(ValidationError, Option<Value>, Encoding) -> Option<Message>;

/// How a receiver reads values.
pub(super) struct Typing {
    pub(super) encoding: Encoding,
    /// Where invalid messages are answered: how, and how many in a row close.
    pub(super) answering: Option<(AnswerInvalid, NonZeroU32)>,
    pub(super) in_a_row: u32,
}
