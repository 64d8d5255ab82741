//! The part before the `@`.

use super::unsafe_chars::{self, Spaces, is_atext, is_atext_intl};

/// Checks the part without its quotes.
pub(super) fn check(local: &str, quoted: bool) -> Result<(), String> {
    if local.is_empty() {
        return Err("There must be something before the @-sign.".to_owned());
    }
    let dotted = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    if dotted && local.chars().all(is_atext) {
        return Ok(());
    }
    if dotted && local.chars().all(is_atext_intl) {
        return unsafe_chars::check(local, Spaces::Refused);
    }
    if quoted {
        let bad = |c: char| c.is_control();
        let words = "The email address contains invalid characters in quotes before the @-sign: ";
        unsafe_chars::refuse(local, bad, words)?;
        return unsafe_chars::check(local, Spaces::Allowed);
    }
    let words = "The email address contains invalid characters before the @-sign: ";
    unsafe_chars::refuse(local, |c| !is_atext_intl(c), words)?;
    Err(if local.ends_with('.') {
        "An email address cannot have a period immediately before the @-sign."
    } else if local.starts_with('.') {
        "An email address cannot start with a period."
    } else {
        "An email address cannot have two periods in a row."
    }
    .to_owned())
}
