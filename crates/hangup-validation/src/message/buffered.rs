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

    /// How many more bytes are read of values that were kept.
    static UNREAD: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// How many bytes are read again for each byte of a message: values are kept at each level whose tag stands last, and
/// read for each variant of a union without a tag.
const AGAIN_PER_BYTE: usize = 16;

/// How many more are, so that a message of 2 KiB may be nested as deep as any.
const LEAST_AGAIN: usize = 512 * 1024;

/// While this lives, what is read on this thread is the text of JSON, and its values can be borrowed.
pub(super) struct JsonText {
    was_json_text: bool,
    unread: usize,
}

impl JsonText {
    pub(super) fn begin(text: &str) -> Self {
        Self {
            was_json_text: IS_JSON_TEXT.replace(true),
            unread: UNREAD.replace(most_again(text.len())),
        }
    }
}

/// How many bytes are read again of a message of so many.
fn most_again(message: usize) -> usize {
    AGAIN_PER_BYTE.saturating_mul(message).saturating_add(LEAST_AGAIN)
}

/// Reads a message that is not JSON, of so many bytes, within the same bound on what is read again.
pub fn within_bound<T>(message: usize, read: impl FnOnce() -> T) -> T {
    let _bound = JsonText {
        was_json_text: IS_JSON_TEXT.replace(false),
        unread: UNREAD.replace(most_again(message)),
    };
    read()
}

/// About how many bytes a value has on the wire.
fn bytes_of(value: &Value) -> usize {
    let inside = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(bytes_of).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| 1 + key.len() + bytes_of(value))
            .sum(),
    };
    1 + inside
}

/// Counts what is read again, which ends where it is too much.
fn read_again<E: Error>(bytes: usize) -> Result<(), E> {
    match UNREAD.get().checked_sub(bytes) {
        Some(unread) => {
            UNREAD.set(unread);
            Ok(())
        }
        None => {
            UNREAD.set(0);
            Err(E::custom("too much of the message is read again for its unions"))
        }
    }
}

/// Reads a model for code that knows serde alone, from whatever it has.
///
/// # Errors
///
/// Those of [`Model::read`].
pub fn deserialize_model<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let _elsewhere = JsonText {
        was_json_text: IS_JSON_TEXT.replace(false),
        unread: UNREAD.get(),
    };
    T::read(deserializer)
}

impl Drop for JsonText {
    fn drop(&mut self) {
        IS_JSON_TEXT.set(self.was_json_text);
        UNREAD.set(self.unread);
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
            Self::tree(members.next_value()?)
        }
    }

    pub(super) fn whole<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if IS_JSON_TEXT.get() {
            Self::text(<&RawValue>::deserialize(deserializer)?)
        } else {
            Self::tree(Value::deserialize(deserializer)?)
        }
    }

    fn tree<E: Error>(tree: Value) -> Result<Self, E> {
        read_again(bytes_of(&tree))?;
        Ok(Self::Tree(tree))
    }

    /// Each text is read by a deserializer of its own, which counts anew how deep it is.
    fn text<E: Error>(raw: &'de RawValue) -> Result<Self, E> {
        let text = raw.get();
        // It was passed once, and is looked at for its depth.
        read_again(2 * text.len())?;
        if text.len() > 2 * DEEPEST && nesting(text) > DEEPEST {
            return Err(E::custom("recursion limit exceeded"));
        }
        Ok(Self::Text(raw))
    }

    pub(super) fn read<S: DeserializeSeed<'de>, E: Error>(self, seed: S) -> Result<S::Value, E> {
        match self {
            Self::Text(raw) => {
                read_again(raw.get().len())?;
                let mut json = serde_json::Deserializer::from_str(raw.get());
                let read = seed.deserialize(&mut json);
                read.and_then(|value| json.end().map(|()| value))
                    .map_err(E::custom)
            }
            Self::Tree(tree) => {
                read_again(bytes_of(&tree))?;
                seed.deserialize(tree).map_err(E::custom)
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::made::{UnionModel, read_internal, read_untagged};
    use crate::message::model::Model;
    use crate::message::read_json;
    use crate::message::schema::{Schema, Shape};
    use crate::rules::Rules;
    use serde::Serializer;
    use serde::de::{IgnoredAny, Visitor};
    use std::fmt;

    /// A chain: the next link under `n`. `IS_TAGGED` says which kind of union it is.
    struct Link<const IS_TAGGED: bool>;

    fn read_next<'de, const IS_TAGGED: bool, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<bool, D::Error> {
        struct Next<const IS_TAGGED: bool>;

        impl<'de, const IS_TAGGED: bool> Visitor<'de> for Next<IS_TAGGED> {
            type Value = bool;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
                let mut is_odd = false;
                while let Some(key) = members.next_key::<String>()? {
                    match key.as_str() {
                        "n" => {
                            members.next_value_seed(crate::message::model::ReadSeed::<
                                Option<Box<Link<IS_TAGGED>>>,
                            >::new())?;
                        }
                        key => {
                            is_odd |= key == "odd";
                            members.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(is_odd)
            }
        }

        deserializer.deserialize_map(Next::<IS_TAGGED>)
    }

    impl<const IS_TAGGED: bool> Model for Link<IS_TAGGED> {
        fn schema() -> &'static Schema {
            static SCHEMA: Schema = Schema::new(Shape::Any);
            &SCHEMA
        }

        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            if IS_TAGGED {
                read_internal("type", deserializer)
            } else {
                read_untagged(deserializer)
            }
        }

        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_unit()
        }

        fn obeys(&self, _: &Rules) -> bool {
            true
        }
    }

    impl<const IS_TAGGED: bool> UnionModel for Link<IS_TAGGED> {
        const COUNT: usize = 2;

        fn place(name: &str) -> usize {
            ["a", "b"]
                .iter()
                .position(|known| *known == name)
                .unwrap_or(usize::MAX)
        }

        fn unit(_: usize) -> Option<Self> {
            None
        }

        fn read_variant<'de, D: Deserializer<'de>>(place: usize, deserializer: D) -> Result<Self, D::Error> {
            let is_odd = read_next::<IS_TAGGED, D>(deserializer)?;
            if place == 0 && !IS_TAGGED && !is_odd {
                return Err(Error::custom("missing field `odd`"));
            }
            Ok(Self)
        }
    }

    /// How many bytes were read again, and whether the message was read.
    fn again<const IS_TAGGED: bool>(text: &str) -> (usize, bool) {
        let _text = JsonText::begin(text);
        let before = UNREAD.get();
        let read = Link::<IS_TAGGED>::read(&mut serde_json::Deserializer::from_str(text));
        (before - UNREAD.get(), read.is_ok())
    }

    fn chain(open: &str, close: &str, depth: usize, filler: usize) -> String {
        let filler = format!(r#","l":"{}""#, "x".repeat(filler));
        format!("{}null{filler}{}", open.repeat(depth), close.repeat(depth))
    }

    #[test]
    fn tags_that_stand_last_are_read_again_within_the_bound() {
        for (depth, filler) in [(3, 1 << 20), (100, 1 << 20), (100, 0)] {
            let text = chain(r#"{"n":"#, r#","type":"a"}"#, depth, filler);
            let (bytes, is_read) = again::<true>(&text);
            assert!(bytes <= AGAIN_PER_BYTE * text.len() + LEAST_AGAIN, "{bytes}");
            assert_eq!(is_read, filler == 0 || depth == 3, "{depth} {filler}");
            assert_eq!(read_json::<Link<true>>(&text).is_ok(), is_read);
        }
        let first = chain(r#"{"type":"a","n":"#, "}", 100, 1 << 20);
        assert_eq!(
            again::<true>(&first),
            (0, true),
            "nothing is kept where the tag stands first"
        );
    }

    #[test]
    fn unions_that_are_tried_at_each_level_are_read_within_the_bound() {
        for (depth, filler) in [(2, 1 << 20), (4, 100), (100, 0), (100, 1 << 20)] {
            let text = chain(r#"{"n":"#, "}", depth, filler);
            let (bytes, is_read) = again::<false>(&text);
            assert!(bytes <= AGAIN_PER_BYTE * text.len() + LEAST_AGAIN, "{bytes}");
            assert_eq!(is_read, depth <= 4, "{depth} {filler}");
            let error = read_json::<Link<false>>(&text).err();
            assert_eq!(error.is_none(), is_read);
            assert!(
                error.is_none_or(|error| error.errors().is_some()),
                "closes with 1008"
            );
        }
    }

    #[test]
    fn unions_of_another_encoding_are_read_within_the_bound() {
        for (depth, is_readable) in [(4, true), (100, false)] {
            let text = chain(r#"{"n":"#, "}", depth, 0);
            let value: Value = serde_json::from_str(&text).unwrap();
            let (bytes, is_read) = within_bound(text.len(), || {
                let before = UNREAD.get();
                let read = Link::<false>::read(value);
                (before - UNREAD.get(), read.is_ok())
            });
            assert!(bytes <= most_again(text.len()), "{bytes}");
            assert_eq!(is_read, is_readable, "{depth}");
        }
    }
}
