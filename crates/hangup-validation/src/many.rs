//! Repeated parameters: lists and sets.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::ops::ControlFlow;

use serde_json::Value;

use crate::field::{Field, Location};
use crate::fits::TakesLength;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::parameter::{Parameter, Reader, Reading, Reported, parse};
use crate::rules::Rules;
use crate::sources::{Raw, Sources};

/// The rules of a list are about the list: its items have none.
pub(super) const ITEM: Rules = Rules::new();

impl<T> TakesLength for Vec<T> {}
impl<T> TakesLength for BTreeSet<T> {}
impl<T, S> TakesLength for HashSet<T, S> {}
impl<K, V> TakesLength for BTreeMap<K, V> {}
impl<K, V, S> TakesLength for HashMap<K, V, S> {}

/// Every value, in the order of the request. None at all is "absent".
///
/// `min_length` and `max_length` count the values. A cookie holds one value only, and one value is not a list
/// (`list_type`).
impl<T: Param> Parameter for Vec<T> {
    type Inner = Self;

    fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
        let Some(length) = count_values(reader, "list_type", "Input should be a valid list")? else {
            return Ok(None);
        };
        let max = reader.field.rules.max_length.unwrap_or(usize::MAX);
        if length > max {
            let invalid = Invalid::too_long("List", max, Some(length));
            return Err(report_all(reader, invalid));
        }
        let mut values = Vec::with_capacity(length);
        each(reader, |value| {
            values.push(value);
            ControlFlow::Continue(())
        })?;
        check_min(reader, "List", length)?;
        Ok(Some(values))
    }

    fn schema(rules: &Rules) -> Value {
        json::list(T::json_schema(&ITEM), rules).into()
    }

    fn as_default(&self) -> Option<Value> {
        shown(self)
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

    fn schema(rules: &Rules) -> Value {
        set_schema::<T>(rules)
    }

    fn as_default(&self) -> Option<Value> {
        shown(self)
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

    fn schema(rules: &Rules) -> Value {
        set_schema::<T>(rules)
    }

    fn as_default(&self) -> Option<Value> {
        shown(self)
    }
}

fn set_schema<T: Param>(rules: &Rules) -> Value {
    let mut schema = json::list(T::json_schema(&ITEM), rules);
    schema.insert("uniqueItems".to_owned(), true.into());
    schema.into()
}

/// All values, where each can be shown.
fn shown<'v, T: Param + 'v>(values: impl IntoIterator<Item = &'v T>) -> Option<Value> {
    values.into_iter().map(Param::to_json).collect()
}

fn set<C: Default, T: Param>(
    reader: &mut Reader<'_, '_>,
    mut insert: impl FnMut(&mut C, T) -> usize,
) -> Reading<C> {
    if count_values(reader, "set_type", "Input should be a valid set")?.is_none() {
        return Ok(None);
    }
    let max = reader.field.rules.max_length.unwrap_or(usize::MAX);
    let before = reader.error_count();
    let mut set = C::default();
    let mut length = 0;
    let read = each(reader, |value| {
        length = insert(&mut set, value);
        if length > max {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    if length > max {
        // pydantic stops here and tells of nothing that it saw before.
        reader.retract(before);
        return Err(report_all(reader, Invalid::too_long("Set", max, None)));
    }
    read?;
    check_min(reader, "Set", length)?;
    Ok(Some(set))
}

/// Reports a list or set of fewer values than `min_length`.
fn check_min(reader: &mut Reader<'_, '_>, kind: &'static str, length: usize) -> Result<(), Reported> {
    match reader.field.rules.min_length {
        Some(min) if length < min => Err(report_all(reader, Invalid::too_short(kind, min, length))),
        _ => Ok(()),
    }
}

/// How many values there are, at least one. An empty text in a place that holds one value only counts as absent; any
/// other value there is reported with this error.
pub(super) fn count_values(
    reader: &mut Reader<'_, '_>,
    kind: &'static str,
    msg: &'static str,
) -> Reading<usize> {
    let (field, sources) = (reader.field, reader.sources);
    if let Location::Path | Location::Cookie = field.location {
        // FastAPI asks for the length, and a text has one.
        return match sources.one(field).filter(|raw| !raw.decode().is_empty()) {
            Some(raw) => Err(reader.report(Invalid::new(kind, msg), raw.input())),
            None => Ok(None),
        };
    }
    let mut length = 0;
    sources.each(field, |_| length += 1);
    Ok((length > 0).then_some(length))
}

/// Parses every value and hands the good ones to `take`, until it breaks. Each bad one is reported.
fn each<T: Param>(
    reader: &mut Reader<'_, '_>,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), Reported> {
    let (field, sources) = (reader.field, reader.sources);
    let mut read = Ok(());
    let mut flow = ControlFlow::Continue(());
    let mut index = 0;
    sources.each(field, |raw: Raw<'_>| {
        if flow.is_continue() {
            match parse(raw, &ITEM) {
                Ok(value) => flow = take(value),
                Err(invalid) => read = Err(reader.report_at(index, invalid, raw.input())),
            }
        }
        index += 1;
    });
    read
}

/// Reports an error about all values.
pub(super) fn report_all(reader: &mut Reader<'_, '_>, invalid: Invalid) -> Reported {
    let input = inputs(reader.sources, reader.field);
    reader.report(invalid, input)
}

/// Every value as it came, for the `input` of an error about all of them.
pub(super) fn inputs(sources: &Sources<'_>, field: &Field) -> Value {
    let mut values = Vec::new();
    sources.each(field, |raw| values.push(raw.input()));
    Value::Array(values)
}
