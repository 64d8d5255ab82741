//! `HeldMessages`: what waits for the end of a message in fragments.

use super::{message::Message, shared_frames::SharedFrames};

/// What waits for the last fragment, in its order.
#[derive(Debug, Default)]
pub(super) struct HeldMessages {
    pub(super) queue: Vec<Held>,
    pub(super) messages: usize,
    /// What they cost, in bytes: their own, and those of the queue.
    pub(super) cost: usize,
}

#[derive(Debug)]
pub(super) enum Held {
    Frames(SharedFrames),
    /// For a connection that compresses with a context of its own.
    Message(Message),
}
