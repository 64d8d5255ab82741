//! Texts in the log: escaped, so that they cannot forge or hide a part of a line, and cut, so that they cannot fill it.

use std::{
    error::Error,
    fmt::{self, Display, Write},
};

/// The bound of one text, such as an error or a close reason, in bytes of the line.
const MAX_TEXT: usize = 2 * 1024;

/// The bound of a text that is made of several, such as an error with its chain of sources.
const MAX_CHAIN: usize = 4 * 1024;

/// The bound of a path.
const MAX_PATH: usize = 512;

/// The bound of a name, such as a host or an origin: longer than any name of the DNS.
const MAX_NAME: usize = 256;

/// How many errors of a chain of sources are read. It is more than a real chain has, and a bound for a cyclic one.
pub(crate) const LONGEST_CHAIN: usize = 64;

/// A text of any length and content, made safe for the log.
///
/// Characters that end a line, control a terminal, reorder or hide text are escaped. A text beyond the bound is cut
/// between characters, and its length follows in brackets. Every text of every event is wrapped in this; `cargo xtask
/// tidy` checks it.
pub(crate) struct LogText<T> {
    text: T,
    max: usize,
}

/// One text: an error, a reason, an address. At most 2 KiB.
pub(crate) fn text<T: Display>(text: T) -> LogText<T> {
    LogText { text, max: MAX_TEXT }
}

/// A text that is composed of several. At most 4 KiB.
pub(crate) fn chain<T: Display>(text: T) -> LogText<T> {
    LogText { text, max: MAX_CHAIN }
}

/// An error and each `source()` below it. At most 4 KiB, and 2 KiB for each, so that a long error does not hide the
/// innermost cause.
pub(crate) fn error<'a>(error: &'a (dyn Error + 'static)) -> LogText<Sources<'a>> {
    chain(Sources(error))
}

/// The path of a request or of a route. At most 512 bytes.
pub(crate) fn path<T: Display>(path: T) -> LogText<T> {
    LogText {
        text: path,
        max: MAX_PATH,
    }
}

/// A host, an origin. At most 256 bytes.
pub(crate) fn name<T: Display>(name: T) -> LogText<T> {
    LogText {
        text: name,
        max: MAX_NAME,
    }
}

impl<T: Display> Display for LogText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cut = Cut {
            line: f,
            left: self.max,
            is_cut: false,
            length: 0,
        };
        // If `Display` fails, the text ends there.
        let _ = write!(cut, "{}", self.text);
        let Cut { is_cut, length, .. } = cut;
        if is_cut {
            write!(f, ".. ({length} bytes)")?;
        }
        Ok(())
    }
}

impl<T: Display> LogText<T> {
    /// The escaped text for a later line; see [`kept`].
    pub(crate) fn keep(&self) -> Kept {
        Kept(self.to_string().into())
    }
}

/// A text that is escaped and cut already.
pub(crate) struct Kept(Box<str>);

/// A text that was kept for this line.
pub(crate) fn kept(text: &Kept) -> &Kept {
    text
}

impl Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error and its chain of sources, each escaped and cut. A source whose text ends the text above it is not repeated:
/// many errors show their source, or nothing else.
pub(crate) struct Sources<'a>(pub(crate) &'a (dyn Error + 'static));

impl Display for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above = text(self.0).to_string();
        f.write_str(&above)?;
        let first: Option<&(dyn Error + 'static)> = self.0.source();
        for source in std::iter::successors(first, |error| (**error).source()).take(LONGEST_CHAIN - 1) {
            let said = text(source).to_string();
            if !above.ends_with(&*said) {
                write!(f, ": {said}")?;
            }
            above = said;
        }
        Ok(())
    }
}

/// Passes on a text until a bound is reached, and counts its length.
struct Cut<'a, 'f> {
    line: &'a mut fmt::Formatter<'f>,
    left: usize,
    is_cut: bool,
    length: usize,
}

impl Cut<'_, '_> {
    /// Writes a piece completely, or nothing from here on.
    fn write_whole(&mut self, piece: &str) -> fmt::Result {
        match self.left.checked_sub(piece.len()) {
            Some(left) if !self.is_cut => {
                self.left = left;
                self.line.write_str(piece)
            }
            _ => {
                self.is_cut = true;
                Ok(())
            }
        }
    }
}

impl Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.length = self.length.saturating_add(text.len());
        for character in text.chars() {
            if self.is_cut {
                break;
            }
            if must_be_escaped(character) {
                let mut escaped = String::new();
                let _ = write!(escaped, "{}", character.escape_default());
                self.write_whole(&escaped)?;
            } else {
                self.write_whole(character.encode_utf8(&mut [0; 4]))?;
            }
        }
        Ok(())
    }
}

/// Control characters; line separators; marks that reorder text (UAX #9); and invisible characters
/// (`Default_Ignorable_Code_Point` of UAX #44, and interlinear annotations).
fn must_be_escaped(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_escaped_and_nothing_else() {
        let forged = "bye\r\nERROR forged \u{1b}[31m\u{85}\u{2028}\u{202e} Grüße \"q\" \\";
        assert_eq!(
            text(forged).to_string(),
            "bye\\r\\nERROR forged \\u{1b}[31m\\u{85}\\u{2028}\\u{202e} Grüße \"q\" \\"
        );
    }

    #[test]
    fn characters_that_hide_text_are_escaped() {
        for hidden in [
            '\u{ad}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{3164}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e01ef}',
        ] {
            let shown = text(format!("a{hidden}b")).to_string();
            assert_eq!(shown, format!("a\\u{{{:x}}}b", u32::from(hidden)));
        }
        assert_eq!(text("日本語 العربية हिन्दी").to_string(), "日本語 العربية हिन्दी");
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_its_length_is_told() {
        assert_eq!(path("x".repeat(512)).to_string(), "x".repeat(512));
        let shown = path("x".repeat(513)).to_string();
        assert_eq!(shown, format!("{}.. (513 bytes)", "x".repeat(512)));
        let shown = path(format!("/{}", "é".repeat(60_000))).to_string();
        assert_eq!(shown, format!("/{}.. (120001 bytes)", "é".repeat(255)));
        // The bound is one of the line, so that escapes do not multiply it.
        let shown = path("\0".repeat(1 << 20)).to_string();
        assert_eq!(shown, format!("{}.. (1048576 bytes)", "\\u{0}".repeat(102)));
    }

    #[test]
    fn a_text_that_fails_to_show_itself_is_shown_so_far() {
        struct Broken;
        impl Display for Broken {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("so far")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(text(Broken).to_string(), "so far");
    }

    #[test]
    fn a_long_error_does_not_cut_its_cause() {
        #[derive(Debug)]
        struct Outer(std::io::Error);
        impl Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", "x".repeat(1 << 20))
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let shown = error(&Outer(std::io::Error::other("the cause\n"))).to_string();
        let outer = "x".repeat(2048);
        assert_eq!(shown, format!("{outer}.. (1048576 bytes): the cause\\n"));
    }

    #[test]
    fn a_source_that_is_shown_already_is_not_repeated() {
        #[derive(Debug)]
        struct Shows(&'static str, Option<Box<Shows>>);
        impl Display for Shows {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
        impl Error for Shows {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                self.1.as_deref().map(|source| source as _)
            }
        }
        let chain = |texts: &[&'static str]| {
            let chained = texts
                .iter()
                .rev()
                .fold(None, |source, text| Some(Box::new(Shows(text, source))));
            error(&*chained.unwrap()).to_string()
        };
        assert_eq!(chain(&["gone", "gone"]), "gone");
        assert_eq!(chain(&["read: gone", "gone", "reset"]), "read: gone: reset");
        assert_eq!(chain(&["gone", "read: gone"]), "gone: read: gone");
        assert_eq!(chain(&["a", "b", "a"]), "a: b: a");
    }

    proptest! {
        #[test]
        fn whatever_the_text_the_line_is_bounded_and_has_nothing_left_to_escape(said in "\\PC*|(?s).{0,700}") {
            for shown in [path(&said).to_string(), path(path(&said)).to_string()] {
                prop_assert!(shown.len() <= 512 + ".. (18446744073709551615 bytes)".len());
                prop_assert!(!shown.chars().any(must_be_escaped));
            }
        }
    }
}
