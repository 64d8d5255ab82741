//! A terminal's screen, as far as wscat uses it: lines, and the erasing of the line that is being written.

/// Control sequences: erase the line; put the cursor into a column (readline does so before it writes anew).
const ERASING: [&str; 2] = ["K", "G"];

#[derive(Default)]
pub(crate) struct Screen {
    done: Vec<String>,
    current: Vec<u8>,
    /// A control sequence that has begun.
    escape: Option<String>,
}

impl Screen {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take(*byte);
        }
    }

    fn take(&mut self, byte: u8) {
        if let Some(sequence) = &mut self.escape {
            sequence.push(char::from(byte));
            let is_end = byte.is_ascii_alphabetic() && sequence.len() > 1;
            if is_end {
                if ERASING.iter().any(|end| sequence.ends_with(end)) {
                    self.current.clear();
                }
                self.escape = None;
            }
            return;
        }
        match byte {
            0x1b => self.escape = Some(String::new()),
            b'\n' => {
                let line = String::from_utf8_lossy(&self.current)
                    .trim_end_matches('\r')
                    .to_owned();
                self.done.push(line);
                self.current.clear();
            }
            _ => self.current.push(byte),
        }
    }

    /// All lines that are not empty, the unfinished last one included.
    pub(crate) fn lines(&self) -> Vec<String> {
        let last = String::from_utf8_lossy(&self.current).into_owned();
        self.done
            .iter()
            .cloned()
            .chain([last])
            .filter(|line| !line.trim().is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_that_is_erased_leaves_no_trace() {
        let mut screen = Screen::default();
        screen.feed(b"\r\x1b[2K\x1b[3DConnected\x1b[39m\r\n\x1b[1G\x1b[0J> \x1b[3G");
        screen.feed(b"\r\x1b[2K\x1b[3D< h\xc3");
        screen.feed(b"\xa9\r\n> ");
        assert_eq!(screen.lines(), ["Connected", "< h\u{e9}", "> "]);
    }
}
