//! A message that is read as a model: by serde, then its rules; the walker looks only at what failed.

use serde::de::IgnoredAny;
use serde_json::Error;
use serde_path_to_error::Track;

use super::buffered::JsonText;
use super::error::JsonError;
use super::model::Model;
use super::untyped::refused;
use super::walk;
use crate::invalid::Invalid;
use crate::item::ErrorItem;
use crate::rules::Rules;

const NONE: Rules = Rules::new();

/// Reads a message: the JSON of a model, and nothing behind it.
///
/// The text is read straight into the type, and nothing is allocated for the check of its rules. Only where one of the
/// two fails, the text is walked with the schema of the type for all of its errors.
///
/// ```
/// use hangup_validation::message::read_json;
///
/// assert_eq!(read_json::<Vec<u8>>("[1,2]")?, [1, 2]);
/// let error = read_json::<Vec<u8>>(r#"[1,"2",256]"#).unwrap_err();
/// let errors = error.errors().unwrap().errors();
/// assert_eq!(errors[0].msg(), "Input should be a valid integer");
/// assert_eq!(errors[1].msg(), "Input should be less than or equal to 255");
/// # Ok::<(), hangup_validation::message::JsonError>(())
/// ```
///
/// # Errors
///
/// [`JsonError`], with every error.
pub fn read_json<T: Model>(text: &str) -> Result<T, JsonError> {
    let _text = JsonText::begin(text);
    let mut json = serde_json::Deserializer::from_str(text);
    match T::read(&mut json).and_then(|value| json.end().map(|()| value)) {
        Ok(value) if value.obeys(&NONE) => Ok(value),
        Ok(_) => Err(disobedient::<T>(text)),
        Err(error) => Err(unread::<T>(text, &error)),
    }
}

#[cold]
fn disobedient<T: Model>(text: &str) -> JsonError {
    let found = walk::errors(text, T::schema());
    debug_assert!(found.is_some(), "the walker knows every rule");
    match found {
        Some(errors) => JsonError::of_shape("a rule is broken".to_owned(), errors),
        None => {
            let invalid = Invalid::value_error("a rule is broken");
            let item = ErrorItem::new(Vec::new(), invalid, serde_json::Value::Null);
            JsonError::one("a rule is broken".to_owned(), item)
        }
    }
}

#[cold]
fn unread<T: Model>(text: &str, error: &Error) -> JsonError {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return JsonError::no_json(&error);
    }
    match walk::errors(text, T::schema()) {
        Some(errors) => {
            let message = errors
                .errors()
                .first()
                .map_or_else(String::new, |first| first.msg().to_owned());
            JsonError::of_shape(message, errors)
        }
        None => by_path::<T>(text, error),
    }
}

/// What a type says that reads by rules of its own: its one error.
fn by_path<T: Model>(text: &str, error: &Error) -> JsonError {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = Track::new();
    let _text = JsonText::begin(text);
    let again = T::read(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    refused(&track.path(), again.err().as_ref().unwrap_or(error), text)
}
