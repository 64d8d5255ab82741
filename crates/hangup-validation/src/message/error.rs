//! `JsonError`: text that is not the JSON that was asked for.

use std::fmt;

use super::ends::Ends;
use crate::bounds::MAX_MESSAGE_TEXT;
use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::invalid::Invalid;
use crate::item::ErrorItem;

/// A text message that could not be read as the type that was asked for.
///
/// Text that is no JSON by the grammar of RFC 8259 closes with 1007, wherever the mistake is; JSON of another shape,
/// or of a value that cannot be represented (a number beyond `f64`, half a surrogate pair, more than 127 levels of nesting), with
/// 1008 and the errors in the form of validation errors. A [`Model`](super::Model) has all of them; for any other type
/// serde stops at the first, so there is one.
///
/// The error is small whatever the message was: it holds cut copies of its values, see [`bounds`](crate::bounds), and at
/// most 512 bytes of what serde said.
#[derive(Clone, Debug)]
pub struct JsonError {
    message: String,
    errors: Option<Box<ValidationError>>,
}

impl JsonError {
    pub(super) fn no_json(error: &serde_json::Error) -> Self {
        Self {
            message: error.to_string(),
            errors: None,
        }
    }

    /// A message that is none of its encoding, whatever that is. What `error` says is cut to 512 bytes.
    pub fn undecodable(error: &dyn fmt::Display) -> Self {
        Self {
            message: Ends::of(&error).start,
            errors: None,
        }
    }

    /// All errors, that of a text which is no JSON among them: `json_invalid`, as pydantic calls it.
    #[must_use]
    pub fn to_errors(&self, text: &str) -> ValidationError {
        if let Some(errors) = &self.errors {
            return ValidationError::clone(errors);
        }
        let message = &self.message;
        let invalid = Invalid::new("json_invalid", format!("Invalid JSON: {message}"))
            .with_ctx("error", message.clone());
        let start: String = text.chars().take(MAX_MESSAGE_TEXT / 4).collect();
        let item = ErrorItem::new(Vec::new(), invalid, start.into());
        ValidationError::new(vec![item], EndpointContext::default())
    }

    pub(super) fn of_shape(message: String, errors: ValidationError) -> Self {
        Self {
            message,
            errors: Some(Box::new(errors)),
        }
    }

    pub(super) fn one(message: String, item: ErrorItem) -> Self {
        Self::of_shape(
            message,
            ValidationError::new(vec![item], EndpointContext::default()),
        )
    }

    /// Whether the text was no JSON at all, and not JSON of another shape.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.errors.is_none()
    }

    /// The first difference from the shape that was asked for; `None` if the text was no JSON.
    #[must_use]
    pub fn item(&self) -> Option<&ErrorItem> {
        self.errors.as_ref()?.errors().first()
    }

    /// All differences from the shape that was asked for; `None` if the text was no JSON.
    #[must_use]
    pub fn errors(&self) -> Option<&ValidationError> {
        self.errors.as_deref()
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.errors {
            None => write!(f, "the text is not JSON: {}", self.message),
            Some(_) => write!(f, "the JSON has another shape: {}", self.message),
        }
    }
}

impl std::error::Error for JsonError {}
