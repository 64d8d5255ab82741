//! Enums without data: one of a few values.

use super::strings::{is_unicode, text_of};
use crate::invalid::Invalid;
use crate::message::words;
use crate::types::{Choice, Choices};

pub(super) fn choice(choices: &Choices, raw: Option<&str>) -> Result<(), Invalid> {
    let is_one = match raw {
        Some("true") => choices.values().contains(&Choice::Bool(true)),
        Some("false") => choices.values().contains(&Choice::Bool(false)),
        Some(raw) if raw.starts_with('"') => {
            is_unicode(raw) && {
                let text = text_of(raw);
                let mut values = choices.values().iter();
                values.any(|value| matches!(value, Choice::Str(known) if *known == text))
            }
        }
        Some(raw) if words::is_integer(raw) => raw
            .parse()
            .is_ok_and(|number| choices.values().contains(&Choice::Int(number))),
        _ => false,
    };
    if is_one { Ok(()) } else { Err(choices.refuse()) }
}
