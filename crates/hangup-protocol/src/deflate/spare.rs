//! One spare context per thread, so that connections without context takeover need not build one for each message.

use std::cell::Cell;

use flate2::{Compress, Compression, Decompress};

thread_local! {
    static COMPRESS: Cell<Option<(u8, u8, Box<Compress>)>> = const { Cell::new(None) };
    static DECOMPRESS: Cell<Option<Box<Decompress>>> = const { Cell::new(None) };
}

/// A compressor with an empty context.
///
/// zlib has no raw DEFLATE with a window of 8 bits; with one of 9 it refers back 250 bytes at most, which 8 allow.
pub(super) fn take_compress(level: u8, window_bits: u8) -> Box<Compress> {
    match COMPRESS.try_with(Cell::take) {
        Ok(Some((l, w, context))) if (l, w) == (level, window_bits) => context,
        _ => {
            let level = Compression::new(level.into());
            Box::new(Compress::new_with_window_bits(
                level,
                false,
                window_bits.clamp(9, 15),
            ))
        }
    }
}

/// Keeps a compressor for the next message on this thread.
pub(super) fn put_compress(level: u8, window_bits: u8, mut context: Box<Compress>) {
    context.reset();
    // At the end of a thread its storage is gone, and the context is dropped.
    let _ = COMPRESS.try_with(|spare| spare.set(Some((level, window_bits, context))));
}

/// An inflater with an empty context. Its window has 15 bits with any agreement, because zlib-rs always uses 15.
pub(super) fn take_decompress() -> Box<Decompress> {
    match DECOMPRESS.try_with(Cell::take) {
        Ok(Some(context)) => context,
        _ => Box::new(Decompress::new(false)),
    }
}

/// Keeps an inflater for the next message on this thread.
pub(super) fn put_decompress(mut context: Box<Decompress>) {
    context.reset(false);
    let _ = DECOMPRESS.try_with(|spare| spare.set(Some(context)));
}
