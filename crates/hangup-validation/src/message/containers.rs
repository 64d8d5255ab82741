//! The models that hold others: `Option`, `Box`, lists, sets, arrays, maps and tuples.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use serde::de::{Deserialize, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeTuple};
use serde::{Deserializer, Serializer};

use super::model::{Model, ReadSeed, Written};
use super::schema::{Schema, SchemaOf, Shape};
use crate::invalid::Invalid;
use crate::param::Param;
use crate::rules::Rules;

const NONE: Rules = Rules::new();

/// Allocated ahead for what a format announces, in elements: JSON announces nothing, MessagePack whatever it likes.
const MOST_AHEAD: usize = 64;

impl<T: Model> Model for Option<T> {
    fn schema() -> &'static Schema {
        const { &Schema::new(Shape::Nullable(T::schema)) }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Optional<T>(PhantomData<T>);

        impl<'de, T: Model> Visitor<'de> for Optional<T> {
            type Value = Option<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("option")
            }

            fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                T::read(deserializer).map(Some)
            }
        }

        deserializer.deserialize_option(Optional(PhantomData))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serializer.serialize_some(&Written(value)),
            None => serializer.serialize_none(),
        }
    }

    fn obeys(&self, rules: &Rules) -> bool {
        self.as_ref().is_none_or(|value| value.obeys(rules))
    }
}

impl<T: Model> Model for Box<T> {
    fn schema() -> &'static Schema {
        T::schema()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self::new)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::write(self, serializer)
    }

    fn obeys(&self, rules: &Rules) -> bool {
        T::obeys(self, rules)
    }
}

fn is_within(length: usize, rules: &Rules) -> bool {
    rules.min_length.is_none_or(|min| length >= min) && rules.max_length.is_none_or(|max| length <= max)
}

/// A collection of an array's elements.
trait Collected<T>: Sized {
    fn with_capacity(capacity: usize) -> Self;
    fn add(&mut self, value: T);
}

impl<T> Collected<T> for Vec<T> {
    fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity(capacity)
    }

    fn add(&mut self, value: T) {
        self.push(value);
    }
}

impl<T: Eq + Hash, S: BuildHasher + Default> Collected<T> for HashSet<T, S> {
    fn with_capacity(_: usize) -> Self {
        Self::default()
    }

    fn add(&mut self, value: T) {
        self.insert(value);
    }
}

impl<T: Ord> Collected<T> for BTreeSet<T> {
    fn with_capacity(_: usize) -> Self {
        Self::new()
    }

    fn add(&mut self, value: T) {
        self.insert(value);
    }
}

struct Elements<C, T>(PhantomData<(C, T)>);

impl<'de, T: Model, C: Collected<T>> Visitor<'de> for Elements<C, T> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<C, A::Error> {
        let mut collected = C::with_capacity(elements.size_hint().unwrap_or(0).min(MOST_AHEAD));
        while let Some(element) = elements.next_element_seed(ReadSeed::<T>::new())? {
            collected.add(element);
        }
        Ok(collected)
    }
}

macro_rules! collection {
    ([$($parameter:ident: $($bound:path),*);*] $type:ty, $shape:ident) => {
        impl<$($parameter: $($bound +)* Sized),*> Model for $type {
            fn schema() -> &'static Schema {
                const { &Schema::new(Shape::$shape(T::schema)) }
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_seq(Elements::<Self, T>(PhantomData))
            }

            fn write<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
                serializer.collect_seq(self.iter().map(Written))
            }

            fn obeys(&self, rules: &Rules) -> bool {
                is_within(self.len(), rules) && self.iter().all(|element| element.obeys(&NONE))
            }
        }
    };
}

collection!([T: Model] Vec<T>, List);
collection!([T: Model, Ord] BTreeSet<T>, Set);
collection!([T: Model, Eq, Hash; S: BuildHasher, Default] HashSet<T, S>, Set);

impl<T: Model, const N: usize> Model for [T; N] {
    fn schema() -> &'static Schema {
        const { &Schema::new(Shape::Array(T::schema, N)) }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Places<T, const N: usize>(PhantomData<T>);

        impl<'de, T: Model, const N: usize> Visitor<'de> for Places<T, N> {
            type Value = [T; N];

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a sequence of {N} elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<[T; N], A::Error> {
                let mut values = Vec::with_capacity(N.min(MOST_AHEAD));
                while values.len() < N
                    && let Some(element) = elements.next_element_seed(ReadSeed::<T>::new())?
                {
                    values.push(element);
                }
                let count = values.len();
                values
                    .try_into()
                    .map_err(|_| Error::invalid_length(count, &format!("{N} elements").as_str()))
            }
        }

        deserializer.deserialize_tuple(N, Places(PhantomData))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut places = serializer.serialize_tuple(N)?;
        for value in self {
            places.serialize_element(&Written(value))?;
        }
        places.end()
    }

    fn obeys(&self, _: &Rules) -> bool {
        self.iter().all(|element| element.obeys(&NONE))
    }
}

/// A key of a map: any type of parameters that is a model.
struct ReadKey<K>(PhantomData<K>);

impl<'de, K: Param> serde::de::DeserializeSeed<'de> for ReadKey<K> {
    type Value = K;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<K: Param> Visitor<'_> for ReadKey<K> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<K, E> {
        K::parse(text, &NONE.of_json()).map_err(|invalid| E::custom(invalid.msg))
    }
}

/// A collection of an object's entries.
trait Keyed<K, V>: Default {
    fn add(&mut self, key: K, value: V);
}

impl<K: Eq + Hash, V, S: BuildHasher + Default> Keyed<K, V> for HashMap<K, V, S> {
    fn add(&mut self, key: K, value: V) {
        self.insert(key, value);
    }
}

impl<K: Ord, V> Keyed<K, V> for BTreeMap<K, V> {
    fn add(&mut self, key: K, value: V) {
        self.insert(key, value);
    }
}

struct Entries<C, K, V>(PhantomData<(C, K, V)>);

impl<'de, K: Param, V: Model, C: Keyed<K, V>> Visitor<'de> for Entries<C, K, V> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<C, A::Error> {
        let mut collected = C::default();
        while let Some(key) = entries.next_key_seed(ReadKey::<K>(PhantomData))? {
            collected.add(key, entries.next_value_seed(ReadSeed::<V>::new())?);
        }
        Ok(collected)
    }
}

fn check_key<K: Param>(text: &str) -> Result<(), Invalid> {
    K::parse(text, &NONE.of_json()).map(drop)
}

macro_rules! map {
    ([$($parameter:ident: $($bound:path),*);*] $type:ty) => {
        impl<$($parameter: $($bound +)* Sized),*> Model for $type {
            fn schema() -> &'static Schema {
                const {
                    &Schema::new(Shape::Map {
                        keys: K::schema,
                        check_key: check_key::<K>,
                        values: V::schema,
                    })
                }
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(Entries::<Self, K, V>(PhantomData))
            }

            fn write<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
                let mut entries = serializer.serialize_map(Some(self.len()))?;
                for (key, value) in self {
                    entries.serialize_entry(&Written(key), &Written(value))?;
                }
                entries.end()
            }

            fn write_members<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
                for (key, value) in self {
                    members.serialize_entry(&Written(key), &Written(value))?;
                }
                Ok(())
            }

            fn obeys(&self, rules: &Rules) -> bool {
                is_within(self.len(), rules) && self.values().all(|value| value.obeys(&NONE))
            }
        }
    };
}

map!([K: Model, Param, Ord; V: Model] BTreeMap<K, V>);
map!([K: Model, Param, Eq, Hash; V: Model; S: BuildHasher, Default] HashMap<K, V, S>);

impl Model for serde_json::Map<String, serde_json::Value> {
    fn schema() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::Map {
            keys: String::schema,
            check_key: check_key::<String>,
            values: serde_json::Value::schema,
        });
        &SCHEMA
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(self, serializer)
    }

    fn write_members<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        self.iter()
            .try_for_each(|(key, value)| members.serialize_entry(key, value))
    }

    fn obeys(&self, rules: &Rules) -> bool {
        is_within(self.len(), rules)
    }
}

macro_rules! tuple {
    ($count:literal: $($type:ident $value:ident),+) => {
        impl<$($type: Model),+> Model for ($($type,)+) {
            fn schema() -> &'static Schema {
                const { &Schema::new(Shape::Tuple(const { &[$($type::schema as SchemaOf),+] })) }
            }

            fn read<'de, De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
                struct Places<$($type),+>(PhantomData<($($type,)+)>);

                impl<'de, $($type: Model),+> Visitor<'de> for Places<$($type),+> {
                    type Value = ($($type,)+);

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a sequence of ", $count, " elements"))
                    }

                    fn visit_seq<Seq: SeqAccess<'de>>(self, mut elements: Seq) -> Result<Self::Value, Seq::Error> {
                        $(let Some($value) = elements.next_element_seed(ReadSeed::<$type>::new())? else {
                            return Err(Error::custom(concat!("fewer than ", $count, " elements")));
                        };)+
                        Ok(($($value,)+))
                    }
                }

                deserializer.deserialize_tuple($count, Places::<$($type),+>(PhantomData))
            }

            fn write<Ser: Serializer>(&self, serializer: Ser) -> Result<Ser::Ok, Ser::Error> {
                let ($($value,)+) = self;
                let mut places = serializer.serialize_tuple($count)?;
                $(places.serialize_element(&Written($value))?;)+
                places.end()
            }

            fn obeys(&self, _: &Rules) -> bool {
                let ($($value,)+) = self;
                $($value.obeys(&NONE))&&+
            }
        }
    };
}

tuple!(1: A a);
tuple!(2: A a, B b);
tuple!(3: A a, B b, C c);
tuple!(4: A a, B b, C c, D d);
tuple!(5: A a, B b, C c, D d, E e);
tuple!(6: A a, B b, C c, D d, E e, F f);
tuple!(7: A a, B b, C c, D d, E e, F f, G g);
tuple!(8: A a, B b, C c, D d, E e, F f, G g, H h);
