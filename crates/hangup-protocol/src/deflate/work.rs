//! How much is inflated at once, so that one connection does not hold up the others of its thread.

/// The work since the last pause.
///
/// A byte of input can cost far more than one of output: blocks with codes of their own and nothing in them are a few
/// bytes each, and tables are built for every one.
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
