//! The compression of our messages (RFC 7692, 7.2.1).

use flate2::{Compress, FlushCompress};

use super::negotiation::Direction;
use super::spare;

/// The last bytes of every compressed message, which are removed (7.2.1).
pub(super) const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

#[derive(Debug)]
pub(super) struct Compressor {
    level: u8,
    direction: Direction,
    /// The context; kept between messages with context takeover.
    context: Option<Box<Compress>>,
}

impl Compressor {
    pub(super) const fn new(level: u8, direction: Direction) -> Self {
        Self {
            level,
            direction,
            context: None,
        }
    }

    pub(super) const fn takes_over(&self) -> bool {
        !self.direction.no_context_takeover
    }

    /// Appends a non-empty message in compressed form. `false` if it must be sent uncompressed; the appended bytes are
    /// then undefined.
    pub(super) fn compress(&mut self, message: &[u8], output: &mut Vec<u8>) -> bool {
        let (level, window_bits) = (self.level, self.direction.window_bits);
        let mut context = self
            .context
            .take()
            .unwrap_or_else(|| spare::take_compress(level, window_bits));
        let start = output.len();
        // A context in which something failed is dropped; a new one refers to nothing that was sent before.
        if run(&mut context, message, output).is_none() {
            return false;
        }
        if !self.direction.no_context_takeover {
            // What has been compressed is part of the context now, so the peer must see it in this form.
            self.context = Some(context);
            return true;
        }
        spare::put_compress(level, window_bits, context);
        output.len() - start < message.len()
    }
}

/// Compresses the whole message up to a byte boundary, without the tail. `None` if that fails.
fn run(context: &mut Compress, mut message: &[u8], output: &mut Vec<u8>) -> Option<()> {
    let start = output.len();
    output.reserve(message.len() / 2 + 64);
    loop {
        let before = context.total_in();
        context.compress_vec(message, output, FlushCompress::Sync).ok()?;
        let taken = usize::try_from(context.total_in() - before).ok()?;
        message = message.get(taken..)?;
        // The flush is over when it leaves room; without any the next call needs more than the six bytes that
        // zlib may write twice.
        if message.is_empty() && output.len() < output.capacity() {
            break;
        }
        output.reserve(message.len() / 2 + 64);
    }
    let end = output[start..].strip_suffix(&TAIL)?.len();
    output.truncate(start + end);
    Some(())
}
