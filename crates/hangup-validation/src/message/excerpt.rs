//! What an error shows of a JSON value: a tree within the bounds of an error's `input`, made from the text.

use serde_json::{Map, Number, Value};

use super::text::{Cursor, unescaped};
use crate::bounds::{
    ELIDED, MAX_ECHO_TEXT, MAX_ECHO_VALUES, MAX_INPUT_VALUES, MAX_MESSAGE_TEXT, OBJECT_COST,
};

/// The value at a cursor, as much of it as an error shows.
///
/// A number that is beyond 64 bits or `f64` is its text; half a surrogate pair is U+FFFD.
pub(super) fn excerpt(cursor: Cursor<'_>) -> Value {
    Echo::default().excerpt(cursor)
}

/// What all errors of a message together may still show.
#[derive(Clone, Copy)]
pub(super) struct Echo {
    text: usize,
    values: usize,
}

impl Default for Echo {
    fn default() -> Self {
        Self {
            text: MAX_ECHO_TEXT,
            values: MAX_ECHO_VALUES,
        }
    }
}

impl Echo {
    /// As [`excerpt`], for one error of several.
    pub(super) fn excerpt(&mut self, mut cursor: Cursor<'_>) -> Value {
        // What is kept back is for the mark.
        let text = self.text.min(MAX_MESSAGE_TEXT - 3 * ELIDED.len());
        let values = self.values.min(MAX_INPUT_VALUES - 1);
        let mut excerpt = Excerpt {
            text,
            values,
            is_cut: false,
        };
        let value = excerpt.value(&mut cursor);
        self.text -= text - excerpt.text;
        self.values -= values - excerpt.values;
        value
    }
}

/// What may still be shown. Behind the first cut nothing is.
struct Excerpt {
    text: usize,
    values: usize,
    is_cut: bool,
}

impl Excerpt {
    fn value(&mut self, cursor: &mut Cursor<'_>) -> Value {
        let first = cursor.peek();
        let cost = if first == Some(b'{') { OBJECT_COST } else { 1 };
        let Some(left) = self.values.checked_sub(cost) else {
            self.is_cut = true;
            return Value::from(ELIDED);
        };
        self.values = left;
        match first {
            Some(b'{') => Value::Object(self.object(cursor)),
            Some(b'[') => Value::Array(self.array(cursor)),
            Some(b'"') => Value::String(self.string(cursor)),
            Some(_) => self.word(cursor.scalar()),
            None => Value::Null,
        }
    }

    fn array(&mut self, cursor: &mut Cursor<'_>) -> Vec<Value> {
        let mut values = Vec::new();
        cursor.pass();
        while !matches!(cursor.peek(), None | Some(b']')) {
            values.push(self.value(cursor));
            if self.is_cut {
                return values;
            }
            if cursor.peek() == Some(b',') {
                cursor.pass();
            }
        }
        cursor.pass();
        values
    }

    fn object(&mut self, cursor: &mut Cursor<'_>) -> Map<String, Value> {
        let mut entries = Map::new();
        cursor.pass();
        while cursor.peek() == Some(b'"') {
            if self.values == 0 {
                self.is_cut = true;
                entries.insert(ELIDED.to_owned(), Value::from(ELIDED));
                return entries;
            }
            let key = self.string(cursor);
            if self.is_cut {
                entries.insert(key, Value::from(ELIDED));
                return entries;
            }
            // The colon.
            cursor.peek();
            cursor.pass();
            entries.insert(key, self.value(cursor));
            if self.is_cut {
                return entries;
            }
            if cursor.peek() == Some(b',') {
                cursor.pass();
            }
        }
        cursor.pass();
        entries
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self, raw: &str) -> Value {
        let is_whole = !raw.contains(['.', 'e', 'E']);
        match raw {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                let whole = || {
                    let signed = raw.parse::<i64>().ok().map(Number::from);
                    signed.or_else(|| raw.parse::<u64>().ok().map(Number::from))
                };
                let number = match is_whole {
                    true => whole(),
                    false => raw.parse().ok().and_then(Number::from_f64),
                };
                number.map_or_else(|| Value::String(self.text(raw.chars())), Value::Number)
            }
        }
    }

    /// As much of a string as fits; what is beyond is not looked at.
    fn string(&mut self, cursor: &mut Cursor<'_>) -> String {
        let raw = cursor.start_of_string(self.text + 1);
        self.text(unescaped(raw))
    }

    /// As much of a text as fits, with the mark where it was cut.
    fn text(&mut self, characters: impl Iterator<Item = char>) -> String {
        let mut text = String::new();
        for character in characters {
            if text.len() + character.len_utf8() > self.text {
                self.is_cut = true;
                text.push_str(ELIDED);
                return text;
            }
            text.push(character);
        }
        self.text -= text.len();
        text
    }
}
