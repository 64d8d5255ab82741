//! Text that is known to be JSON, walked without a tree and without recursion.

pub(super) use super::escapes::{is_unicode, unescaped};
use super::structure::Structure;
use crate::bounds;
use crate::loc::Loc;

/// A position in text that is JSON.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    structure: Option<&'a Structure>,
    /// The number of the next container, in the order in which they open.
    container: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            structure: None,
            container: 0,
        }
    }

    /// At the start of a text whose containers are known: they are passed in one step, and the work is counted.
    pub(super) fn within(text: &'a str, structure: &'a Structure) -> Self {
        Self {
            structure: Some(structure),
            ..Self::new(text)
        }
    }

    fn note(&self, bytes: usize) {
        if let Some(structure) = self.structure {
            structure.note(bytes);
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte behind white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.skip_while(|byte| byte.is_ascii_whitespace());
        self.byte()
    }

    /// Passes one byte of structure.
    pub(super) fn pass(&mut self) {
        if matches!(self.byte(), Some(b'[' | b'{')) {
            self.container += 1;
        }
        self.at += 1;
        self.note(1);
    }

    fn skip_while(&mut self, is_part: impl Fn(u8) -> bool) {
        let start = self.at;
        while self.byte().is_some_and(&is_part) {
            self.at += 1;
        }
        self.note(self.at - start);
    }

    /// Passes one string, number or word, and gives it as it stands in the text.
    pub(super) fn scalar(&mut self) -> &'a str {
        let start = self.at;
        if self.byte() == Some(b'"') {
            self.at += 1;
            loop {
                self.skip_while(|byte| !matches!(byte, b'"' | b'\\'));
                match self.byte() {
                    Some(b'\\') => self.at += 2,
                    Some(_) => break self.at += 1,
                    None => break,
                }
            }
        } else {
            self.skip_while(|byte| {
                !byte.is_ascii_whitespace() && !matches!(byte, b',' | b':' | b']' | b'}' | b'[' | b'{' | b'"')
            });
            // Whatever the text is, a walk comes to its end.
            self.at = self.at.max(start + 1);
        }
        self.text
            .get(start..self.at.min(self.text.len()))
            .unwrap_or_default()
    }

    /// Passes one value of any kind.
    pub(super) fn skip(&mut self) {
        if matches!(self.peek(), Some(b'[' | b'{'))
            && let Some((end, next)) = self.structure.and_then(|known| known.container(self.container))
        {
            debug_assert!(self.at < end, "the container opens here");
            (self.at, self.container) = (end, next);
            return self.note(1);
        }
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' | b'{' => {
                    depth += 1;
                    self.pass();
                }
                b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    self.pass();
                }
                b',' | b':' => {
                    self.pass();
                    continue;
                }
                _ => {
                    self.scalar();
                }
            }
            if depth == 0 {
                break;
            }
        }
    }

    /// Passes an array, with the cursor before each of its elements; the closure passes the element.
    pub(super) fn each_element(&mut self, mut element: impl FnMut(&mut Self)) {
        self.peek();
        self.pass();
        while !matches!(self.peek(), None | Some(b']')) {
            element(self);
            if self.peek() == Some(b',') {
                self.pass();
            }
        }
        self.pass();
    }

    /// Passes an object, with each key as it stands in the text and the cursor before its value; the closure passes
    /// the value.
    pub(super) fn each_entry(&mut self, mut entry: impl FnMut(&'a str, &mut Self)) {
        self.peek();
        self.pass();
        while self.peek() == Some(b'"') {
            let key = self.scalar();
            // The colon.
            self.peek();
            self.pass();
            self.peek();
            entry(key, self);
            if self.peek() == Some(b',') {
                self.pass();
            }
        }
        self.pass();
    }

    /// The text from here to another position.
    pub(super) fn until(&self, end: &Self) -> &'a str {
        self.text.get(self.at..end.at).unwrap_or_default()
    }

    /// The string, number or word that stands here.
    pub(super) fn into_scalar(mut self) -> Option<&'a str> {
        match self.peek() {
            None | Some(b'[' | b'{') => None,
            Some(_) => Some(self.scalar()),
        }
    }

    /// Passes one value; where it is a scalar, as it stands in the text.
    pub(super) fn skip_scalar(&mut self) -> Option<&'a str> {
        match self.peek() {
            None | Some(b'[' | b'{') => {
                self.skip();
                None
            }
            Some(_) => Some(self.scalar()),
        }
    }

    /// Passes a string of which no more than `most` characters are read. Of a longer one, its start.
    pub(super) fn start_of_string(&mut self, most: usize) -> &'a str {
        // An escape of six bytes is at least one character.
        let bytes = 6 * most + 8;
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.len() <= bytes {
            return self.scalar();
        }
        let end = (bytes..rest.len()).find(|end| rest.is_char_boundary(*end));
        let (start, _) = rest
            .split_at_checked(end.unwrap_or(rest.len()))
            .unwrap_or((rest, ""));
        let mut within = Self::new(start);
        let raw = within.scalar();
        self.at += raw.len();
        self.note(raw.len());
        raw
    }

    /// The member of an object under `key`: where it stands several times, the last that starts before `end`.
    pub(super) fn into_key(mut self, key: &str, end: usize) -> Option<Self> {
        if self.peek() != Some(b'{') {
            return None;
        }
        self.pass();
        let mut found = None;
        while self.at < end && self.peek() == Some(b'"') {
            let is_it = unescaped(self.scalar()).eq(key.chars());
            self.peek();
            self.pass();
            if is_it {
                if end == usize::MAX {
                    return Some(self);
                }
                found = Some(self.clone());
            }
            self.skip();
            if self.peek() == Some(b',') {
                self.pass();
            }
        }
        found
    }

    /// An element of an array.
    pub(super) fn into_index(mut self, index: usize) -> Option<Self> {
        if self.peek() != Some(b'[') {
            return None;
        }
        self.pass();
        for _ in 0..index {
            self.skip();
            if self.peek() != Some(b',') {
                return None;
            }
            self.pass();
        }
        Some(self)
    }

    /// How many elements an array has.
    pub(super) fn count(mut self) -> usize {
        let mut count = 0;
        self.each_element(|cursor| {
            cursor.skip();
            count += 1;
        });
        count
    }
}

/// A step of `loc`, no longer than is needed for its bound to be seen.
pub(super) fn name(characters: impl Iterator<Item = char>) -> Loc {
    Loc::from(characters.take(bounds::MAX_NAME + 1).collect::<String>())
}

/// How many containers stand inside each other.
pub(super) fn nesting(text: &str) -> usize {
    let mut cursor = Cursor::new(text);
    let (mut depth, mut deepest) = (0_usize, 0);
    while let Some(byte) = cursor.peek() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
                cursor.pass();
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                cursor.pass();
            }
            b',' | b':' => cursor.pass(),
            _ => {
                cursor.scalar();
            }
        }
    }
    deepest
}

/// The byte of a line and a column, as `serde_json` counts them.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    before.map(str::len).sum::<usize>() + column
}
