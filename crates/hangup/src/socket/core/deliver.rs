//! Delivery of frames that many connections share: written at once, without a copy and without waking the connection's
//! task.

use std::{
    io,
    task::{Context, Poll},
};

use bytes::Bytes;

use super::{
    super::{
        environment::{Environment, Observer as _},
        io::{BY_REFERENCE, Frames},
        message::Message,
        shared_frames::SharedFrames,
        waiting::{Awaited, Ticket},
    },
    Core,
    fragments::Interleaving,
};

/// Below this a copy costs less memory than a reference.
const BY_REFERENCE_IF_UNSENT: usize = 128;

/// Why frames were not, or not all, taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// As much is unsent as may be: so many of the messages were not taken, the last ones.
    Full { missed: usize },
    /// It compresses with a context of its own: its messages have to be sent one by one.
    OwnContext,
    /// Nothing can be sent any more.
    Over,
}

impl<E: Environment> Core<E> {
    /// Sends whole frames, from any task. Where nothing is unsent before them and the transport is a TCP stream, they are
    /// written here and now with one system call; what the system does not take is kept by reference, counts as unsent,
    /// and is written by the connection's task.
    ///
    /// Messages go in behind all that was sent on this connection before. They are taken while no more than `bound`
    /// bytes are unsent, so that one may go past that bound. While a message is sent in fragments they wait for its end, and
    /// are taken while those that wait cost no more than `bound` bytes.
    ///
    /// # Errors
    ///
    /// [`Undelivered`]; the connection is as it was but for the messages that were taken.
    pub(crate) fn deliver(&mut self, frames: &SharedFrames, bound: usize) -> Result<(), Undelivered> {
        if self.output.unsent() > bound {
            self.flush_now();
        }
        let interleaving = self.interleaving();
        if self.over.is_some() || !self.protocol.can_send() || interleaving == Interleaving::Never {
            return Err(Undelivered::Over);
        }
        if self.protocol.sends_with_takeover() {
            return Err(Undelivered::OwnContext);
        }
        if interleaving == Interleaving::Wait {
            return self.hold_frames(frames, bound);
        }
        if !self.opening.is_open() || self.output.unsent() > bound {
            return Err(Undelivered::Full {
                missed: frames.messages,
            });
        }
        let written = self.try_write(&frames.bytes)?;
        let taken = if written == frames.bytes.len() {
            Taken::all_of(frames)
        } else {
            self.attach_unsent(frames, written, bound)
        };
        self.is_active = true;
        self.note_activity();
        self.observer.sent_many(taken.messages, taken.payload);
        self.observer.settle(self.output.unsent());
        match frames.messages - taken.messages {
            0 => Ok(()),
            missed => Err(Undelivered::Full { missed }),
        }
    }

    /// Sends one message of a connection that compresses with a context of its own, if no more than so many bytes are unsent,
    /// or has it wait for the end of a message in fragments. Whether it was taken.
    pub(crate) fn deliver_message(&mut self, message: &Message, bound: usize) -> bool {
        if self.output.unsent() > bound {
            self.flush_now();
        }
        match self.interleaving() {
            Interleaving::None => {}
            Interleaving::Wait => return self.over.is_none() && self.hold_message(message, bound),
            Interleaving::Never => return false,
        }
        let can_send = self.over.is_none() && self.opening.is_open() && self.output.unsent() <= bound;
        if can_send {
            self.enqueue_from_outside(|core| core.enqueue(&mut message.clone()));
        }
        can_send
    }

    /// Waits until no more than so many bytes are unsent, or wait for the end of a message in fragments, or nothing can be
    /// sent any more.
    pub(crate) fn poll_deliverable(
        &mut self,
        cx: &mut Context<'_>,
        ticket: &mut Ticket,
        bound: usize,
    ) -> Poll<()> {
        if self.output.unsent() > bound {
            self.flush_now();
        }
        let before = match self.interleaving() {
            Interleaving::None => self.output.unsent(),
            Interleaving::Wait => self.held_cost(),
            Interleaving::Never => 0,
        };
        if self.over.is_some() || self.opening.is_open() && before <= bound {
            return Poll::Ready(());
        }
        self.waiting.add(Awaited::Capacity, ticket, cx);
        Poll::Pending
    }

    /// Writes what the system takes at once, if nothing is unsent before it.
    fn try_write(&mut self, bytes: &[u8]) -> Result<usize, Undelivered> {
        let transport = self.transport.as_ref().filter(|_| self.output.is_flushed());
        match transport.and_then(|transport| transport.try_write(bytes)) {
            Some(Ok(written)) => Ok(written),
            Some(Err(error))
                if !matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                self.vanish();
                self.waiting.wake_driver();
                Err(Undelivered::Over)
            }
            Some(Err(_)) | None => Ok(0),
        }
    }

    /// Puts what is not written behind what is unsent, as far as the bound allows, and has it written.
    fn attach_unsent(&mut self, frames: &SharedFrames, written: usize, bound: usize) -> Taken {
        let before = self.output.unsent();
        let taken = Taken::within(frames, written, bound.saturating_sub(before));
        self.append_frames(&taken.of(frames).bytes, written);
        if self.is_tcp() && before == 0 {
            self.limits().stall();
        }
        if before == 0 {
            self.waiting.notify_driver();
        }
        taken
    }

    /// Puts whole frames behind what is unsent, of which so many bytes are written already.
    pub(super) fn append_frames(&mut self, bytes: &Bytes, written: usize) {
        let smallest = if self.is_tcp() {
            BY_REFERENCE_IF_UNSENT
        } else {
            BY_REFERENCE
        };
        if written == 0 && bytes.len() < smallest {
            self.output.buffer().extend_from_slice(bytes);
        } else {
            self.output.attach_frames(bytes.clone(), written);
        }
        self.has_unsent_message = true;
    }

    fn is_tcp(&self) -> bool {
        self.transport
            .as_ref()
            .is_some_and(|transport| transport.is_tcp())
    }
}

/// The messages that were taken, the first ones.
pub(super) struct Taken {
    pub(super) messages: usize,
    payload: usize,
    /// Their bytes.
    pub(super) length: usize,
}

impl Taken {
    fn all_of(frames: &SharedFrames) -> Self {
        Self {
            messages: frames.messages,
            payload: frames.payload,
            length: frames.bytes.len(),
        }
    }

    pub(super) fn of(&self, frames: &SharedFrames) -> SharedFrames {
        SharedFrames {
            bytes: frames.bytes.slice(..self.length),
            messages: self.messages,
            payload: self.payload,
        }
    }

    /// Those that begin before more than `capacity` bytes are unsent, or are written already.
    pub(super) fn within(frames: &SharedFrames, written: usize, capacity: usize) -> Self {
        if frames.bytes.len() - written <= capacity {
            return Self::all_of(frames);
        }
        let mut taken = Self {
            messages: 0,
            payload: 0,
            length: 0,
        };
        let mut rest = Frames::of(&frames.bytes);
        while taken.length <= written.saturating_add(capacity) {
            let Some(frame) = rest.peek() else {
                break;
            };
            rest.skip(frame.length);
            taken.messages += 1;
            taken.payload += frame.payload;
            taken.length += frame.length;
        }
        taken
    }
}
