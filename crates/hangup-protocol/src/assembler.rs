//! One message while it arrives, in any number of frames and pieces of frames (RFC 6455, 5.4 and 8.1).

use bytes::Bytes;

use crate::event::Event;
use crate::frame::MessageKind;
use crate::mask;
use crate::utf8::{InvalidUtf8, Utf8Bytes, Utf8Validator};

/// The part of a message that has arrived. Text is validated as it arrives.
#[derive(Debug)]
pub(crate) enum Assembler {
    Text {
        text: String,
        utf8: Utf8Validator,
        /// How many bytes were taken.
        taken: usize,
    },
    Binary {
        bytes: Vec<u8>,
        taken: usize,
    },
}

/// How many bytes to reserve: all that a short frame announced, and never much more than has arrived.
fn room(capacity: usize, length: usize, arrived: usize, announced: u64) -> usize {
    const SMALLEST: usize = 64;
    let needed = length.saturating_add(arrived);
    if needed <= capacity {
        return 0;
    }
    let whole = usize::try_from(announced)
        .unwrap_or(usize::MAX)
        .saturating_add(length);
    let grown = capacity.saturating_mul(2).max(SMALLEST).min(whole).max(needed);
    grown - length
}

impl Assembler {
    pub(crate) const fn new(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Text => Self::Text {
                text: String::new(),
                utf8: Utf8Validator::new(),
                taken: 0,
            },
            MessageKind::Binary => Self::Binary {
                bytes: Vec::new(),
                taken: 0,
            },
        }
    }

    pub(crate) const fn kind(&self) -> MessageKind {
        match self {
            Self::Text { .. } => MessageKind::Text,
            Self::Binary { .. } => MessageKind::Binary,
        }
    }

    /// How many bytes have arrived, with those that were taken.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text { text, utf8, taken } => taken.saturating_add(text.len() + utf8.pending_len()),
            Self::Binary { bytes, taken } => taken.saturating_add(bytes.len()),
        }
    }

    /// How many bytes are held that [`take`](Self::take) gives.
    pub(crate) fn held(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.len(),
            Self::Binary { bytes, .. } => bytes.len(),
        }
    }

    /// Takes what is held: of a text, whole characters.
    pub(crate) fn take(&mut self) -> Event {
        match self {
            Self::Text { text, taken, .. } => {
                *taken = taken.saturating_add(text.len());
                Event::Text(Utf8Bytes::from(std::mem::take(text)))
            }
            Self::Binary { bytes, taken } => {
                *taken = taken.saturating_add(bytes.len());
                Event::Binary(Bytes::from(std::mem::take(bytes)))
            }
        }
    }

    /// Adds the next piece of a frame. `announced` bytes of the frame are missing, including this piece.
    pub(crate) fn push_masked(
        &mut self,
        key: [u8; 4],
        piece: &[u8],
        announced: u64,
    ) -> Result<(), InvalidUtf8> {
        match self {
            Self::Binary { bytes, .. } => {
                bytes.reserve_exact(room(bytes.capacity(), bytes.len(), piece.len(), announced));
                mask::copy_unmasked(key, 0, piece, bytes);
                Ok(())
            }
            Self::Text { text, utf8, .. } => {
                text.reserve_exact(room(text.capacity(), text.len(), piece.len(), announced));
                if piece.len() <= 128 {
                    decode_masked::<128>(key, piece, utf8, text)
                } else {
                    decode_masked::<2048>(key, piece, utf8, text)
                }
            }
        }
    }

    /// Adds a piece that is neither masked nor announced, such as inflated data.
    #[cfg(feature = "deflate")]
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), InvalidUtf8> {
        match self {
            Self::Binary { bytes, .. } => {
                bytes.extend_from_slice(piece);
                Ok(())
            }
            Self::Text { text, utf8, .. } => utf8.decode(piece, text),
        }
    }

    /// The whole message.
    pub(crate) fn finish(self) -> Result<Event, InvalidUtf8> {
        match self {
            Self::Binary { bytes, .. } => Ok(Event::Binary(Bytes::from(bytes))),
            Self::Text { text, utf8, .. } => utf8.finish().map(|()| Event::Text(Utf8Bytes::from(text))),
        }
    }
}

/// A message that has arrived completely, in one frame and in one piece of input.
pub(crate) fn whole(kind: MessageKind, key: [u8; 4], payload: &[u8]) -> Result<Event, InvalidUtf8> {
    const SHORT: usize = 128;
    if kind == MessageKind::Text && payload.len() <= SHORT {
        // Unmasked in a space of fixed size, the copy is as short as the text.
        let mut space = [0; SHORT];
        let (plain, _) = space.split_at_mut(payload.len());
        plain.copy_from_slice(payload);
        mask::apply(key, 0, &mut space);
        let text = simdutf8::basic::from_utf8(&space[..payload.len()]).map_err(|_| InvalidUtf8)?;
        return Ok(Event::Text(Utf8Bytes::from(text.to_owned())));
    }
    let mut message = Assembler::new(kind);
    message.push_masked(key, payload, payload.len() as u64)?;
    message.finish()
}

/// Unmasks and validates a piece of a text, block by block, while the block is in the L1 cache.
fn decode_masked<const BLOCK: usize>(
    key: [u8; 4],
    piece: &[u8],
    utf8: &mut Utf8Validator,
    text: &mut String,
) -> Result<(), InvalidUtf8> {
    const {
        assert!(
            BLOCK.is_multiple_of(4),
            "every block must begin with the first byte of the key"
        )
    }
    let mut space = [0; BLOCK];
    for part in piece.chunks(BLOCK) {
        let plain = &mut space[..part.len()];
        mask::copy_into(key, 0, part, plain);
        utf8.decode(plain, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_exact_for_a_whole_frame_and_bounded_for_a_part() {
        assert_eq!(room(0, 0, 125, 125), 125);
        assert_eq!(room(0, 0, 1_000_000, 1_000_000), 1_000_000);
        assert_eq!(room(0, 0, 1, 32 << 20), 64);
        assert_eq!(room(0, 0, 1, u64::MAX), 64);
        assert_eq!(room(0, 0, 1, 3), 3);
        assert_eq!(room(64, 64, 1, 1 << 30), 64);
        assert_eq!(room(64, 60, 4, 1 << 30), 0);
        assert_eq!(room(64, 64, 1, 10), 10);
        assert!(room(4096, 4000, 65536, 1 << 30) <= 65536 + 4096);
    }

    #[test]
    fn a_whole_message_has_no_spare_room() {
        for length in [0, 1, 63, 64, 125, 126, 128, 129, 2048, 5000] {
            let piece = vec![b'x'; length];
            let mut message = Assembler::new(MessageKind::Text);
            message.push_masked([0; 4], &piece, length as u64).unwrap();
            assert_eq!(message.len(), length);
            let Assembler::Text { text, .. } = message else {
                panic!()
            };
            assert_eq!(text.capacity(), length);
        }
    }

    #[test]
    fn characters_across_blocks_and_pieces_are_whole() {
        let key = [1, 2, 3, 4];
        let expected = "x".to_owned() + &"🦀é€".repeat(1000);
        let mut masked = expected.clone().into_bytes();
        mask::apply(key, 0, &mut masked);
        for size in [1, 2, 3, 7, 127, 128, 129, 2047, 2049, 9001] {
            let mut message = Assembler::new(MessageKind::Text);
            let mut announced = masked.len();
            for (n, piece) in masked.chunks(size).enumerate() {
                message
                    .push_masked(mask::rotated(key, n * size), piece, announced as u64)
                    .unwrap();
                announced -= piece.len();
                assert_eq!(message.len(), masked.len() - announced);
            }
            assert_eq!(message.finish(), Ok(Event::Text(expected.clone().into())));
        }
    }
}
