//! The reason in a Close frame: UTF-8 of at most 123 bytes, by construction (RFC 6455, 5.5 and 5.5.1).

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// The reason in a Close frame: UTF-8 of at most 123 bytes.
///
/// A control frame has at most 125 bytes (RFC 6455, 5.5), two of which are the code. A longer text is cut at the last
/// character boundary that fits. It is never an error.
///
/// ```
/// use hangup_protocol::Reason;
///
/// const FULL: Reason = Reason::from_static("room is full");
/// assert_eq!(FULL.as_str(), "room is full");
/// assert_eq!(Reason::from("\u{e9}".repeat(100)).len(), 122);
/// ```
#[derive(Clone)]
pub struct Reason(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Owned(Box<str>),
}

/// The longest prefix that fits and ends with a whole character.
const fn cut(text: &str) -> &str {
    if text.len() <= Reason::MAX_BYTES {
        return text;
    }
    let mut end = Reason::MAX_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.split_at(end).0
}

impl Reason {
    /// The most bytes that a reason can have.
    pub const MAX_BYTES: usize = 123;

    /// The reason with this text, cut if it is too long.
    pub fn new(text: impl Into<Self>) -> Self {
        text.into()
    }

    /// The reason with a `'static` text. It is cut if it is too long, and never copied.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Text::Static(cut(text)))
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(text) => text,
            Text::Owned(text) => text,
        }
    }
}

impl Default for Reason {
    /// The empty reason.
    fn default() -> Self {
        Self::from_static("")
    }
}

impl From<&str> for Reason {
    /// Copies the part that fits; [`Reason::from_static`] does not.
    fn from(text: &str) -> Self {
        if text.is_empty() {
            Self::default()
        } else {
            Self(Text::Owned(cut(text).into()))
        }
    }
}

impl From<String> for Reason {
    fn from(mut text: String) -> Self {
        text.truncate(cut(&text).len());
        Self(Text::Owned(text.into_boxed_str()))
    }
}

impl From<&String> for Reason {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Cow<'static, str>> for Reason {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from_static(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        match reason.0 {
            Text::Static(text) => text.into(),
            Text::Owned(text) => text.into(),
        }
    }
}

impl Deref for Reason {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Reason {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Reason {
    fn borrow(&self) -> &str {
        self
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Reason {}

impl PartialEq<str> for Reason {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Reason {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Hash for Reason {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every length up to 300, with characters of one to four bytes, after 0 to 3 bytes that shift them.
    #[test]
    fn the_longest_prefix_that_fits_is_kept() {
        for character in ['a', 'é', '€', '🦀'] {
            for shift in 0..4 {
                for count in 0..=300 {
                    let text: String = "x".repeat(shift) + &character.to_string().repeat(count);
                    let expected: usize = {
                        let mut end = 0;
                        for (start, c) in text.char_indices() {
                            if start + c.len_utf8() <= 123 {
                                end = start + c.len_utf8();
                            }
                        }
                        end
                    };
                    let fixed: &'static str = text.clone().leak();
                    for reason in [
                        Reason::from(text.as_str()),
                        Reason::from(text.clone()),
                        Reason::from(&text),
                        Reason::from_static(fixed),
                        Reason::from(Cow::Borrowed(fixed)),
                        Reason::from(Cow::Owned(text.clone())),
                    ] {
                        assert_eq!(reason, text[..expected]);
                        assert_eq!(reason, Reason::new(reason.clone()));
                    }
                }
            }
        }
    }

    #[test]
    fn cuts_in_constants() {
        const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890é";
        const CUT: Reason = Reason::from_static(LONG);
        assert_eq!(LONG.len(), 123);
        assert_eq!(CUT.len(), 123);
        assert_eq!(Reason::default(), "");
    }

    #[test]
    fn is_small() {
        assert!(size_of::<Reason>() <= 24);
        assert_eq!(size_of::<Option<Reason>>(), size_of::<Reason>());
    }
}
