//! JSON of any type that serde reads: its first error, in the words of the models.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, error::Category};
use serde_path_to_error::{Path, Segment, Track};

use super::ends::Ends;
use super::error::JsonError;
use super::excerpt::excerpt;
use super::text::{self, Cursor};
use super::token::Token;
use super::words;
use crate::invalid::Invalid;
use crate::item::ErrorItem;
use crate::loc::Loc;

/// Reads the JSON of any type that serde can read, and nothing behind it.
///
/// # Errors
///
/// [`JsonError`], with the first error alone.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = Track::new();
    let value = T::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = value.and_then(|value| json.end().map(|()| value));
    value.map_err(|error| refused(&track.path(), &error, text))
}

/// What is wrong with a text that serde refused; `path` is how far it came.
pub(super) fn refused(path: &Path, error: &serde_json::Error, text: &str) -> JsonError {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return JsonError::no_json(&error);
    }
    let ends = Ends::of(error);
    JsonError::one(ends.start.clone(), item(path, error, &ends, text))
}

/// What is wrong with text that is JSON.
fn item(path: &Path, error: &serde_json::Error, ends: &Ends, text: &str) -> ErrorItem {
    // serde_json ends its texts with the line and the column, which say nothing about a shape.
    let said = ends.end();
    let said = said
        .rfind(" at line ")
        .and_then(|end| said.get(..end))
        .unwrap_or(said);
    let is_positioned = error.line() > 0;
    let end = if is_positioned {
        text::offset(text, error.line(), error.column())
    } else {
        usize::MAX
    };
    let token = Token::before(text, end).filter(|_| is_positioned);
    let located = match (token, error.classify()) {
        (Some(token), Category::Data) => unknown_field(&token, &ends.start),
        (Some(token), _) => at_token(&token, end, said),
        (None, _) => None,
    };
    located.unwrap_or_else(|| at_path(path, error, said, end, text))
}

/// A key that the type does not know, where that is an error.
fn unknown_field(token: &Token<'_>, said: &str) -> Option<ErrorItem> {
    let is_unknown = token.is_key && said.starts_with("unknown field `");
    is_unknown.then(|| ErrorItem::new(token.loc(), words::unknown_field(), excerpt(token.value_of_key())))
}

/// Where serde_json itself stopped, in a value that it cannot hold; `end` is how far it had read.
fn at_token(token: &Token<'_>, end: usize, said: &str) -> Option<ErrorItem> {
    let is_string = token.raw.starts_with('"');
    let is_number = token
        .raw
        .starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let invalid = match said {
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" if is_string => {
            words::no_unicode()
        }
        "recursion limit exceeded" => words::too_deep(),
        _ if token.is_key => words::no_integer_key(),
        "number out of range" if is_number => words::out_of_range(token.raw),
        // Only the integers of 128 bits are read so.
        "invalid number" => words::no_integer(),
        _ if is_number && end > token.start + 1 && !words::is_integer(token.raw) => words::no_integer(),
        "trailing characters" => {
            let (array, index) = token.array()?;
            let mut loc = token.loc();
            loc.pop();
            let invalid = words::too_long(index, array.clone().count());
            return Some(ErrorItem::new(loc, invalid, excerpt(array)));
        }
        _ => return None,
    };
    let mut loc = token.loc();
    if token.is_key {
        loc.push(Loc::from("[key]"));
    }
    Some(ErrorItem::new(loc, invalid, excerpt(token.cursor.clone())))
}

/// Where the type's own reading stopped.
fn at_path(path: &Path, error: &serde_json::Error, said: &str, end: usize, text: &str) -> ErrorItem {
    let mut cursor = Some(Cursor::new(text));
    let mut loc = Vec::new();
    let last = path.iter().len().saturating_sub(1);
    for (place, segment) in path.iter().enumerate() {
        // A key may stand twice; the siblings are walked once, not at every level.
        let end = if place == last { end } else { usize::MAX };
        match segment {
            Segment::Seq { index } => {
                cursor = cursor.and_then(|cursor| cursor.into_index(*index));
                loc.push(Loc::from(*index));
            }
            Segment::Map { key } => {
                cursor = cursor.and_then(|cursor| cursor.into_key(key, end));
                loc.push(text::name(key.chars()));
            }
            Segment::Enum { variant } => {
                cursor = cursor.map(|cursor| cursor.clone().into_key(variant, usize::MAX).unwrap_or(cursor));
                loc.push(text::name(variant.chars()));
            }
            Segment::Unknown => {}
        }
    }
    let field = said
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    loc.extend(field.map(|field| Loc::from(field.to_owned())));
    let raw = cursor.clone().and_then(Cursor::into_scalar).unwrap_or_default();
    let invalid = match error.classify() {
        Category::Data => words::shape(said, raw),
        _ if said == "expected value" => words::choice_of_enum(),
        _ => Invalid::value_error(said),
    };
    ErrorItem::new(loc, invalid, cursor.map_or(Value::Null, excerpt))
}

#[cfg(test)]
mod shapes {
    use super::*;
    use serde::{Deserialize, de::DeserializeOwned};
    use serde_json::json;

    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Order {
        name: String,
        lines: Vec<Line>,
    }

    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Line {
        count: u8,
        price: f64,
    }

    fn error_of<T: DeserializeOwned>(text: &str) -> JsonError {
        from_json::<T>(text).map(drop).unwrap_err()
    }

    fn error(text: &str) -> JsonError {
        error_of::<Order>(text)
    }

    fn item(text: &str) -> Value {
        serde_json::to_value(error(text).item().unwrap()).unwrap()
    }

    #[test]
    fn another_shape_is_said_as_a_validation_error() {
        assert_eq!(
            item(r#"{"name":"a","lines":[{"count":1,"price":"x"}]}"#),
            json!({"type": "float_type", "loc": ["lines", 0, "price"], "msg": "Input should be a valid number", "input": "x"})
        );
        assert_eq!(
            item(r#"{"name":"a","lines":[{"count":1}]}"#),
            json!({"type": "missing", "loc": ["lines", 0, "price"], "msg": "Field required", "input": {"count": 1}})
        );
        assert_eq!(
            item("3")["msg"],
            "Input should be an object",
            "no name of a type of ours"
        );
        assert_eq!(item(r#"{"name":1,"lines":[]}"#)["type"], "string_type");
        assert_eq!(item(r#"{"name":"a","lines":{}}"#)["type"], "list_type");
        assert_eq!(
            item(r#"{"name":"a","lines":[{"count":"1","price":1}]}"#)["type"],
            "int_type"
        );
        assert_eq!(
            item(r#"{"name":"a","lines":[{"count":256,"price":1}]}"#)["type"],
            "less_than_equal"
        );
    }
}
