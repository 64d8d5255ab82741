//! Where the frames of what is to be written begin and end (RFC 6455, 5.2).

use hangup_protocol::{FrameHeader, FrameRules, OpCode};

/// A server masks nothing, and may compress.
const RULES: FrameRules = FrameRules {
    masked: false,
    rsv1: true,
};

/// Whole frames, in pieces that are cut anywhere.
pub(crate) struct Frames<'a, I> {
    rest: &'a [u8],
    pieces: I,
}

/// One frame, header and payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameExtent {
    pub(crate) opcode: OpCode,
    /// The bytes of its payload.
    pub(crate) payload: usize,
    /// All its bytes.
    pub(crate) length: usize,
}

impl<'a> Frames<'a, std::iter::Empty<&'a [u8]>> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            pieces: std::iter::empty(),
        }
    }
}

impl<'a, I: Iterator<Item = &'a [u8]> + Clone> Frames<'a, I> {
    pub(crate) fn in_pieces(pieces: I) -> Self {
        Self { rest: &[], pieces }
    }

    /// The frame that begins here; `None` at the end, and where the bytes are no frame.
    pub(crate) fn peek(&self) -> Option<FrameExtent> {
        let parsed = match FrameHeader::parse(self.rest, RULES) {
            Ok(None) => FrameHeader::parse(&self.copy(FrameHeader::MAX_BYTES), RULES),
            parsed => parsed,
        };
        let (header, size) = parsed.ok()??;
        let payload = usize::try_from(header.length).ok()?;
        Some(FrameExtent {
            opcode: header.opcode,
            payload,
            length: size + payload,
        })
    }

    /// The next bytes, or as many as there are.
    pub(crate) fn copy(&self, length: usize) -> Vec<u8> {
        let pieces = std::iter::once(self.rest).chain(self.pieces.clone());
        pieces.flatten().copied().take(length).collect()
    }

    /// Goes on behind so many bytes, or at the end.
    pub(crate) fn skip(&mut self, mut length: usize) {
        while length > self.rest.len() {
            length -= self.rest.len();
            let Some(next) = self.pieces.next() else {
                self.rest = &[];
                return;
            };
            self.rest = next;
        }
        self.rest = self.rest.get(length..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_in_any_pieces() {
        let mut bytes = Vec::new();
        let lengths = [0, 125, 126, 65_535, 65_536, 1];
        for length in lengths {
            FrameHeader {
                fin: length != 126,
                rsv1: length == 1,
                opcode: OpCode::Binary,
                mask: None,
                length: length as u64,
            }
            .write(&mut bytes);
            bytes.resize(bytes.len() + length, 0xff);
        }
        for size in [1, 2, 3, 7, 10_000, bytes.len()] {
            let mut frames = Frames::in_pieces(bytes.chunks(size));
            let mut found = Vec::new();
            while let Some(frame) = frames.peek() {
                found.push(frame.payload);
                frames.skip(frame.length);
            }
            assert_eq!(found, lengths, "{size}");
        }
    }
}
