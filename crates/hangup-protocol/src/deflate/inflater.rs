//! The inflation of the peer's messages, within limits (RFC 7692, 7.2.2 and 8).

use flate2::{Decompress, FlushDecompress, Status};

use super::compressor::TAIL;
use super::spare;
use crate::assembler::Assembler;
use crate::mask;
use crate::violation::Violation;

/// How far a message may be inflated whatever its compressed length is, in bytes.
const FREE_OF_RATIO: u64 = 64 << 10;

#[derive(Debug)]
pub(super) struct Inflater {
    no_context_takeover: bool,
    max_expansion: Option<u32>,
    /// The context; kept between messages if it is taken over.
    context: Option<Box<Decompress>>,
    /// How many bytes the frames of the message have announced so far.
    announced: u64,
    /// Whether a final block has ended the stream, and nothing has come after it.
    at_end: bool,
}

impl Inflater {
    pub(super) const fn new(no_context_takeover: bool, max_expansion: Option<u32>) -> Self {
        Self {
            no_context_takeover,
            max_expansion,
            context: None,
            announced: 0,
            at_end: false,
        }
    }

    pub(super) fn begin_frame(&mut self, is_first: bool, length: u64) {
        if is_first {
            (self.announced, self.at_end) = (0, false);
        }
        self.announced = self.announced.saturating_add(length);
    }

    pub(super) fn inflate_masked(
        &mut self,
        key: [u8; 4],
        piece: &[u8],
        message: &mut Assembler,
        limit: usize,
    ) -> Result<(), Violation> {
        let mut space = [0; 1024];
        for part in piece.chunks(space.len()) {
            let plain = &mut space[..part.len()];
            mask::copy_into(key, 0, part, plain);
            self.inflate(plain, message, limit)?;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, message: &mut Assembler, limit: usize) -> Result<(), Violation> {
        // 7.2.2: the tail that the peer left off is put back. Not behind a final block (7.2.3.4) that nothing
        // follows, nor in a message without any byte, which some peers send for the empty one.
        if self.announced > 0 && !self.at_end {
            let before = message.len();
            self.inflate(&TAIL, message, limit)?;
            if message.len() != before {
                // The tail was taken for data: the message was cut off inside a block.
                return Err(Violation::CorruptDeflate);
            }
        }
        if self.no_context_takeover
            && let Some(context) = self.context.take()
        {
            spare::put_decompress(context);
        }
        Ok(())
    }

    fn inflate(&mut self, mut input: &[u8], message: &mut Assembler, limit: usize) -> Result<(), Violation> {
        let Self {
            max_expansion,
            context,
            announced,
            at_end,
            ..
        } = self;
        let context = context.get_or_insert_with(spare::take_decompress);
        let mut space = [0; 4096];
        loop {
            if input.is_empty() && *at_end {
                return Ok(());
            }
            *at_end = false;
            let (before_in, before_out) = (context.total_in(), context.total_out());
            let result = context.decompress(input, &mut space, FlushDecompress::Sync);
            let taken = (context.total_in() - before_in) as usize;
            let made = (context.total_out() - before_out) as usize;
            push(
                message,
                space.get(..made).unwrap_or_default(),
                limit,
                *max_expansion,
                *announced,
            )?;
            input = input.get(taken..).unwrap_or_default();
            match result {
                // 7.2.3.4: a final block may be followed by another stream.
                Ok(Status::StreamEnd) => {
                    context.reset(false);
                    *at_end = true;
                }
                Ok(Status::Ok | Status::BufError) if input.is_empty() => {
                    // There may be more where the space was filled.
                    if made < space.len() {
                        return Ok(());
                    }
                }
                Ok(Status::Ok | Status::BufError) if taken > 0 || made > 0 => {}
                Ok(_) | Err(_) => return Err(Violation::CorruptDeflate),
            }
        }
    }
}

/// Adds what was inflated up to the limits; the first byte beyond one of them, or the first that is not UTF-8, is
/// what counts, however the input was split.
fn push(
    message: &mut Assembler,
    bytes: &[u8],
    limit: usize,
    max_expansion: Option<u32>,
    announced: u64,
) -> Result<(), Violation> {
    let by_ratio = max_expansion.map(|times| {
        let most = announced.saturating_mul(times.into()).max(FREE_OF_RATIO);
        (
            usize::try_from(most).unwrap_or(usize::MAX),
            Violation::ExpansionTooBig(times),
        )
    });
    let by_size = (limit, Violation::MessageTooBig(limit));
    let (most, violation) = by_ratio.filter(|(most, _)| *most < limit).unwrap_or(by_size);
    let (within, beyond) = bytes.split_at(bytes.len().min(most.saturating_sub(message.len())));
    message.push(within).map_err(|_| Violation::TextNotUtf8)?;
    if beyond.is_empty() { Ok(()) } else { Err(violation) }
}
