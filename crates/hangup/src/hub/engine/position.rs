//! `Position`: the place of a publication or of a kick.

/// The place of a publication in its topic, or of a kick in the log.
///
/// Offsets of one epoch grow by one; an epoch ends when the service loses its data, and says nothing about order. An engine without positions for
/// publications gives the default, 0 in epoch 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// Which life of the topic or the log the offset belongs to.
    pub epoch: u64,
    /// The place, counted from 1.
    pub offset: u64,
}

impl Position {
    /// A place in an epoch.
    #[must_use]
    pub const fn new(epoch: u64, offset: u64) -> Self {
        Self { epoch, offset }
    }

    /// Whether it is the very next behind `other`, in one epoch.
    #[must_use]
    pub const fn follows(self, other: Self) -> bool {
        self.epoch == other.epoch && self.offset == other.offset + 1
    }
}
