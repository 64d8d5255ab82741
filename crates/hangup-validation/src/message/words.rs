//! What serde says of JSON that does not fit, in the words of pydantic where it has words for it.

use serde_json::Value;

use crate::invalid::Invalid;

/// What a visitor of the type said about a value, which stands in the text as `raw`.
pub(super) fn shape(said: &str, raw: &str) -> Invalid {
    if said.starts_with("missing field") {
        return Invalid::new("missing", "Field required");
    }
    let is_about_type = said.starts_with("invalid type");
    let expected = said
        .rsplit_once("expected ")
        .map(|(_, expected)| expected)
        .filter(|_| is_about_type || said.starts_with("invalid value: "));
    match expected {
        Some(expected) if limits(expected).is_some() && is_integer(raw) => integer(raw, Some(expected)),
        Some("f32" | "f64") if is_about_type => no_number(),
        Some("a string" | "a borrowed string" | "a character") if is_about_type => {
            Invalid::new("string_type", "Input should be a valid string")
        }
        Some("a boolean") if is_about_type => Invalid::new("bool_type", "Input should be a valid boolean"),
        Some(expected) if is_about_type && limits(expected).is_some() => no_integer(),
        Some(model) if is_about_type && (model.starts_with("struct ") || model.starts_with("a map")) => {
            Invalid::new("model_type", "Input should be an object")
        }
        Some(choice) if is_about_type && (choice.starts_with("enum ") || choice.starts_with("variant ")) => {
            choice_of_enum()
        }
        Some(list) if is_about_type && list.starts_with("a sequence") => {
            Invalid::new("list_type", "Input should be a valid array")
        }
        _ => Invalid::value_error(said),
    }
}

/// What is no object, where no type has a name.
pub(super) fn no_object() -> Invalid {
    Invalid::new("dict_type", "Input should be an object")
}

/// What is no number.
pub(super) fn no_number() -> Invalid {
    Invalid::new("float_type", "Input should be a valid number")
}

/// What is no integer.
pub(super) fn no_integer() -> Invalid {
    Invalid::new("int_type", "Input should be a valid integer")
}

/// A key that is no number.
pub(super) fn no_integer_key() -> Invalid {
    let msg = "Input should be a valid integer, unable to parse string as an integer";
    Invalid::new("int_parsing", msg)
}

pub(super) fn choice_of_enum() -> Invalid {
    Invalid::new("enum", "Input should be one of the expected values")
}

pub(super) fn unknown_field() -> Invalid {
    Invalid::new("extra_forbidden", "Extra inputs are not permitted")
}

/// A string that is no Unicode: half a surrogate pair.
pub(super) fn no_unicode() -> Invalid {
    let msg = "Input should be a valid string, unable to parse raw data as a unicode string";
    Invalid::new("string_unicode", msg)
}

/// Nesting deeper than it is read: pydantic's type, although it is JSON.
pub(super) fn too_deep() -> Invalid {
    let error = "recursion limit exceeded";
    Invalid::new("json_invalid", format!("Invalid JSON: {error}")).with_ctx("error", error)
}

/// A message for which the search for errors ended early.
pub(super) fn too_complex() -> Invalid {
    Invalid::value_error("the message is too complex to list all of its errors")
}

/// A fixed number of elements, and more of them.
pub(super) fn too_long(max: usize, actual: usize) -> Invalid {
    let plural = if max == 1 { "" } else { "s" };
    let msg = format!("Tuple should have at most {max} item{plural} after validation, not {actual}");
    Invalid::new("too_long", msg)
        .with_ctx("field_type", "Tuple")
        .with_ctx("max_length", max)
        .with_ctx("actual_length", actual)
}

/// A number that serde_json cannot hold in what was asked for.
pub(super) fn out_of_range(raw: &str) -> Invalid {
    match raw.parse::<f64>() {
        Ok(value) if value.is_infinite() => Invalid::new("finite_number", "Input should be a finite number"),
        _ if !is_integer(raw) => no_integer(),
        // It was not in the range of one of the two types of 128 bits: it tells which where the other holds it.
        _ if raw.parse::<i128>().is_ok() => integer(raw, Some("u128")),
        _ if raw.parse::<u128>().is_ok() => integer(raw, Some("i128")),
        _ => integer(raw, None),
    }
}

/// An integer beyond the limits of a type, as if they were declared as `ge` and `le`.
fn integer(raw: &str, expected: Option<&str>) -> Invalid {
    let Some((min, max)) = expected.and_then(limits) else {
        let msg = "Unable to parse input string as an integer, exceeded maximum size";
        return Invalid::new("int_parsing_size", msg);
    };
    if raw.starts_with('-') {
        let msg = format!("Input should be greater than or equal to {min}");
        let bound = i64::try_from(min).map_or_else(|_| Value::from(min as f64), Value::from);
        Invalid::new("greater_than_equal", msg).with_ctx("ge", bound)
    } else {
        let msg = format!("Input should be less than or equal to {max}");
        let bound = u64::try_from(max).map_or_else(|_| Value::from(max as f64), Value::from);
        Invalid::new("less_than_equal", msg).with_ctx("le", bound)
    }
}

/// Whether a value is an integer as JSON writes one: without a fraction and an exponent.
pub(super) fn is_integer(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The limits of an integer type, by the name that serde gives it.
fn limits(name: &str) -> Option<(i128, u128)> {
    macro_rules! of {
        ($($type:ty)*) => {
            match name {
                $(stringify!($type) => Some((<$type>::MIN as i128, <$type>::MAX as u128)),)*
                _ => None,
            }
        };
    }
    of!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize)
}
