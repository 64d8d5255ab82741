//! One token of text that is known to be JSON, and the way to it.

use super::text::{Cursor, name, unescaped};
use crate::loc::Loc;

/// `serde_json` opens no more than this many containers inside each other.
const DEEPEST: usize = 128;

/// One scalar or opening bracket, and where it stands.
pub(super) struct Token<'a> {
    /// Where it starts in the text.
    pub(super) start: usize,
    /// A scalar as it stands in the text; empty for a container.
    pub(super) raw: &'a str,
    pub(super) is_key: bool,
    frames: Vec<Frame<'a>>,
    /// The cursor before the token.
    pub(super) cursor: Cursor<'a>,
}

/// A container that is open.
struct Frame<'a> {
    start: usize,
    step: Step<'a>,
}

enum Step<'a> {
    Index(usize),
    /// The key as it stands in the text; `None` before it.
    Key(Option<&'a str>),
}

impl<'a> Token<'a> {
    /// The last token that starts before the byte `end`.
    pub(super) fn before(text: &'a str, end: usize) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        let mut last = None;
        while let Some(byte) = cursor.peek()
            && cursor.at < end
        {
            match byte {
                b',' | b':' | b']' | b'}' => cursor.pass(),
                b'[' | b'{' => {
                    last = Some(cursor.at);
                    cursor.pass();
                }
                _ => {
                    last = Some(cursor.at);
                    cursor.scalar();
                }
            }
        }
        last.map(|start| Self::at(text, start))
    }

    fn at(text: &'a str, start: usize) -> Self {
        let mut cursor = Cursor::new(text);
        let mut frames: Vec<Frame<'a>> = Vec::new();
        // Containers beyond those that are kept.
        let mut beyond = 0_usize;
        while let Some(byte) = cursor.peek()
            && cursor.at < start
        {
            match byte {
                b'[' | b'{' if frames.len() == DEEPEST => beyond += 1,
                b'[' | b'{' => frames.push(Frame {
                    start: cursor.at,
                    step: if byte == b'[' {
                        Step::Index(0)
                    } else {
                        Step::Key(None)
                    },
                }),
                b']' | b'}' if beyond > 0 => beyond -= 1,
                b']' | b'}' => drop(frames.pop()),
                b':' => {}
                b',' if beyond > 0 => {}
                b',' => match frames.last_mut().map(|frame| &mut frame.step) {
                    Some(Step::Index(index)) => *index += 1,
                    Some(Step::Key(key)) => *key = None,
                    None => {}
                },
                _ => {
                    let raw = cursor.scalar();
                    if let Some(Step::Key(key @ None)) = frames.last_mut().map(|frame| &mut frame.step) {
                        *key = Some(raw);
                    }
                    continue;
                }
            }
            cursor.pass();
        }
        let before = cursor.clone();
        let raw = match cursor.peek() {
            Some(b'[' | b'{') | None => "",
            Some(_) => cursor.scalar(),
        };
        Self {
            start,
            raw,
            is_key: matches!(frames.last().map(|frame| &frame.step), Some(Step::Key(None))),
            frames,
            cursor: before,
        }
    }

    /// The steps to the token; of a key, to its value.
    pub(super) fn loc(&self) -> Vec<Loc> {
        let steps = self.frames.iter().map(|frame| match frame.step {
            Step::Index(index) => Loc::from(index),
            Step::Key(key) => name(unescaped(key.unwrap_or(self.raw))),
        });
        steps.collect()
    }

    /// The value that stands behind the token, which is a key.
    pub(super) fn value_of_key(&self) -> Cursor<'a> {
        let mut cursor = self.cursor.clone();
        cursor.scalar();
        cursor.peek();
        cursor.pass();
        cursor
    }

    /// The array that the token is an element of, and its place in it.
    pub(super) fn array(&self) -> Option<(Cursor<'a>, usize)> {
        let frame = self.frames.last()?;
        let Step::Index(index) = frame.step else {
            return None;
        };
        let mut cursor = Cursor::new(self.cursor.text);
        cursor.at = frame.start;
        Some((cursor, index))
    }
}
