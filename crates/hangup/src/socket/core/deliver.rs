//! Delivery of frames that many connections share: written at once, without a copy and without waking the connection's
//! task.

use std::io;

use super::{
    super::{
        environment::{Environment, Observer as _, Options as _},
        io::{BY_REFERENCE, Frames},
        shared_frames::SharedFrames,
    },
    Core,
};

/// Below this a copy costs less memory than a reference.
const BY_REFERENCE_IF_UNSENT: usize = 128;

/// Why frames were not, or not all, taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// As much is unsent as may be: so many of the messages were not taken, the last ones.
    Full { missed: usize },
    /// The connection compresses with a context of its own: its messages have to be sent one by one.
    OwnContext,
    /// Nothing can be sent any more.
    Over,
}

impl<E: Environment> Core<E> {
    /// Sends whole frames, from any task. Where nothing is unsent before them and the transport is a TCP stream, they are
    /// written here and now with one system call; what the system does not take is kept by reference, counts as unsent,
    /// and is written by the connection's task.
    ///
    /// Messages go in behind all that was sent on this connection before. They are taken while no more than `write_buffer`
    /// is unsent, so that one may go past that bound.
    ///
    /// # Errors
    ///
    /// [`Undelivered`]; the connection is as it was but for the messages that were taken.
    pub(crate) fn deliver(&mut self, frames: &SharedFrames) -> Result<(), Undelivered> {
        if self.protocol.sends_with_takeover() {
            return Err(Undelivered::OwnContext);
        }
        let has_capacity = !self.is_full() || self.flush_now();
        if self.over.is_some() || !self.protocol.can_send() {
            return Err(Undelivered::Over);
        }
        if !has_capacity || self.protocol.sends_fragments() {
            return Err(Undelivered::Full {
                missed: frames.messages,
            });
        }
        let written = self.try_write(&frames.bytes)?;
        let taken = if written == frames.bytes.len() {
            Taken::all_of(frames)
        } else {
            self.attach(frames, written)
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
    fn attach(&mut self, frames: &SharedFrames, written: usize) -> Taken {
        let before = self.output.unsent();
        let taken = Taken::within(
            frames,
            written,
            self.options.write_buffer().saturating_sub(before),
        );
        let is_tcp = self
            .transport
            .as_ref()
            .is_some_and(|transport| transport.is_tcp());
        let smallest = if is_tcp {
            BY_REFERENCE_IF_UNSENT
        } else {
            BY_REFERENCE
        };
        if written == 0 && taken.length < smallest {
            let bytes = frames.bytes.get(..taken.length);
            debug_assert!(bytes.is_some(), "a part is no longer than the whole");
            self.output.buffer().extend_from_slice(bytes.unwrap_or_default());
        } else {
            self.output
                .attach_frames(frames.bytes.slice(..taken.length), written);
        }
        self.has_unsent_message = true;
        if is_tcp && before == 0 {
            self.limits().stall();
        }
        if before == 0 {
            self.waiting.notify_driver();
        }
        taken
    }
}

/// The messages that were taken.
struct Taken {
    messages: usize,
    payload: usize,
    /// Their bytes.
    length: usize,
}

impl Taken {
    fn all_of(frames: &SharedFrames) -> Self {
        Self {
            messages: frames.messages,
            payload: frames.payload,
            length: frames.bytes.len(),
        }
    }

    /// Those that begin before more than `capacity` bytes are unsent, or are written already.
    fn within(frames: &SharedFrames, written: usize, capacity: usize) -> Self {
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
