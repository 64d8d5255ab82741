//! The two ends of what serde says, which may quote the whole of a message.

use std::fmt::{self, Write};

/// The two ends of a text, however long it is between them.
pub(super) struct Ends {
    pub(super) start: String,
    end: String,
    is_cut: bool,
}

impl Ends {
    const MOST: usize = 512;

    pub(super) fn of(text: &impl fmt::Display) -> Self {
        let mut ends = Self {
            start: String::new(),
            end: String::new(),
            is_cut: false,
        };
        let _ = write!(ends, "{text}");
        ends
    }

    /// The end of the text, all of it where it is short.
    pub(super) fn end(&self) -> &str {
        if self.is_cut { &self.end } else { &self.start }
    }
}

impl Write for Ends {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut text = text;
        if !self.is_cut {
            let fits = floor(text, Self::MOST - self.start.len());
            let (head, tail) = text.split_at(fits);
            self.start.push_str(head);
            if tail.is_empty() {
                return Ok(());
            }
            self.is_cut = true;
            self.end.push_str(&self.start);
            self.start.push('…');
            text = tail;
        }
        let last = ceil(text, text.len().saturating_sub(Self::MOST));
        let text = text.get(last..).unwrap_or_default();
        let surplus = (self.end.len() + text.len()).saturating_sub(Self::MOST);
        let surplus = ceil(&self.end, surplus);
        self.end.drain(..surplus);
        self.end.push_str(text);
        Ok(())
    }
}

/// The last boundary of a character up to `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first boundary of a character from `at` on.
fn ceil(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}
