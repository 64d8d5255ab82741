//! Scalars as they stand in the text.

use std::borrow::Cow;

use crate::invalid::Invalid;
use crate::message::text;
use crate::message::words;

pub(super) fn is_number(raw: &str) -> bool {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// The text of a string.
pub(super) fn string(raw: Option<&str>) -> Result<Cow<'_, str>, Invalid> {
    let Some(raw) = raw.filter(|raw| raw.starts_with('"')) else {
        return Err(Invalid::string_type());
    };
    if !is_unicode(raw) {
        return Err(words::no_unicode());
    }
    Ok(text_of(raw))
}

/// The characters between the quotes.
pub(super) fn text_of(raw: &str) -> Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') {
        Cow::Owned(text::unescaped(raw).collect())
    } else {
        Cow::Borrowed(inner)
    }
}

/// Whether no half of a surrogate pair stands alone.
pub(super) fn is_unicode(raw: &str) -> bool {
    !raw.contains("\\u") || text::is_unicode(raw)
}
