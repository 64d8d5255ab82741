//! Texts from outside, as the log may show them.

use std::fmt::{self, Write};

/// A text from outside, with its control characters escaped, so that it cannot forge a line of the log.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() || moves_text(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Separators of lines, and marks that have a terminal show text in another order than it has.
fn moves_text(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_nothing_else() {
        let forged = "bye\r\nERROR forged \u{1b}[31m\u{85}\u{2028}\u{202e} Grüße \"q\" \\";
        assert_eq!(
            Escaped(forged).to_string(),
            "bye\\r\\nERROR forged \\u{1b}[31m\\u{85}\\u{2028}\\u{202e} Grüße \"q\" \\"
        );
    }
}
