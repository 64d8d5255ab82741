//! Field-less enums: one of a few values, as Python's `Enum` or `Literal`.

use serde_json::{Map, Value};

use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::repr::write_str;
use crate::rules::Rules;

/// One value of an enum, as the client writes it and as the error message shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice {
    /// Text, shown in quotes.
    Str(&'static str),
    /// An integer.
    Int(i64),
    /// `True` or `False`, which no text of a request ever equals.
    Bool(bool),
}

impl From<Choice> for Value {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Str(text) => text.into(),
            Choice::Int(value) => value.into(),
            Choice::Bool(value) => value.into(),
        }
    }
}

/// The values of an enum. What `#[derive(Param)]` looks a value up in.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    values: &'static [Choice],
    literal: bool,
}

impl Choices {
    /// As Python's `Enum`: if all values are integers, the text is read as an integer first (`01` is 1).
    #[doc(alias = "Enum")]
    pub const fn of_enum(values: &'static [Choice]) -> Self {
        Self {
            values,
            literal: false,
        }
    }

    /// As Python's `Literal`: text equals text only, so a literal integer is never met in a query string.
    #[doc(alias = "Literal")]
    pub const fn literal(values: &'static [Choice]) -> Self {
        Self {
            values,
            literal: true,
        }
    }

    /// The place of the value that `text` stands for.
    ///
    /// # Errors
    ///
    /// `enum` or `literal_error`, with all values.
    pub fn find(&self, text: &str, _: &Rules) -> Result<usize, Invalid> {
        let is_int = |choice: &Choice| matches!(choice, Choice::Int(_));
        let found = if !self.literal && self.values.iter().all(is_int) {
            let value = i64::parse(text, &Rules::new()).ok();
            value.and_then(|value| {
                self.values
                    .iter()
                    .position(|choice| *choice == Choice::Int(value))
            })
        } else {
            self.values
                .iter()
                .position(|choice| matches!(choice, Choice::Str(value) if *value == text))
        };
        found.ok_or_else(|| self.refuse())
    }

    /// What the values look like, as JSON Schema.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        let mut schema = Map::new();
        let of_type = |is: fn(&Choice) -> bool| self.values.iter().all(is);
        if of_type(|choice| matches!(choice, Choice::Str(_))) {
            schema = json::of_type("string");
        } else if of_type(|choice| matches!(choice, Choice::Int(_))) {
            schema = json::of_type("integer");
        }
        let values: Vec<_> = self.values.iter().copied().map(Value::from).collect();
        schema.insert("enum".to_owned(), values.into());
        schema.into()
    }

    /// The value at a place, as JSON.
    #[must_use]
    pub fn json_at(&self, place: usize) -> Option<Value> {
        self.values.get(place).copied().map(Value::from)
    }

    /// The values.
    pub const fn values(&self) -> &'static [Choice] {
        self.values
    }

    pub(crate) fn refuse(&self) -> Invalid {
        let kind = if self.literal { "literal_error" } else { "enum" };
        let expected = self.expected();
        Invalid::new(kind, format!("Input should be {expected}")).with_ctx("expected", expected)
    }

    /// `'a', 'b' or 'c'`.
    fn expected(&self) -> String {
        let mut out = String::new();
        for (index, choice) in self.values.iter().enumerate() {
            if index > 0 {
                out.push_str(if index + 1 == self.values.len() {
                    " or "
                } else {
                    ", "
                });
            }
            match choice {
                Choice::Str(text) => {
                    let _ = write_str(&mut out, text);
                }
                Choice::Int(value) => out.push_str(&value.to_string()),
                Choice::Bool(value) => out.push_str(if *value { "True" } else { "False" }),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_values_are_pythons() {
        let quoted = Choices::of_enum(&[Choice::Str("it's"), Choice::Str("say \"x\"")]);
        let invalid = quoted.find("nope", &Rules::new()).unwrap_err();
        assert_eq!(invalid.msg, "Input should be \"it's\" or 'say \"x\"'");
        let mixed = Choices::literal(&[Choice::Str("a"), Choice::Int(1), Choice::Bool(true)]);
        let invalid = mixed.find("1", &Rules::new()).unwrap_err();
        assert_eq!(
            (&*invalid.kind, &*invalid.msg),
            ("literal_error", "Input should be 'a', 1 or True")
        );
        assert_eq!(mixed.find("a", &Rules::new()), Ok(0));
    }

    #[test]
    fn integer_enums_read_integers() {
        let level = Choices::of_enum(&[Choice::Int(1), Choice::Int(2)]);
        assert_eq!(level.find(" 02.0", &Rules::new()), Ok(1));
        assert_eq!(level.find("3", &Rules::new()).unwrap_err().kind, "enum");
        let literal = Choices::literal(&[Choice::Int(1), Choice::Int(2)]);
        assert_eq!(
            literal.find("1", &Rules::new()).unwrap_err().kind,
            "literal_error"
        );
    }
}
