//! `Uuid`.

use uuid::Uuid;

use crate::params::fits::TakesStrict;
use crate::params::{Invalid, Param, Rules};

impl TakesStrict for Uuid {}

/// With or without hyphens, in braces or as a URN.
impl Param for Uuid {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::is_instance_of("UUID"));
        }
        Self::parse_str(text).map_err(|error| Invalid::parsing("uuid_parsing", "a valid UUID", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parsers_words_are_the_message() {
        let id = "12345678-1234-5678-1234-567812345678";
        for text in [
            id,
            &format!("{{{id}}}"),
            &format!("urn:uuid:{id}"),
            &id.replace('-', ""),
        ] {
            assert_eq!(
                Uuid::parse(text, &Rules::new()).unwrap().to_string(),
                id,
                "{text}"
            );
        }
        let invalid = Uuid::parse("x", &Rules::new()).unwrap_err();
        assert_eq!(
            invalid.msg,
            "Input should be a valid UUID, invalid character: found `x` at 0"
        );
        assert_eq!(
            invalid.ctx.get("error").unwrap(),
            "invalid character: found `x` at 0"
        );
    }
}
