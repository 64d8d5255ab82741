//! Parameters that come a fixed number of times, each with its own type.

use serde_json::Value;
use smallvec::SmallVec;

use crate::invalid::Invalid;
use crate::json;
use crate::many::{ITEM, count_values, inputs, report_all};
use crate::param::Param;
use crate::parameter::{Parameter, Reader, Reading, Reported, parse};
use crate::rules::Rules;
use crate::sources::Raw;

macro_rules! tuple {
    ($count:literal: $($type:ident $index:tt),+) => {
        /// Exactly so many values: fewer are `missing` each, more are `too_long`.
        impl<$($type: Param),+> Parameter for ($($type,)+) {
            type Inner = Self;

            fn read(reader: &mut Reader<'_, '_>) -> Reading<Self> {
                let Some(values) = values(reader, $count)? else {
                    return Ok(None);
                };
                let read = ($(item::<$type>(reader, &values, $index),)+);
                Ok(Some(($(read.$index?,)+)))
            }

            fn schema(_: &Rules) -> Value {
                json::tuple(vec![$($type::json_schema(&ITEM)),+])
            }

            fn as_default(&self) -> Option<Value> {
                Some(Value::Array(vec![$(self.$index.to_json()?),+]))
            }
        }
    };
}

tuple!(1: A 0);
tuple!(2: A 0, B 1);
tuple!(3: A 0, B 1, C 2);
tuple!(4: A 0, B 1, C 2, D 3);
tuple!(5: A 0, B 1, C 2, D 3, E 4);
tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);

/// The values, if there are not more than `count`.
fn values<'r>(reader: &mut Reader<'_, 'r>, count: usize) -> Reading<SmallVec<[Raw<'r>; 6]>> {
    let Some(length) = count_values(reader, "tuple_type", "Input should be a valid tuple")? else {
        return Ok(None);
    };
    if length > count {
        let invalid = Invalid::too_long("Tuple", count, Some(length));
        return Err(report_all(reader, invalid));
    }
    let mut values = SmallVec::new();
    reader.sources.each(reader.field, |raw| values.push(raw));
    Ok(Some(values))
}

/// The value at one place.
fn item<T: Param>(reader: &mut Reader<'_, '_>, values: &[Raw<'_>], index: usize) -> Result<T, Reported> {
    let Some(raw) = values.get(index) else {
        let input = inputs(reader.sources, reader.field);
        return Err(reader.report_at(index, Invalid::missing(), input));
    };
    parse(*raw, &ITEM).map_err(|invalid| reader.report_at(index, invalid, raw.input()))
}
