//! What `#[hangup::model]` writes for enums with data, and the reading that they share: the tag first, nothing buffered
//! where it stands first.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::buffered::Buffered;
use super::members::PlaceOf;
use super::model::Model;

/// Stands for no variant.
const NONE: usize = usize::MAX;

/// A model that has one of several shapes.
pub trait UnionModel: Model {
    /// How many variants there are.
    const COUNT: usize;

    /// The place of a variant by its name on the wire; `usize::MAX` where there is none.
    fn place(name: &str) -> usize;

    /// The variant at a place, if it has no data.
    fn unit(place: usize) -> Option<Self>;

    /// Reads the data of the variant at a place.
    ///
    /// # Errors
    ///
    /// That of the deserializer.
    fn read_variant<'de, D: Deserializer<'de>>(place: usize, deserializer: D) -> Result<Self, D::Error>;
}

fn read_data<'de, T: UnionModel, D: Deserializer<'de>>(place: usize, deserializer: D) -> Result<T, D::Error> {
    match T::unit(place) {
        Some(unit) => IgnoredAny::deserialize(deserializer).map(|_| unit),
        None => T::read_variant(place, deserializer),
    }
}

fn unknown_tag<E: Error>() -> E {
    E::custom("unknown variant")
}

/// Reads an object of which one key says the variant. What stands before that key is kept until then.
///
/// # Errors
///
/// That of the deserializer, or a tag that is missing or unknown.
pub fn read_internal<'de, T: UnionModel, D: Deserializer<'de>>(
    tag: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    struct Tagged<T>(&'static str, PhantomData<T>);

    impl<'de, T: UnionModel> Visitor<'de> for Tagged<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
            let mut before = Vec::new();
            loop {
                match members.next_key_seed(KeyOr(self.0))? {
                    Some(Key::Tag) => {
                        let place = next_tag::<T, A>(&mut members)?;
                        if before.is_empty() {
                            return read_data(place, MapAccessDeserializer::new(members));
                        }
                        let members = Replayed {
                            before: before.into_iter(),
                            value: None,
                            members,
                        };
                        return read_data(place, MapAccessDeserializer::new(members));
                    }
                    Some(Key::Other(key)) => before.push((key, Buffered::next(&mut members)?)),
                    None => return Err(Error::missing_field(self.0)),
                }
            }
        }
    }

    deserializer.deserialize_map(Tagged(tag, PhantomData))
}

fn next_tag<'de, T: UnionModel, A: MapAccess<'de>>(members: &mut A) -> Result<usize, A::Error> {
    match members.next_value_seed(PlaceOf(T::place))? {
        NONE => Err(unknown_tag()),
        place => Ok(place),
    }
}

/// Reads an object of which one key says the variant and another has its data, in any order.
///
/// # Errors
///
/// As [`read_internal`].
pub fn read_adjacent<'de, T: UnionModel, D: Deserializer<'de>>(
    tag: &'static str,
    content: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    struct Adjacent<T>(&'static str, &'static str, PhantomData<T>);

    impl<'de, T: UnionModel> Visitor<'de> for Adjacent<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
            let (mut place, mut value, mut early) = (None, None, None);
            while let Some(key) = members.next_key_seed(KeyOr(self.0))? {
                match key {
                    Key::Tag => place = Some(next_tag::<T, A>(&mut members)?),
                    Key::Other(key) if key == self.1 => match place {
                        Some(place) => value = Some(members.next_value_seed(DataOf(place, PhantomData))?),
                        None => early = Some(Buffered::next(&mut members)?),
                    },
                    Key::Other(_) => {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
            }
            let place = place.ok_or_else(|| A::Error::missing_field(self.0))?;
            match (value, early, T::unit(place)) {
                (Some(value), ..) | (None, None, Some(value)) => Ok(value),
                (None, Some(early), _) => early.read(DataOf(place, PhantomData)),
                (None, None, None) => Err(Error::missing_field(self.1)),
            }
        }
    }

    deserializer.deserialize_map(Adjacent(tag, content, PhantomData))
}

/// Reads an object whose only key says the variant, or the name of a variant without data.
///
/// # Errors
///
/// As [`read_internal`].
pub fn read_external<'de, T: UnionModel, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct External<T>(PhantomData<T>);

    impl<'de, T: UnionModel> Visitor<'de> for External<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map or a string")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
            T::unit(T::place(name)).ok_or_else(unknown_tag)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
            let place = members.next_key_seed(PlaceOf(T::place))?;
            let Some(place) = place.filter(|place| *place != NONE) else {
                return Err(unknown_tag());
            };
            let value = match T::unit(place) {
                Some(unit) => members.next_value::<()>().map(|()| unit)?,
                None => members.next_value_seed(DataOf(place, PhantomData))?,
            };
            match members.next_key::<IgnoredAny>()? {
                None => Ok(value),
                Some(_) => Err(Error::custom("more than one key")),
            }
        }
    }

    deserializer.deserialize_any(External(PhantomData))
}

/// Reads the first variant that fits.
///
/// # Errors
///
/// Where none does.
pub fn read_untagged<'de, T: UnionModel, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Buffered::whole(deserializer)?;
    let mut variants = 0..T::COUNT;
    let fits = variants.find_map(|place| {
        let read = match T::unit(place) {
            Some(unit) => value.again::<_, D::Error>(PhantomData::<()>).map(|()| unit),
            None => value.again(DataOf::<T>(place, PhantomData)),
        };
        read.ok().filter(|value| value.obeys(&crate::rules::Rules::new()))
    });
    fits.ok_or_else(|| Error::custom("no variant fits"))
}

/// The data of the variant at a place.
struct DataOf<T>(usize, PhantomData<T>);

impl<'de, T: UnionModel> DeserializeSeed<'de> for DataOf<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        read_data(self.0, deserializer)
    }
}

enum Key {
    Tag,
    Other(String),
}

/// The key of the tag, or another.
struct KeyOr(&'static str);

impl<'de> DeserializeSeed<'de> for KeyOr {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyOr {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        Ok(if key == self.0 {
            Key::Tag
        } else {
            Key::Other(key.to_owned())
        })
    }
}

/// The members before the tag, then those behind it.
struct Replayed<'de, A> {
    before: std::vec::IntoIter<(String, Buffered<'de>)>,
    value: Option<Buffered<'de>>,
    members: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replayed<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.before.next() {
            Some((key, value)) => {
                self.value = Some(value);
                seed.deserialize(serde::de::value::StringDeserializer::new(key))
                    .map(Some)
            }
            None => self.members.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => value.read(seed),
            None => self.members.next_value_seed(seed),
        }
    }
}
