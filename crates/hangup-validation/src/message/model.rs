//! `Model`: a type that messages are read into and written from.

use std::marker::PhantomData;

use serde::de::DeserializeSeed;
use serde::ser::{Error, SerializeMap};
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::schema::Schema;
use crate::error::ValidationError;
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

    /// Writes the keys of an object into one that has others too, such as a tag.
    ///
    /// # Errors
    ///
    /// That of the serializer, or that the value is no object.
    fn write_members<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        match self.write(serde_json::value::Serializer) {
            Ok(Value::Object(object)) => object
                .iter()
                .try_for_each(|(key, value)| members.serialize_entry(key, value)),
            _ => Err(Error::custom("the value is no object")),
        }
    }

    /// What answers a message that was invalid, where the type has a variant for that.
    fn invalid_answer(errors: ValidationError, correlation: Option<Value>) -> Option<Self> {
        let _ = (errors, correlation);
        None
    }

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
