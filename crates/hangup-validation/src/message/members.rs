//! What `#[hangup::model]` writes for structs and for enums without data, and the reading that they share.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserializer, Serializer};

use super::model::{Model, ReadSeed};
use crate::types::{Choice, Choices};

/// An object with known keys.
pub trait ReadMembers: Sized {
    /// Reads the keys that are left of an object.
    ///
    /// # Errors
    ///
    /// That of the deserializer, or a key that is missing or unknown.
    fn read_members<'de, A: MapAccess<'de>>(members: A) -> Result<Self, A::Error>;
}

/// Reads an object; an array of its values, which serde would take, is none.
///
/// # Errors
///
/// As [`ReadMembers::read_members`].
pub fn read_object<'de, T: ReadMembers, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Members<T>(PhantomData<T>);

    impl<'de, T: ReadMembers> Visitor<'de> for Members<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("struct")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::read_members(members)
        }
    }

    deserializer.deserialize_map(Members(PhantomData))
}

/// The place of the next key, by a function that knows the places; `None` at the end.
///
/// # Errors
///
/// That of the deserializer.
pub fn next_place<'de, A: MapAccess<'de>>(
    members: &mut A,
    place: fn(&str) -> usize,
) -> Result<Option<usize>, A::Error> {
    members.next_key_seed(PlaceOf(place))
}

/// A text, by its place among those that are known.
pub(super) struct PlaceOf(pub(super) fn(&str) -> usize);

impl<'de> DeserializeSeed<'de> for PlaceOf {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for PlaceOf {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        Ok((self.0)(key))
    }
}

/// A map that keeps the keys that an object does not know.
pub trait OtherMembers: Default + Model {
    /// Its values.
    type Value: Model;

    /// Keeps one.
    fn keep(&mut self, key: String, value: Self::Value);
}

impl<V: Model> OtherMembers for BTreeMap<String, V> {
    type Value = V;

    fn keep(&mut self, key: String, value: V) {
        self.insert(key, value);
    }
}

impl<V: Model, S: BuildHasher + Default> OtherMembers for HashMap<String, V, S> {
    type Value = V;

    fn keep(&mut self, key: String, value: V) {
        self.insert(key, value);
    }
}

impl OtherMembers for serde_json::Map<String, serde_json::Value> {
    type Value = serde_json::Value;

    fn keep(&mut self, key: String, value: serde_json::Value) {
        self.insert(key, value);
    }
}

/// As [`next_place`], with the key itself where its place is not known.
///
/// # Errors
///
/// That of the deserializer.
pub fn next_place_or_key<'de, A: MapAccess<'de>>(
    members: &mut A,
    place: fn(&str) -> usize,
) -> Result<Option<(usize, String)>, A::Error> {
    struct PlaceOrKey(fn(&str) -> usize);

    impl<'de> DeserializeSeed<'de> for PlaceOrKey {
        type Value = (usize, String);

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_identifier(self)
        }
    }

    impl Visitor<'_> for PlaceOrKey {
        type Value = (usize, String);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a key")
        }

        fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
            match (self.0)(key) {
                usize::MAX => Ok((usize::MAX, key.to_owned())),
                place => Ok((place, String::new())),
            }
        }
    }

    members.next_key_seed(PlaceOrKey(place))
}

/// The value of a key.
///
/// # Errors
///
/// That of the deserializer.
pub fn next_member<'de, T: Model, A: MapAccess<'de>>(members: &mut A) -> Result<T, A::Error> {
    members.next_value_seed(ReadSeed::new())
}

/// Passes the value of a key that nobody asks for.
///
/// # Errors
///
/// That of the deserializer.
pub fn skip_member<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(drop)
}

/// The value of a key that must be there.
///
/// # Errors
///
/// Where it is not.
pub fn required<T, E: Error>(member: Option<T>, name: &'static str) -> Result<T, E> {
    member.ok_or_else(|| E::missing_field(name))
}

/// The error of a key that is not known, where that is one.
pub fn unknown_member<E: Error>() -> E {
    E::custom("unknown field")
}

/// Reads one of a few values, as its place.
///
/// # Errors
///
/// Where it is none of them.
pub fn read_choice<'de, D: Deserializer<'de>>(
    choices: &'static Choices,
    deserializer: D,
) -> Result<usize, D::Error> {
    struct OneOf(&'static Choices);

    impl OneOf {
        fn find<E: Error>(self, is_it: impl Fn(&Choice) -> bool) -> Result<usize, E> {
            let place = self.0.values().iter().position(is_it);
            place.ok_or_else(|| E::custom("expected value"))
        }
    }

    impl Visitor<'_> for OneOf {
        type Value = usize;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("enum")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
            self.find(|choice| matches!(choice, Choice::Str(known) if *known == text))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<usize, E> {
            self.find(|choice| *choice == Choice::Int(number))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<usize, E> {
            let number = i64::try_from(number).map_err(|_| E::custom("expected value"))?;
            self.visit_i64(number)
        }

        fn visit_bool<E: Error>(self, flag: bool) -> Result<usize, E> {
            self.find(|choice| *choice == Choice::Bool(flag))
        }
    }

    deserializer.deserialize_any(OneOf(choices))
}

/// Writes one of a few values by its place.
///
/// # Errors
///
/// That of the serializer.
pub fn write_choice<S: Serializer>(
    choices: &'static Choices,
    place: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match choices.values().get(place) {
        Some(Choice::Str(text)) => serializer.serialize_str(text),
        Some(Choice::Int(number)) => serializer.serialize_i64(*number),
        Some(Choice::Bool(flag)) => serializer.serialize_bool(*flag),
        None => Err(serde::ser::Error::custom("no such variant")),
    }
}

/// A value as JSON, for documents; `null` where it cannot be JSON.
pub fn to_json<T: Model>(value: &T) -> serde_json::Value {
    value.write(serde_json::value::Serializer).unwrap_or_default()
}

/// A value of JSON as a model, where it is one.
pub fn from_value<T: Model>(value: serde_json::Value) -> Option<T> {
    super::buffered::deserialize_model(value).ok()
}
