//! Python's `repr`, in which FastAPI writes errors and pydantic writes the values of an enum.

use std::fmt::{self, Write};

use serde_json::Value;

/// Writes `text` as Python's `repr(str)`: in single quotes, or in double quotes if that saves escapes.
pub(super) fn write_str(out: &mut impl Write, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c == quote => write!(out, "\\{c}")?,
            ' '..='~' => out.write_char(c)?,
            c if is_hidden(c) => match u32::from(c) {
                code @ ..=0xff => write!(out, "\\x{code:02x}")?,
                code @ ..=0xffff => write!(out, "\\u{code:04x}")?,
                code => write!(out, "\\U{code:08x}")?,
            },
            c => out.write_char(c)?,
        }
    }
    out.write_char(quote)
}

/// Whether a character would not show, or not as itself: controls, separators, format characters, private use.
///
/// A short form of Python's `str.isprintable`: the ranges that matter in a log line, not the whole table.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Writes a JSON value as the `repr` of the Python value that it stands for.
pub(super) fn write_value(out: &mut impl Write, value: &Value) -> fmt::Result {
    match value {
        Value::Null => out.write_str("None"),
        Value::Bool(true) => out.write_str("True"),
        Value::Bool(false) => out.write_str("False"),
        Value::Number(number) => write!(out, "{number}"),
        Value::String(text) => write_str(out, text),
        Value::Array(values) => {
            out.write_char('[')?;
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.write_str(", ")?;
                }
                write_value(out, value)?;
            }
            out.write_char(']')
        }
        Value::Object(entries) => {
            out.write_char('{')?;
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.write_str(", ")?;
                }
                write_str(out, key)?;
                out.write_str(": ")?;
                write_value(out, value)?;
            }
            out.write_char('}')
        }
    }
}

#[cfg(test)]
mod tests {
    fn repr(text: &str) -> String {
        let mut out = String::new();
        super::write_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn quotes_follow_python() {
        assert_eq!(repr("a"), "'a'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("say \"x\""), "'say \"x\"'");
        assert_eq!(repr("'\""), "'\\'\"'");
    }

    #[test]
    fn what_does_not_show_is_escaped() {
        assert_eq!(repr("a\n\r\t\\\0\x7f"), r"'a\n\r\t\\\x00\x7f'");
        assert_eq!(
            repr("\u{202e}\u{a0}\u{e000}\u{10fffd}é€"),
            r"'\u202e\xa0\ue000\U0010fffdé€'"
        );
    }
}
