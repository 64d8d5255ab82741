//! The bound of inflation for one call, so that one connection does not delay the others of its thread.

/// The work since the last pause.
///
/// A byte of input can cost far more than one of output: an empty block with its own codes has a few bytes, but needs
/// tables to be built.
#[derive(Debug)]
pub(super) struct Work {
    taken: usize,
    made: usize,
}

impl Work {
    /// How many bytes of input are inflated at once.
    const INPUT: usize = 4 << 10;
    /// How many bytes of output are made at once.
    const OUTPUT: usize = 256 << 10;

    pub(super) const fn new() -> Self {
        Self { taken: 0, made: 0 }
    }

    pub(super) const fn add(&mut self, taken: usize, made: usize) {
        self.taken = self.taken.saturating_add(taken);
        self.made = self.made.saturating_add(made);
    }

    pub(super) const fn is_enough(&self) -> bool {
        self.taken >= Self::INPUT || self.made >= Self::OUTPUT
    }
}
