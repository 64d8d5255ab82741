//! Characters that do not belong into an address, and how a message names them.

use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;

use crate::repr::{is_hidden, write_str};

/// RFC 5322 section 3.2.3: the characters of an atom, and the period.
pub(super) fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._!#$%&'*+-/=?^`{|}~".contains(c)
}

/// RFC 6531 section 3.3: the same and everything beyond ASCII.
pub(super) fn is_atext_intl(c: char) -> bool {
    is_atext(c) || c >= '\u{80}'
}

/// Refuses characters, naming each once.
pub(super) fn refuse(text: &str, bad: impl Fn(char) -> bool, words: &str) -> Result<(), String> {
    let bad: BTreeSet<String> = text.chars().filter(|c| bad(*c)).map(display).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let bad: Vec<String> = bad.into_iter().collect();
    Err(format!("{words}{}.", bad.join(", ")))
}

/// Whether spaces may stand in a part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spaces {
    Allowed,
    Refused,
}

/// Refuses what would not show as itself or would change what is around it.
pub(super) fn check(text: &str, spaces: Spaces) -> Result<(), String> {
    let bad = |(index, c): (usize, char)| match c {
        c if c.is_whitespace() && !c.is_control() => {
            spaces == Spaces::Refused || matches!(c, '\u{2028}' | '\u{2029}')
        }
        c if is_combining_mark(c) => index == 0,
        c => is_hidden(c),
    };
    let bad: BTreeSet<char> = text
        .chars()
        .enumerate()
        .filter(|found| bad(*found))
        .map(|(_, c)| c)
        .collect();
    if bad.is_empty() {
        return Ok(());
    }
    let bad: Vec<String> = bad.into_iter().map(display).collect();
    Err(format!(
        "The email address contains unsafe characters: {}.",
        bad.join(", ")
    ))
}

/// A character in quotes if it shows, else its Unicode name or number.
///
/// Of the names only those are known that people meet; the others show as numbers, which Python shows for controls.
pub(super) fn display(c: char) -> String {
    let name = match c {
        '\\' => "\"\\\"",
        ' ' => "SPACE",
        '\u{a0}' => "NO-BREAK SPACE",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2028}' => "LINE SEPARATOR",
        '\u{2029}' => "PARAGRAPH SEPARATOR",
        '\u{202a}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202b}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202c}' => "POP DIRECTIONAL FORMATTING",
        '\u{202d}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202e}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2060}' => "WORD JOINER",
        '\u{3000}' => "IDEOGRAPHIC SPACE",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        c if !is_hidden(c) && !is_combining_mark(c) => {
            let mut shown = String::new();
            let _ = write_str(&mut shown, c.encode_utf8(&mut [0; 4]));
            return shown;
        }
        c if u32::from(c) < 0xffff => return format!("U+{:04X}", u32::from(c)),
        c => return format!("U+{:08X}", u32::from(c)),
    };
    name.to_owned()
}
