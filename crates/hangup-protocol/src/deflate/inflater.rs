//! The inflation of the peer's messages, within limits (RFC 7692, 7.2.2 and 8).

use flate2::{Decompress, FlushDecompress, Status};

use super::compressor::TAIL;
use super::spare;
use super::work::Work;
use crate::assembler::Assembler;
use crate::mask;
use crate::violation::Violation;

#[derive(Debug)]
pub(super) struct Inflater {
    no_context_takeover: bool,
    /// The context; kept between messages with context takeover.
    context: Option<Box<Decompress>>,
    /// How many bytes the frames of the message have announced so far.
    announced: u64,
    /// How many frames the message has so far.
    frames: u64,
    /// Whether a final block has ended the stream, and nothing has come after it.
    at_end: bool,
    work: Work,
}

/// The most bytes that a message of `limit` bytes has in compressed form, in so many frames.
///
/// Incompressible data grows by an eighth if a compressor has only fixed codes, and by less in stored blocks. A flush at
/// the end of each frame adds at most 11 bytes: the header of a stored block, and an empty block after it (RFC 1951,
/// 3.2.4). The constant is for empty blocks in short messages.
fn longest(limit: usize, frames: u64) -> u64 {
    const CONSTANT: u64 = 1024;
    const FLUSH: u64 = 16;
    let limit = limit as u64;
    limit
        .saturating_add(limit / 8)
        .saturating_add(frames.saturating_mul(FLUSH))
        .saturating_add(CONSTANT)
}

impl Inflater {
    pub(super) const fn new(no_context_takeover: bool) -> Self {
        Self {
            no_context_takeover,
            context: None,
            announced: 0,
            frames: 0,
            at_end: false,
            work: Work::new(),
        }
    }

    pub(super) fn begin_frame(&mut self, is_first: bool, length: u64, limit: usize) -> Result<(), Violation> {
        if is_first {
            (self.announced, self.frames, self.at_end) = (0, 0, false);
        }
        self.announced = self.announced.saturating_add(length);
        self.frames += 1;
        if self.announced > longest(limit, self.frames) {
            return Err(Violation::MessageTooBig(limit));
        }
        Ok(())
    }

    /// Returns how many bytes of the piece were inflated; the caller must pass the rest again.
    pub(super) fn inflate_masked(
        &mut self,
        key: [u8; 4],
        piece: &[u8],
        message: &mut Assembler,
        limit: usize,
    ) -> Result<usize, Violation> {
        let mut space = [0; 1024];
        let mut inflated = 0;
        while inflated < piece.len() {
            if self.work.is_enough() {
                self.work = Work::new();
                return Ok(inflated);
            }
            let part = &piece[inflated..];
            let part = &part[..part.len().min(space.len())];
            let plain = &mut space[..part.len()];
            mask::copy_into(mask::rotated(key, inflated), 0, part, plain);
            inflated += self.inflate(plain, message, limit)?;
        }
        Ok(inflated)
    }

    pub(super) fn finish(&mut self, message: &mut Assembler, limit: usize) -> Result<(), Violation> {
        // 7.2.2: the tail that the peer left off is put back. Not behind a final block (7.2.3.4) that nothing
        // follows, nor in a message without any byte, which some peers send for the empty one.
        if self.announced > 0 && !self.at_end {
            let before = message.len();
            let mut tail = &TAIL[..];
            while !tail.is_empty() {
                let inflated = self.inflate(tail, message, limit)?;
                tail = tail.get(inflated..).unwrap_or_default();
                if !tail.is_empty() {
                    self.work = Work::new();
                }
            }
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

    /// Inflates input, up to the bound of work for one call. Returns how many bytes were inflated.
    fn inflate(&mut self, input: &[u8], message: &mut Assembler, limit: usize) -> Result<usize, Violation> {
        let Self {
            context,
            at_end,
            work,
            ..
        } = self;
        let context = context.get_or_insert_with(spare::take_decompress);
        let mut space = [0; 4096];
        let mut rest = input;
        loop {
            if rest.is_empty() && *at_end {
                return Ok(input.len());
            }
            *at_end = false;
            let (before_in, before_out) = (context.total_in(), context.total_out());
            let result = context.decompress(rest, &mut space, FlushDecompress::Sync);
            let taken = (context.total_in() - before_in) as usize;
            let made = (context.total_out() - before_out) as usize;
            work.add(taken, made);
            push(message, space.get(..made).unwrap_or_default(), limit)?;
            rest = rest.get(taken..).unwrap_or_default();
            match result {
                // 7.2.3.4: a final block may be followed by another stream.
                Ok(Status::StreamEnd) => {
                    context.reset(false);
                    *at_end = true;
                }
                Ok(Status::Ok | Status::BufError) if rest.is_empty() => {
                    // There may be more where the space was filled; it is little, as what it comes from was taken.
                    if made < space.len() {
                        return Ok(input.len());
                    }
                }
                Ok(Status::Ok | Status::BufError) if taken > 0 || made > 0 => {}
                Ok(_) | Err(_) => return Err(Violation::CorruptDeflate),
            }
            if work.is_enough() && !rest.is_empty() {
                return Ok(input.len() - rest.len());
            }
        }
    }
}

/// Adds inflated bytes up to the limit. The first byte beyond it, or the first that is not UTF-8, decides the error,
/// independent of how the input was split.
fn push(message: &mut Assembler, bytes: &[u8], limit: usize) -> Result<(), Violation> {
    let (within, beyond) = bytes.split_at(bytes.len().min(limit.saturating_sub(message.len())));
    message.push(within).map_err(|_| Violation::TextNotUtf8)?;
    if beyond.is_empty() {
        Ok(())
    } else {
        Err(Violation::MessageTooBig(limit))
    }
}
