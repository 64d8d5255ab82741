//! Validated UTF-8 text, and the validation of text that arrives in pieces (RFC 6455, 8.1).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use bytestring::ByteString;

/// The text of a message.
///
/// A clone shares the bytes, as a clone of [`Bytes`] does. Conversion into [`Bytes`] copies nothing. Conversion into
/// [`String`] copies only shared or `'static` bytes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utf8Bytes(ByteString);

impl Utf8Bytes {
    /// A `'static` text, which is not copied.
    pub const fn from_static(text: &'static str) -> Self {
        Self(ByteString::from_static(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as an owned string.
    pub fn into_string(self) -> String {
        self.0.into()
    }

    /// The bytes of the text.
    pub fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
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
        Self(ByteString::from(text))
    }
}

impl From<&'static str> for Utf8Bytes {
    fn from(text: &'static str) -> Self {
        Self::from_static(text)
    }
}

impl From<Cow<'static, str>> for Utf8Bytes {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from_static(text),
            Cow::Owned(text) => Self::from(text),
        }
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

    /// Copies nothing.
    fn try_from(bytes: Bytes) -> Result<Self, InvalidUtf8> {
        ByteString::try_from(bytes).map(Self).map_err(|_| InvalidUtf8)
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

/// Validates UTF-8 that arrives in pieces. It fails at the first invalid byte.
///
/// It keeps at most three bytes: an incomplete character.
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
    /// A validator at the start of a text.
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
    /// [`InvalidUtf8`] if no continuation could make the bytes so far valid. Then the validator must not be used again.
    pub fn validate(&mut self, piece: &[u8]) -> Result<(), InvalidUtf8> {
        self.read(piece, |_| {})
    }

    /// Checks the next piece, and appends complete characters to `text`.
    ///
    /// # Errors
    ///
    /// Those of [`validate`](Self::validate).
    pub fn decode(&mut self, piece: &[u8], text: &mut String) -> Result<(), InvalidUtf8> {
        self.read(piece, |complete| text.push_str(complete))
    }

    /// Ends the text.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where a byte string stops being the beginning of UTF-8, by the standard library: the bytes before the
    /// first impossible one, and whether the whole is complete.
    fn oracle(bytes: &[u8]) -> (usize, bool) {
        let possible = (0..=bytes.len())
            .take_while(|end| match std::str::from_utf8(&bytes[..*end]) {
                Ok(_) => true,
                Err(error) => error.error_len().is_none(),
            })
            .last()
            .unwrap_or(0);
        (possible, std::str::from_utf8(bytes).is_ok())
    }

    fn check(bytes: &[u8], sizes: &[usize]) {
        let (possible, complete) = oracle(bytes);
        let (mut validator, mut text, mut rest, mut seen) = (Utf8Validator::new(), String::new(), bytes, 0);
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            rest = after;
            seen += piece.len();
            let result = validator.decode(piece, &mut text);
            assert_eq!(result.is_ok(), seen <= possible, "{bytes:02x?} at {seen}");
            if result.is_err() {
                return;
            }
            assert_eq!(text.len() + validator.pending_len(), seen);
            assert!(validator.pending_len() <= 3);
        }
        assert_eq!(validator.finish().is_ok(), complete, "{bytes:02x?}");
        assert_eq!(text.as_bytes(), &bytes[..text.len()]);
    }

    /// Bytes that are likely to begin, continue or break characters.
    fn likely() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            any::<u8>(),
            Just(0x80),
            Just(0xbf),
            Just(0x9f),
            Just(0xa0),
            Just(0x8f),
            Just(0x90),
            0xc0..=0xffu8
        ];
        let text = any::<String>().prop_map(String::into_bytes);
        let broken = proptest::collection::vec(byte, 0..8);
        proptest::collection::vec(prop_oneof![text, broken, Just(vec![b'x'; 100])], 0..5)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library_in_any_pieces(
            bytes in likely(), sizes in proptest::collection::vec(1usize..80, 1..8),
        ) {
            check(&bytes, &sizes);
            check(&bytes, &[1]);
            check(&bytes, &[usize::MAX]);
        }
    }

    #[test]
    fn every_sequence_of_two_bytes_before_and_after_others() {
        for a in 0..=255 {
            for b in 0..=255 {
                check(&[a, b], &[1]);
                check(&[a, b], &[2]);
                check(&[b'x', a, b, 0x80], &[3, 1]);
                check(&[0xf0, a, b, 0x80], &[2, 2]);
            }
        }
    }

    #[test]
    fn bytes_become_text_only_if_they_are_utf8() {
        let text = Bytes::from_static("é".as_bytes());
        assert_eq!(Utf8Bytes::try_from(text).unwrap(), "é");
        assert_eq!(Utf8Bytes::try_from(Bytes::from_static(b"\xc3")), Err(InvalidUtf8));
        for text in [Utf8Bytes::from("é".to_owned()), Utf8Bytes::from_static("é")] {
            assert_eq!(text.clone().into_string(), "é");
            assert_eq!(text.into_bytes(), "é".as_bytes());
        }
    }

    #[test]
    fn clones_share_their_bytes_and_strings_take_them_over() {
        let text = Utf8Bytes::from("a text".to_owned());
        let place = text.as_ptr();
        let clone = text.clone();
        assert_eq!((clone.as_ptr(), &clone), (place, &text));
        let again = Utf8Bytes::try_from(clone.into_bytes()).unwrap();
        assert_eq!(again.as_ptr(), place);
        drop(again);
        let string = text.into_string();
        assert_eq!((string.as_ptr(), &*string), (place, "a text"));
    }
}
