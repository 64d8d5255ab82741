//! Bounds of an error: how much of a request or a message it contains. An error stays small with any input.
//!
//! A cut value ends in [`ELIDED`]: a text with its last character, an array with its last element, an object with its
//! last entry. Nothing after the first cut is shown. The result is valid JSON.

use std::borrow::Cow;

use serde_json::Value;

use crate::loc::Loc;

/// Marks omitted content.
pub const ELIDED: &str = "…";

/// The most errors that are kept of one request; later ones are counted only.
pub const MAX_ERRORS: usize = 64;

/// The most bytes of text, keys and strings together, in the `input` of one error. The longest integer that FastAPI
/// shows, of 4300 digits, fits.
pub const MAX_INPUT_TEXT: usize = 5 * 1024;

/// The same for one error of a message.
pub const MAX_MESSAGE_TEXT: usize = 1024;

/// The same for all errors of a message together.
pub const MAX_ECHO_TEXT: usize = 16 * 1024;

/// The most values in the `input` of all errors of a message together, counted as [`MAX_INPUT_VALUES`] counts them.
pub const MAX_ECHO_VALUES: usize = 1024;

/// The most values in the `input` of one error, where an object counts as [`OBJECT_COST`].
pub const MAX_INPUT_VALUES: usize = 64;

/// How many values an object counts as: about its memory without its entries.
pub const OBJECT_COST: usize = 8;

/// The most bytes of a `type`, a `msg`, and the texts in one `ctx`.
pub const MAX_MSG: usize = 1024;

/// The most bytes of one name in a `loc` that is not known to the program, such as a key of a message.
pub const MAX_NAME: usize = 128;

/// The most bytes of all those names in one `loc`.
pub const MAX_NAMES: usize = 1024;

/// The most steps of a `loc`.
pub const MAX_STEPS: usize = 130;

/// Cuts a text to `most` bytes, including the mark.
fn cut(text: &mut String, most: usize) -> bool {
    if text.len() <= most {
        return false;
    }
    let mut ends = (0..=most.saturating_sub(ELIDED.len())).rev();
    text.truncate(ends.find(|end| text.is_char_boundary(*end)).unwrap_or(0));
    text.push_str(ELIDED);
    text.shrink_to_fit();
    true
}

/// Cuts a text that was made at run time.
pub(crate) fn cut_msg(text: &mut Cow<'static, str>) {
    if let Cow::Owned(text) = text {
        cut(text, MAX_MSG);
    }
}

/// Cuts the errors to the number that is kept, and returns how many it removed.
pub(crate) fn cut_errors<T>(errors: &mut Vec<T>) -> usize {
    let omitted = errors.len().saturating_sub(MAX_ERRORS);
    errors.truncate(MAX_ERRORS);
    omitted
}

/// Cuts the names of a `loc`, and steps deeper than any message is read.
pub(crate) fn cut_loc(loc: &mut Vec<Loc>) {
    loc.truncate(MAX_STEPS);
    let mut left = MAX_NAMES;
    for step in loc {
        if let Loc::Name(name) = step {
            if let Cow::Owned(owned) = name {
                cut(owned, MAX_NAME);
            }
            match left.checked_sub(name.len()) {
                Some(rest) => left = rest,
                None if matches!(name, Cow::Owned(_)) => *name = Cow::Borrowed(ELIDED),
                None => {}
            }
        }
    }
}

/// Cuts an `input`, or a value of a `ctx`.
pub(crate) fn cut_value(value: &mut Value) {
    Bound {
        text: MAX_INPUT_TEXT,
        values: MAX_INPUT_VALUES,
        is_cut: false,
    }
    .value(value);
}

/// What may still be added.
struct Bound {
    text: usize,
    values: usize,
    is_cut: bool,
}

impl Bound {
    fn value(&mut self, value: &mut Value) {
        let cost = if value.is_object() { OBJECT_COST } else { 1 };
        let Some(left) = self.values.checked_sub(cost) else {
            self.is_cut = true;
            *value = Value::from(ELIDED);
            return;
        };
        self.values = left;
        match value {
            Value::String(text) => {
                self.is_cut |= cut(text, self.text);
                self.text = self.text.saturating_sub(text.len());
            }
            Value::Array(values) => {
                let mut shown = 0;
                for value in values.iter_mut() {
                    shown += 1;
                    self.value(value);
                    if self.is_cut {
                        break;
                    }
                }
                if shown < values.len() {
                    values.truncate(shown);
                    values.shrink_to_fit();
                }
            }
            Value::Object(entries) => {
                let whole = std::mem::take(entries);
                for (mut key, mut value) in whole {
                    if self.values == 0 {
                        self.is_cut = true;
                        entries.insert(ELIDED.to_owned(), Value::from(ELIDED));
                        break;
                    }
                    self.is_cut |= cut(&mut key, self.text);
                    self.text = self.text.saturating_sub(key.len());
                    if self.is_cut {
                        value = Value::from(ELIDED);
                    } else {
                        self.value(&mut value);
                    }
                    entries.insert(key, value);
                    if self.is_cut {
                        break;
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(mut value: Value) -> Value {
        cut_value(&mut value);
        value
    }

    #[test]
    fn what_is_within_the_bounds_stays_as_it_is() {
        for value in [
            json!(null),
            json!("x".repeat(MAX_INPUT_TEXT)),
            json!({"a": [1, 2, {"b": "c"}], "d": true}),
            json!(vec![1; MAX_INPUT_VALUES - 1]),
        ] {
            assert_eq!(shown(value.clone()), value);
        }
    }

    #[test]
    fn what_is_beyond_them_ends_in_the_mark() {
        let text = shown(json!("é".repeat(MAX_INPUT_TEXT)));
        let text = text.as_str().unwrap();
        assert!(text.ends_with("é…") && text.len() <= MAX_INPUT_TEXT, "{text}");
        let list = shown(json!(vec![1; 1000]));
        assert_eq!(list.as_array().unwrap().len(), MAX_INPUT_VALUES);
        assert_eq!(list.as_array().unwrap().last(), Some(&json!(ELIDED)));
        let key = shown(json!({ "k".repeat(2 * MAX_INPUT_TEXT): 1 }));
        let (key, value) = key.as_object().unwrap().iter().next().unwrap();
        assert!(key.ends_with(ELIDED) && key.len() <= MAX_INPUT_TEXT && value == ELIDED);
    }

    #[test]
    fn names_of_a_place_are_cut_each_and_together() {
        let mut loc: Vec<Loc> = (0..300).map(|_| Loc::from("k".repeat(200))).collect();
        cut_loc(&mut loc);
        assert_eq!(loc.len(), MAX_STEPS);
        let bytes = |step: &Loc| match step {
            Loc::Name(Cow::Owned(name)) => {
                assert!(name.len() <= MAX_NAME && name.ends_with(ELIDED));
                name.len()
            }
            _ => 0,
        };
        assert!(loc.iter().map(bytes).sum::<usize>() <= MAX_NAMES);
        assert_eq!(loc.last(), Some(&Loc::from(ELIDED)));
    }
}
