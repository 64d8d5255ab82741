//! Text that is not the JSON that was asked for.

use std::fmt;

use hangup_protocol::{Close, CloseCode};
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::params::{EndpointContext, ErrorItem, Invalid, Loc, ValidationError};

/// A text message that `recv_json` could not turn into the type that was asked for.
///
/// Text that is no JSON closes with 1007; JSON of another shape with 1008 and the error in the form of a validation
/// error. serde stops at the first error, so there is one.
#[derive(Clone, Debug)]
pub struct JsonError {
    message: String,
    shape: Option<ErrorItem>,
}

impl JsonError {
    pub(crate) fn new(error: &serde_path_to_error::Error<serde_json::Error>, text: &str) -> Self {
        let message = error.to_string();
        if !matches!(error.inner().classify(), serde_json::error::Category::Data) {
            return Self { message, shape: None };
        }
        let said = error.inner().to_string();
        // serde_json ends its texts with the line and the column, which say nothing about a shape.
        let said = said
            .rfind(" at line ")
            .and_then(|end| said.get(..end))
            .unwrap_or(&said);
        let mut input: Value = serde_json::from_str(text).unwrap_or_default();
        let mut loc = Vec::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => {
                    input = input.get_mut(*index).map(Value::take).unwrap_or_default();
                    loc.push(Loc::from(*index));
                }
                Segment::Map { key } => {
                    input = input.get_mut(key).map(Value::take).unwrap_or_default();
                    loc.push(Loc::from(key.clone()));
                }
                Segment::Enum { variant } => loc.push(Loc::from(variant.clone())),
                Segment::Unknown => {}
            }
        }
        if let Some(field) = said
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            loc.push(Loc::from(field.to_owned()));
        }
        Self {
            message,
            shape: Some(ErrorItem::new(loc, invalid(said), input)),
        }
    }

    /// Something stood behind the value.
    pub(crate) fn trailing(error: &serde_json::Error) -> Self {
        Self {
            message: error.to_string(),
            shape: None,
        }
    }

    /// Whether the text was no JSON at all, and not JSON of another shape.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.shape.is_none()
    }

    /// What differs from the shape that was asked for; `None` if the text was no JSON.
    #[must_use]
    pub fn item(&self) -> Option<&ErrorItem> {
        self.shape.as_ref()
    }

    pub(crate) fn to_close(&self) -> Close {
        match &self.shape {
            None => Close::new(CloseCode::INVALID_PAYLOAD, "the text is not JSON"),
            Some(item) => {
                let errors = ValidationError::new(vec![item.clone()], EndpointContext::default());
                Close::new(CloseCode::POLICY_VIOLATION, errors.to_reason())
            }
        }
    }
}

/// What serde says, in the words of pydantic where it has words for it.
fn invalid(said: &str) -> Invalid {
    if said.starts_with("missing field") {
        return Invalid::new("missing", "Field required");
    }
    let expected = said
        .rsplit_once("expected ")
        .map(|(_, expected)| expected)
        .filter(|_| said.starts_with("invalid type"));
    match expected {
        Some("f32" | "f64") => Invalid::new("float_type", "Input should be a valid number"),
        Some("a string" | "a borrowed string" | "a character") => {
            Invalid::new("string_type", "Input should be a valid string")
        }
        Some("a boolean") => Invalid::new("bool_type", "Input should be a valid boolean"),
        Some(integer) if is_integer(integer) => Invalid::new("int_type", "Input should be a valid integer"),
        Some(model) if model.starts_with("struct ") || model.starts_with("a map") => {
            Invalid::new("model_type", "Input should be a valid dictionary or object")
        }
        Some(choice) if choice.starts_with("enum ") || choice.starts_with("variant ") => {
            Invalid::new("enum", "Input should be one of the expected values")
        }
        Some(list) if list.starts_with("a sequence") => {
            Invalid::new("list_type", "Input should be a valid list")
        }
        _ => Invalid::new("value_error", said.to_owned()),
    }
}

fn is_integer(expected: &str) -> bool {
    let digits = expected.strip_prefix(['u', 'i']);
    digits.is_some_and(|digits| matches!(digits, "8" | "16" | "32" | "64" | "128" | "size"))
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shape {
            None => write!(f, "the text is not JSON: {}", self.message),
            Some(_) => write!(f, "the JSON has another shape: {}", self.message),
        }
    }
}

impl std::error::Error for JsonError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
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

    fn error(text: &str) -> JsonError {
        let mut json = serde_json::Deserializer::from_str(text);
        JsonError::new(
            &serde_path_to_error::deserialize::<_, Order>(&mut json).unwrap_err(),
            text,
        )
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
            "Input should be a valid dictionary or object",
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
            "value_error"
        );
    }

    #[test]
    fn a_shape_closes_with_1008_and_json_and_no_json_with_1007() {
        let close = error(r#"{"name":"a"}"#).to_close();
        assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
        let reason: Value = serde_json::from_str(close.reason()).unwrap();
        assert_eq!(reason[0]["type"], "missing");
        let close = error(r#"{"name":"#).to_close();
        assert_eq!(close.code(), CloseCode::INVALID_PAYLOAD);
    }
}
