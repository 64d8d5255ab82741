//! Text that is known to be UTF-8, and the check of text that arrives in pieces (RFC 6455, 8.1).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

/// The text of a message.
///
/// It owns its bytes or borrows them from the program; turning it into a [`String`] or into [`Bytes`] does not
/// copy what it owns. A clone copies: where one text goes to many peers, share the [`Bytes`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utf8Bytes(Cow<'static, str>);

impl Utf8Bytes {
    /// A text that lives as long as the program; it is not copied.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as an owned string.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// The bytes of the text.
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        }
    }
}

impl Deref for Utf8Bytes {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Utf8Bytes {
    fn as_ref(&self) -> &str {
        self
    }
}

impl AsRef<[u8]> for Utf8Bytes {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Utf8Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Utf8Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<String> for Utf8Bytes {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<&'static str> for Utf8Bytes {
    fn from(text: &'static str) -> Self {
        Self::from_static(text)
    }
}

impl From<Cow<'static, str>> for Utf8Bytes {
    fn from(text: Cow<'static, str>) -> Self {
        Self(text)
    }
}

impl From<Utf8Bytes> for String {
    fn from(text: Utf8Bytes) -> Self {
        text.into_string()
    }
}

impl From<Utf8Bytes> for Bytes {
    fn from(text: Utf8Bytes) -> Self {
        text.into_bytes()
    }
}

impl TryFrom<Bytes> for Utf8Bytes {
    type Error = InvalidUtf8;

    /// Copies only if the bytes are shared.
    fn try_from(bytes: Bytes) -> Result<Self, InvalidUtf8> {
        String::from_utf8(bytes.into())
            .map(Self::from)
            .map_err(|_| InvalidUtf8)
    }
}

impl PartialEq<str> for Utf8Bytes {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Utf8Bytes {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// Bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8;

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes that are not UTF-8")
    }
}

impl std::error::Error for InvalidUtf8 {}

/// Checks UTF-8 that arrives in pieces and fails at the first byte that cannot belong to it.
///
/// It keeps at most three bytes: a character whose end has not arrived.
///
/// ```
/// use hangup_protocol::Utf8Validator;
///
/// let mut validator = Utf8Validator::new();
/// assert!(validator.validate(b"caf\xc3").is_ok());
/// assert!(validator.finish().is_err());
/// assert!(validator.validate(b"\xa9").is_ok());
/// assert!(validator.finish().is_ok());
/// assert!(validator.validate(b"\xed\xa0").is_err(), "a surrogate, seen at its second byte");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8Validator {
    pending: [u8; 3],
    pending_len: u8,
}

impl Utf8Validator {
    /// A check that has seen nothing.
    pub const fn new() -> Self {
        Self {
            pending: [0; 3],
            pending_len: 0,
        }
    }

    /// Checks the next piece.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`] if no continuation could make the bytes so far UTF-8; the check is then over.
    pub fn validate(&mut self, piece: &[u8]) -> Result<(), InvalidUtf8> {
        self.read(piece, |_| {})
    }

    /// Checks the next piece and appends the characters that are complete to `text`.
    ///
    /// # Errors
    ///
    /// Those of [`validate`](Self::validate).
    pub fn decode(&mut self, piece: &[u8], text: &mut String) -> Result<(), InvalidUtf8> {
        self.read(piece, |complete| text.push_str(complete))
    }

    /// Says that nothing follows.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`] if the last character is not complete.
    pub const fn finish(&self) -> Result<(), InvalidUtf8> {
        if self.pending_len == 0 {
            Ok(())
        } else {
            Err(InvalidUtf8)
        }
    }

    /// How many bytes of an unfinished character are kept, at most three.
    pub const fn pending_len(&self) -> usize {
        self.pending_len as usize
    }

    #[inline]
    fn read(&mut self, mut piece: &[u8], mut complete: impl FnMut(&str)) -> Result<(), InvalidUtf8> {
        while self.pending_len > 0
            && let Some((byte, rest)) = piece.split_first()
        {
            piece = rest;
            self.read_byte(*byte, &mut complete)?;
        }
        let (whole, unfinished) = piece.split_at(piece.len() - unfinished_suffix(piece));
        complete(simdutf8::basic::from_utf8(whole).map_err(|_| InvalidUtf8)?);
        for byte in unfinished {
            self.read_byte(*byte, &mut complete)?;
        }
        Ok(())
    }

    /// Adds one byte to the unfinished character.
    fn read_byte(&mut self, byte: u8, complete: &mut impl FnMut(&str)) -> Result<(), InvalidUtf8> {
        let [a, b, c] = self.pending;
        let (character, length) = match self.pending_len {
            0 => ([byte, 0, 0, 0], 1),
            1 => ([a, byte, 0, 0], 2),
            2 => ([a, b, byte, 0], 3),
            _ => ([a, b, c, byte], 4),
        };
        match std::str::from_utf8(&character[..length]) {
            Ok(character) => {
                complete(character);
                self.pending_len = 0;
                Ok(())
            }
            Err(error) if error.error_len().is_none() && length < 4 => {
                let [a, b, c, _] = character;
                self.pending = [a, b, c];
                self.pending_len += 1;
                Ok(())
            }
            Err(_) => Err(InvalidUtf8),
        }
    }
}

/// How many bytes at the end begin a character that would need more of them.
fn unfinished_suffix(piece: &[u8]) -> usize {
    for (back, byte) in (1..=3).zip(piece.iter().rev()) {
        let needs = match byte {
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            _ => 1,
        };
        return if needs > back { back } else { 0 };
    }
    0
}
