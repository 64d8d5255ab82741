//! `String` and `char`.

use std::borrow::Cow;

use serde_json::Value;

use crate::fits::{TakesLength, TakesPattern, TakesStrict};
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesLength for String {}
impl TakesPattern for String {}
impl TakesStrict for String {}

/// The text as it came. Lengths count characters.
impl Param for String {
    const IS_TEXT: bool = true;

    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        Self::parse_cow(Cow::Borrowed(text), rules)
    }

    fn parse_cow(text: Cow<'_, str>, rules: &Rules) -> Result<Self, Invalid> {
        check(&text, rules).map(|()| text.into_owned())
    }

    fn json_schema(rules: &Rules) -> Value {
        json::text(rules)
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

/// Whether a text obeys the rules, and which not.
pub(crate) fn check(text: &str, rules: &Rules) -> Result<(), Invalid> {
    if rules.min_length.is_some() || rules.max_length.is_some() {
        let length = text.chars().count();
        if let Some(min) = rules.min_length.filter(|min| length < *min) {
            return Err(Invalid::string_too_short(min));
        }
        if let Some(max) = rules.max_length.filter(|max| length > *max) {
            return Err(Invalid::string_too_long(max));
        }
    }
    match rules.pattern {
        Some(pattern) if !pattern.is_match(text) => Err(Invalid::pattern_mismatch(pattern.as_str())),
        _ => Ok(()),
    }
}

/// Whether a text that was read obeys the rules.
pub(crate) fn obeys(text: &str, rules: &Rules) -> bool {
    check(text, rules).is_ok()
}

impl TakesStrict for char {}

/// One character: what a string of length 1 is to pydantic.
impl Param for char {
    const IS_TEXT: bool = true;

    fn parse(text: &str, _: &Rules) -> Result<Self, Invalid> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            (None, _) => Err(Invalid::string_too_short(1)),
            (Some(_), Some(_)) => Err(Invalid::string_too_long(1)),
        }
    }

    fn json_schema(_: &Rules) -> Value {
        json::text(&Rules {
            min_length: Some(1),
            max_length: Some(1),
            ..Rules::new()
        })
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters() {
        let rules = Rules {
            min_length: Some(3),
            max_length: Some(3),
            ..Rules::new()
        };
        assert_eq!(String::parse("€€€", &rules), Ok("€€€".to_owned()));
        let short = String::parse("🚀🚀", &rules).unwrap_err();
        assert_eq!(
            (&*short.kind, &*short.msg),
            ("string_too_short", "String should have at least 3 characters")
        );
        let long = String::parse("abcd", &rules).unwrap_err();
        assert_eq!(
            (&*long.kind, &*long.msg),
            ("string_too_long", "String should have at most 3 characters")
        );
    }

    #[test]
    fn one_character_is_said_in_the_singular() {
        let rules = Rules {
            min_length: Some(1),
            ..Rules::new()
        };
        assert_eq!(
            String::parse("", &rules).unwrap_err().msg,
            "String should have at least 1 character"
        );
        assert_eq!(
            char::parse("ab", &Rules::new()).unwrap_err().msg,
            "String should have at most 1 character"
        );
        assert_eq!(char::parse("ß", &Rules::new()), Ok('ß'));
    }
}
