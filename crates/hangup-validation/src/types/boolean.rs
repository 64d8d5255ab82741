//! `bool`.

use serde_json::Value;

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for bool {}

/// `1`, `t`, `true`, `y`, `yes`, `on` and their opposites, in upper or lower case, without white space.
impl Param for bool {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::new("bool_type", "Input should be a valid boolean"));
        }
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is(&["1", "true", "t", "yes", "y", "on"]) {
            Ok(true)
        } else if is(&["0", "false", "f", "no", "n", "off"]) {
            Ok(false)
        } else {
            Err(Invalid::new(
                "bool_parsing",
                "Input should be a valid boolean, unable to interpret input",
            ))
        }
    }

    fn json_schema(_: &Rules) -> Value {
        json::of_type("boolean").into()
    }

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case_and_nothing_else() {
        for (text, value) in [
            ("tRuE", true),
            ("Y", true),
            ("on", true),
            ("0", false),
            ("NO", false),
            ("off", false),
        ] {
            assert_eq!(bool::parse(text, &Rules::new()), Ok(value), "{text}");
        }
        for text in ["", " ", " true", "2", "01", "1.0", "truee", "null", "\u{661}"] {
            assert_eq!(
                bool::parse(text, &Rules::new()).unwrap_err().kind,
                "bool_parsing",
                "{text}"
            );
        }
    }
}
