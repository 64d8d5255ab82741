//! `Uuid`.

use serde_json::Value;
use uuid::Uuid;

use crate::fits::TakesStrict;
use crate::invalid::Invalid;
use crate::json;
use crate::param::Param;
use crate::rules::Rules;

impl TakesStrict for Uuid {}

/// With or without hyphens, in braces or as a URN.
impl Param for Uuid {
    fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
        if rules.strict {
            return Err(Invalid::is_instance_of("UUID"));
        }
        let invalid = |error: String| Invalid::parsing("uuid_parsing", "a valid UUID", error);
        if rules.is_json {
            let refused = || invalid(in_message(text));
            return match Self::parse_str(text) {
                Ok(uuid) if !is_shouted_urn(text) => Ok(uuid),
                _ => Err(refused()),
            };
        }
        if is_shouted_urn(text) {
            return Err(invalid(bad_start(text)));
        }
        Self::parse_str(text).map_err(|error| {
            invalid(if text.is_ascii() {
                error.to_string()
            } else {
                by_low_bytes(text, error)
            })
        })
    }

    fn json_schema(_: &Rules) -> Value {
        json::text_in("uuid")
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

/// Pydantic's version of the parser knows the URN prefix in lower case only.
fn is_shouted_urn(text: &str) -> bool {
    const PREFIX: &str = "urn:uuid:";
    let prefix = text.get(..PREFIX.len()).unwrap_or_default();
    text.len() <= 45 && prefix != PREFIX && prefix.eq_ignore_ascii_case(PREFIX)
}

fn bad_start(text: &str) -> String {
    let first = text.chars().next().unwrap_or_default();
    format!("invalid character: found `{first}` at 0")
}

/// Pydantic's version of the parser looks at the low byte of a character only when it says what is wrong: it takes
/// `\u{661}` for an `a` that is two bytes long.
fn by_low_bytes(text: &str, error: uuid::Error) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        let low = char::from(u32::from(c).to_le_bytes()[0]);
        if low.is_ascii_hexdigit() || low == '-' {
            seen.push(low);
            seen.extend(std::iter::repeat_n('0', c.len_utf8() - 1));
        } else {
            seen.push(c);
        }
    }
    match Uuid::parse_str(&seen) {
        Err(error) => error.to_string(),
        Ok(_) if seen.len() == 32 => "invalid length: found 32".to_owned(),
        Ok(_) if seen.len() >= 36 => "invalid group length in group 4: expected 12, found 12".to_owned(),
        Ok(_) => error.to_string(),
    }
}

/// What is wrong with the text of a message. The golden vectors of messages come from a pydantic whose parser counts
/// characters from 1, and names the length that it expects.
fn in_message(text: &str) -> String {
    const STARTS: [usize; 5] = [0, 9, 14, 19, 24];
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let braced = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let (digits, offset) = match (braced, text.strip_prefix("urn:uuid:")) {
        (Some(digits), _) => (digits, 1),
        (None, Some(digits)) => (digits, "urn:uuid:".len()),
        (None, None) => (text, 0),
    };
    let wrong = |(_, c): &(usize, char)| *c != '-' && !c.is_ascii_hexdigit();
    if let Some((at, c)) = digits.char_indices().find(wrong) {
        return format!("invalid character: found `{c}` at {}", at + offset + 1);
    }
    let hyphens: Vec<usize> = digits.match_indices('-').map(|(at, _)| at).collect();
    if hyphens.is_empty() && offset == 0 {
        return format!(
            "invalid length: expected length 32 for simple format, found {}",
            text.len()
        );
    }
    if hyphens.len() != 4 {
        return format!("invalid group count: expected 5, found {}", hyphens.len() + 1);
    }
    let ends = hyphens.into_iter().chain([text.len()]);
    let groups = STARTS.into_iter().zip(ends).zip(LENGTHS).enumerate();
    for (group, ((start, end), expected)) in groups {
        let length = end.saturating_sub(start);
        if length != expected || group == 4 {
            return format!("invalid group length in group {group}: expected {expected}, found {length}");
        }
    }
    String::new()
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

    #[test]
    fn as_in_pydantics_version_of_the_parser() {
        for (text, error) in [
            (
                "URN:UUID:12345678-1234-5678-1234-567812345678",
                "invalid character: found `U` at 0",
            ),
            (
                "\u{661}2345678-1234-5678-1234-567812345678",
                "invalid group length in group 0: expected 8, found 9",
            ),
            (
                "1234567\u{12d}-1234-5678-1234-567812345678",
                "invalid group count: expected 5, found 6",
            ),
            (
                "123456781234567812345678123456é",
                "invalid character: found `é` at 30",
            ),
        ] {
            let invalid = Uuid::parse(text, &Rules::new()).unwrap_err();
            assert_eq!(invalid.ctx.get("error").unwrap(), error, "{text}");
        }
    }

    /// The answers of pydantic 2.13 to strings of JSON.
    #[test]
    fn in_messages_characters_are_counted_from_one() {
        for (text, error) in [
            (
                "",
                "invalid length: expected length 32 for simple format, found 0",
            ),
            ("x", "invalid character: found `x` at 1"),
            ("urn:uuid:x", "invalid character: found `x` at 10"),
            ("{x}", "invalid character: found `x` at 2"),
            ("{}", "invalid group count: expected 5, found 1"),
            (
                "1-1-1-1-1",
                "invalid group length in group 0: expected 8, found 1",
            ),
            (
                "12345678-12345-678-1234-567812345678",
                "invalid group length in group 1: expected 4, found 5",
            ),
            (
                "12345678-1234-5678-1234-5678123456780",
                "invalid group length in group 4: expected 12, found 13",
            ),
            (
                "URN:UUID:12345678-1234-5678-1234-567812345678",
                "invalid character: found `U` at 1",
            ),
            (
                "12345678-1234-5678-1234-56781234567é",
                "invalid character: found `é` at 36",
            ),
        ] {
            let invalid = Uuid::parse(text, &Rules::new().of_json()).unwrap_err();
            assert_eq!(invalid.ctx.get("error").unwrap(), error, "{text}");
        }
    }
}
