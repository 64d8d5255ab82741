//! Parameters that come a fixed number of times, each with its own type.

use smallvec::SmallVec;

use super::many::{ITEM, inputs, length};
use super::parameter::parse;
use super::sources::Raw;
use super::{Invalid, Param, Parameter, Reader, Reading};

macro_rules! tuple {
    ($count:literal: $($type:ident $index:tt),+) => {
        /// Exactly so many values: fewer are `missing` each, more are `too_long`.
        impl<$($type: Param),+> Parameter for ($($type,)+) {
            type Inner = Self;

            fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
                let values = match values(reader, $count) {
                    Reading::Valid(values) => values,
                    Reading::Invalid => return Reading::Invalid,
                    Reading::Absent => return Reading::Absent,
                };
                let read = ($(item::<$type>(reader, &values, $index),)+);
                match read {
                    ($(Some($type),)+) => Reading::Valid(($($type,)+)),
                    _ => Reading::Invalid,
                }
            }
        }
    };
}

#[allow(non_snake_case, reason = "the variables of the macro are its type parameters")]
mod impls {
    use super::*;

    tuple!(1: A 0);
    tuple!(2: A 0, B 1);
    tuple!(3: A 0, B 1, C 2);
    tuple!(4: A 0, B 1, C 2, D 3);
    tuple!(5: A 0, B 1, C 2, D 3, E 4);
    tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);
}

/// The values, if there are not more than `count`.
fn values<'r>(reader: &mut Reader<'_, 'r>, count: usize) -> Reading<SmallVec<[Raw<'r>; 6]>> {
    let (field, sources) = (reader.field, reader.sources);
    let length = match length(reader, "tuple_type", "Input should be a valid tuple") {
        Reading::Valid(length) => length,
        Reading::Invalid => return Reading::Invalid,
        Reading::Absent => return Reading::Absent,
    };
    if length > count {
        reader.errors.at(
            field,
            Invalid::too_long("Tuple", count, Some(length)),
            inputs(sources, field),
        );
        return Reading::Invalid;
    }
    let mut values = SmallVec::new();
    sources.each(field, |raw| values.push(raw));
    Reading::Valid(values)
}

/// The value at one place.
fn item<T: Param>(reader: &mut Reader<'_, '_>, values: &[Raw<'_>], index: usize) -> Option<T> {
    let field = reader.field;
    let Some(raw) = values.get(index) else {
        reader
            .errors
            .at_index(field, index, Invalid::missing(), inputs(reader.sources, field));
        return None;
    };
    match parse(*raw, &ITEM) {
        Ok(value) => Some(value),
        Err(invalid) => {
            reader.errors.at_index(field, index, invalid, raw.input());
            None
        }
    }
}
