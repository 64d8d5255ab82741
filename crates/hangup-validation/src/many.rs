//! Parameters that come several times: lists and sets.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};

use serde_json::Value;

use super::fits::TakesLength;
use super::parameter::parse;
use super::sources::Raw;
use super::{Field, Invalid, Location, Param, Parameter, Reader, Reading, Rules, Sources};

/// The rules of a list are about the list: its items have none.
pub(super) const ITEM: Rules = Rules::new();

impl<T> TakesLength for Vec<T> {}
impl<T> TakesLength for BTreeSet<T> {}
impl<T, S> TakesLength for HashSet<T, S> {}

/// Every value, in the order of the request. None at all is "absent".
///
/// `min_length` and `max_length` count the values. A cookie holds one value only, and one value is not a list
/// (`list_type`).
impl<T: Param> Parameter for Vec<T> {
    type Inner = Self;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
        let (field, sources) = (reader.field, reader.sources);
        let max = field.rules.max_length.unwrap_or(usize::MAX);
        let length = match length(reader, "list_type", "Input should be a valid list") {
            Reading::Valid(length) => length,
            Reading::Invalid => return Reading::Invalid,
            Reading::Absent => return Reading::Absent,
        };
        if length > max {
            let invalid = Invalid::too_long("List", max, Some(length));
            reader.errors.at(field, invalid, inputs(sources, field));
            return Reading::Invalid;
        }
        let mut values = Vec::with_capacity(length);
        let valid = each(reader, |value| {
            values.push(value);
            true
        });
        if !valid {
            return Reading::Invalid;
        }
        match field.rules.min_length {
            Some(min) if length < min => {
                let invalid = Invalid::too_short("List", min, length);
                reader.errors.at(field, invalid, inputs(sources, field));
                Reading::Invalid
            }
            _ => Reading::Valid(values),
        }
    }
}

/// Every value once. `min_length` and `max_length` count what is left without duplicates.
impl<T: Param + Eq + Hash, S: BuildHasher + Default> Parameter for HashSet<T, S> {
    type Inner = Self;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
        set(reader, |set: &mut Self, value| {
            set.insert(value);
            set.len()
        })
    }
}

/// Every value once, in the order of the type. `min_length` and `max_length` count what is left without duplicates.
impl<T: Param + Ord> Parameter for BTreeSet<T> {
    type Inner = Self;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
        set(reader, |set: &mut Self, value| {
            set.insert(value);
            set.len()
        })
    }
}

fn set<C: Default, T: Param>(
    reader: &mut Reader<'_, '_>,
    mut insert: impl FnMut(&mut C, T) -> usize,
) -> Reading<C> {
    let (field, sources) = (reader.field, reader.sources);
    match length(reader, "set_type", "Input should be a valid set") {
        Reading::Valid(_) => {}
        Reading::Invalid => return Reading::Invalid,
        Reading::Absent => return Reading::Absent,
    }
    let max = field.rules.max_length.unwrap_or(usize::MAX);
    let before = reader.errors.len();
    let mut set = C::default();
    let mut length = 0;
    let valid = each(reader, |value| {
        length = insert(&mut set, value);
        length <= max
    });
    if length > max {
        // pydantic stops here and tells of nothing that it saw before.
        reader.errors.truncate(before);
        reader
            .errors
            .at(field, Invalid::too_long("Set", max, None), inputs(sources, field));
        return Reading::Invalid;
    }
    if !valid {
        return Reading::Invalid;
    }
    match field.rules.min_length {
        Some(min) if length < min => {
            reader.errors.at(
                field,
                Invalid::too_short("Set", min, length),
                inputs(sources, field),
            );
            Reading::Invalid
        }
        _ => Reading::Valid(set),
    }
}

/// How many values there are: none is `Absent`, and so is an empty text in a place that holds one value only; any
/// other there is `Invalid`, with this error.
pub(super) fn length(reader: &mut Reader<'_, '_>, kind: &'static str, msg: &'static str) -> Reading<usize> {
    let (field, sources) = (reader.field, reader.sources);
    if let Location::Path | Location::Cookie = field.location {
        let Some(raw) = sources.one(field) else {
            return Reading::Absent;
        };
        // FastAPI asks for the length, and a text has one.
        if raw.decode().is_empty() {
            return Reading::Absent;
        }
        reader.errors.at(field, Invalid::new(kind, msg), raw.input());
        return Reading::Invalid;
    }
    let mut length = 0;
    sources.each(field, |_| length += 1);
    if length == 0 {
        Reading::Absent
    } else {
        Reading::Valid(length)
    }
}

/// Parses every value and hands the good ones to `take`, until it answers `false`. Answers whether all were good.
fn each<T: Param>(reader: &mut Reader<'_, '_>, mut take: impl FnMut(T) -> bool) -> bool {
    let (field, sources) = (reader.field, reader.sources);
    let errors = &mut *reader.errors;
    let before = errors.len();
    let (mut index, mut more) = (0, true);
    sources.each(field, |raw: Raw<'_>| {
        if more {
            match parse(raw, &ITEM) {
                Ok(value) => more = take(value),
                Err(invalid) => errors.at_index(field, index, invalid, raw.input()),
            }
        }
        index += 1;
    });
    more && errors.len() == before
}

/// Every value as it came, for the `input` of an error about all of them.
pub(super) fn inputs(sources: &Sources<'_>, field: &Field) -> Value {
    let mut values = Vec::new();
    sources.each(field, |raw| values.push(raw.input()));
    Value::Array(values)
}
