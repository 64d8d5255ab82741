//! `Url`.

use std::cell::RefCell;

use serde_json::Value;
use url::{SyntaxViolation, Url};

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for Url {}

/// Any absolute URL, normalised: pydantic's `AnyUrl`. `strict` refuses what had to be mended.
impl Param for Url {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        let invalid = |error: &str| Invalid::parsing("url_parsing", "a valid URL", error);
        if text.is_empty() {
            return Err(invalid("input is empty"));
        }
        if !rules.strict {
            return Self::parse(text).map_err(|error| invalid(&error.to_string()));
        }
        let mended = RefCell::new(None);
        let note = |violation| {
            if violation != SyntaxViolation::EmbeddedCredentials {
                *mended.borrow_mut() = Some(violation);
            }
        };
        let url = Self::options().syntax_violation_callback(Some(&note)).parse(text);
        let url = url.map_err(|error| invalid(&error.to_string()))?;
        match mended.into_inner() {
            None => Ok(url),
            Some(violation) => {
                let error = violation.description();
                let msg = format!("Input violated strict URL syntax rules, {error}");
                Err(Invalid::new("url_syntax_violation", msg).with_ctx("error", error))
            }
        }
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("uri")
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, String> {
        <Url as Param>::parse(text, &Rules::new())
            .map(String::from)
            .map_err(|invalid| invalid.msg.into_owned())
    }

    #[test]
    fn urls_are_normalised() {
        assert_eq!(
            parse("HTTP://EXAMPLE.com:80/a/../b?q#f").unwrap(),
            "http://example.com/b?q#f"
        );
        assert_eq!(parse("http://exämple.com").unwrap(), "http://xn--exmple-cua.com/");
    }

    #[test]
    fn the_parsers_words_are_the_message() {
        assert_eq!(
            parse("").unwrap_err(),
            "Input should be a valid URL, input is empty"
        );
        assert_eq!(
            parse("//x").unwrap_err(),
            "Input should be a valid URL, relative URL without a base"
        );
        assert_eq!(
            parse("http:// x").unwrap_err(),
            "Input should be a valid URL, invalid international domain name"
        );
    }

    #[test]
    fn strict_urls_need_no_mending() {
        let rules = Rules {
            strict: true,
            ..Rules::new()
        };
        assert!(<Url as Param>::parse("http://example.com/", &rules).is_ok());
        assert!(<Url as Param>::parse("http://user:x@example.com/", &rules).is_ok());
        let invalid = <Url as Param>::parse("http:/example.com", &rules).unwrap_err();
        assert_eq!(invalid.msg, "Input violated strict URL syntax rules, expected //");
    }
}
