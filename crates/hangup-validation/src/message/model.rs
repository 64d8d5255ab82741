//! `Model`: a type that messages are read into and written from.

use std::marker::PhantomData;

use serde::{Deserializer, Serialize, Serializer, de::DeserializeSeed};

use super::schema::Schema;
use crate::rules::Rules;

/// A type of messages: it can be read, checked, written and described. `#[hangup::model]` writes it.
///
/// Implemented for `bool`, integers, floats, `String`, `char`, `()`, `serde_json::Value`, `Option`, `Box`, `Vec`, arrays,
/// sets, maps, tuples, and the types of parameters (UUIDs, dates, decimals, URLs, e-mail and IP addresses).
#[doc(alias = "BaseModel")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "cannot be a part of a message",
    note = "put `#[hangup::model]` above its declaration",
    note = "some types need a feature of hangup: `uuid`, `url`, `email`, `decimal`, `speedate`, `chrono`, `jiff`, `time`"
)]
pub trait Model: Sized {
    /// What is known of the type before any message.
    fn schema() -> &'static Schema;

    /// Reads a value, without its rules.
    ///
    /// # Errors
    ///
    /// That of the deserializer, or what is wrong with the value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Writes the value.
    ///
    /// # Errors
    ///
    /// That of the serializer.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Whether the value obeys these rules, and all that it holds obeys its own.
    fn obeys(&self, rules: &Rules) -> bool;
}

/// Reads a `T` where serde asks for a seed.
pub(super) struct ReadSeed<T>(PhantomData<T>);

impl<T> ReadSeed<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Model> DeserializeSeed<'de> for ReadSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// A model where serde asks for something to serialize.
#[derive(Debug)]
pub struct Written<'a, T>(pub &'a T);

impl<T: Model> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}
