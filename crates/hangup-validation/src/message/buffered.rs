//! A value that is kept until it is known what it is: in JSON its text, which takes no memory.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Error, MapAccess};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::model::Model;
use super::text::nesting;

/// `serde_json` opens no more than this many containers inside each other.
const DEEPEST: usize = 127;

thread_local! {
    /// Whether what is read on this thread is the text of JSON.
    static IS_JSON_TEXT: Cell<bool> = const { Cell::new(false) };
}

/// While this lives, what is read on this thread is the text of JSON, and its values can be borrowed.
pub(super) struct JsonText(bool);

impl JsonText {
    pub(super) fn begin() -> Self {
        Self(IS_JSON_TEXT.replace(true))
    }
}

/// Reads a model for code that knows serde alone, from whatever it has.
///
/// # Errors
///
/// Those of [`Model::read`].
pub fn deserialize_model<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let _elsewhere = JsonText(IS_JSON_TEXT.replace(false));
    T::read(deserializer)
}

impl Drop for JsonText {
    fn drop(&mut self) {
        IS_JSON_TEXT.set(self.0);
    }
}

pub(super) enum Buffered<'de> {
    Text(&'de RawValue),
    Tree(Value),
}

impl<'de> Buffered<'de> {
    /// The value of the next key.
    pub(super) fn next<A: MapAccess<'de>>(members: &mut A) -> Result<Self, A::Error> {
        if IS_JSON_TEXT.get() {
            Self::text(members.next_value()?)
        } else {
            members.next_value().map(Self::Tree)
        }
    }

    pub(super) fn whole<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if IS_JSON_TEXT.get() {
            Self::text(<&RawValue>::deserialize(deserializer)?)
        } else {
            Value::deserialize(deserializer).map(Self::Tree)
        }
    }

    /// Each text is read by a deserializer of its own, which counts anew how deep it is.
    fn text<E: Error>(raw: &'de RawValue) -> Result<Self, E> {
        let text = raw.get();
        if text.len() > 2 * DEEPEST && nesting(text) > DEEPEST {
            return Err(E::custom("recursion limit exceeded"));
        }
        Ok(Self::Text(raw))
    }

    pub(super) fn read<S: DeserializeSeed<'de>, E: Error>(self, seed: S) -> Result<S::Value, E> {
        match self {
            Self::Text(raw) => {
                let mut json = serde_json::Deserializer::from_str(raw.get());
                let read = seed.deserialize(&mut json);
                read.and_then(|value| json.end().map(|()| value))
                    .map_err(E::custom)
            }
            Self::Tree(tree) => seed.deserialize(tree).map_err(E::custom),
        }
    }

    /// Reads it, and keeps it.
    pub(super) fn again<S: DeserializeSeed<'de>, E: Error>(&self, seed: S) -> Result<S::Value, E> {
        match self {
            Self::Text(raw) => Self::Text(raw).read(seed),
            Self::Tree(tree) => Self::Tree(tree.clone()).read(seed),
        }
    }
}
