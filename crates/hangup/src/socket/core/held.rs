//! Messages that are delivered while another is sent in fragments: they wait for its end.

use super::{
    super::{
        environment::{Environment, Observer as _},
        held_messages::{Held, HeldMessages},
        message::Message,
        shared_frames::SharedFrames,
    },
    Core,
    deliver::{Taken, Undelivered},
};

impl<E: Environment> Core<E> {
    /// Holds frames while those that are held cost no more than `bound` bytes, so that one may go past that bound.
    pub(super) fn hold_frames(&mut self, frames: &SharedFrames, bound: usize) -> Result<(), Undelivered> {
        let capacity = bound.checked_sub(self.held_cost());
        let missed = capacity.map_or(frames.messages, |capacity| {
            let taken = Taken::within(frames, 0, capacity);
            self.hold(Held::Frames(taken.of(frames)), taken.messages, taken.length);
            frames.messages - taken.messages
        });
        match missed {
            0 => Ok(()),
            missed => Err(Undelivered::Full { missed }),
        }
    }

    /// The same for one message. Whether it is held.
    pub(super) fn hold_message(&mut self, message: &Message, bound: usize) -> bool {
        let has_capacity = self.held_cost() <= bound;
        if has_capacity {
            self.hold(Held::Message(message.clone()), 1, message.len());
        }
        has_capacity
    }

    pub(super) fn held_cost(&self) -> usize {
        let held = self.limits.as_ref().and_then(|limits| limits.held.as_ref());
        held.map_or(0, |held| held.cost)
    }

    fn take_held(&mut self) -> Option<Box<HeldMessages>> {
        self.limits.as_mut()?.held.take()
    }

    fn hold(&mut self, what: Held, messages: usize, length: usize) {
        let held = self.limits().held.get_or_insert_default();
        held.queue.push(what);
        held.messages += messages;
        held.cost += length + size_of::<Held>();
    }

    /// The message in fragments has ended: what is held comes behind it.
    pub(super) fn release_held(&mut self) {
        let held = self.take_held();
        for what in held.into_iter().flat_map(|held| held.queue) {
            match what {
                Held::Frames(frames) => {
                    self.append_frames(&frames.bytes, 0);
                    self.observer.sent_many(frames.messages, frames.payload);
                }
                Held::Message(mut message) => self.enqueue(&mut message),
            }
        }
    }

    /// Nothing can follow the message in fragments any more.
    pub(super) fn drop_held(&mut self) {
        if let Some(held) = self.take_held() {
            let messages = held.messages as u64;
            self.limits().drop_messages(messages);
            self.observer.dropped(messages);
        }
    }
}
