//! Sending: the wait for capacity, slow consumers, and how a message gets into the output.

use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

use hangup_protocol::MessageKind;
use tokio::{task::coop, time::Instant};

use super::{
    super::{
        environment::{Environment, Observer as _, Options as _},
        io::{BUFFER_SIZE, BY_REFERENCE},
        message::Message,
        waiting::{Awaited, Ticket},
    },
    Core,
    fragments::Interleaving,
};
use crate::{
    error::{Disconnect, TrySendError, slow_consumer},
    settings::SlowConsumer,
};

/// What becomes of a message that need not wait.
pub(crate) enum Permit {
    Enqueue,
    /// There is no capacity, and the message is dropped.
    Drop,
}

impl<E: Environment> Core<E> {
    /// Waits until a message may be sent, or says that it is to be dropped, as the options want it.
    pub(crate) fn poll_capacity(
        &mut self,
        cx: &mut Context<'_>,
        ticket: &mut Ticket,
    ) -> Poll<Result<Permit, Disconnect>> {
        ready!(self.poll_opened(cx, ticket));
        match self.interleaving() {
            Interleaving::None => {}
            _ if self.over.is_some() => {}
            Interleaving::Wait => {
                self.poll_in_place(cx);
                if self.over.is_none() {
                    self.waiting.add(Awaited::Capacity, ticket, cx);
                    return Poll::Pending;
                }
            }
            Interleaving::Never => {
                self.drop_message();
                return Poll::Ready(Ok(Permit::Drop));
            }
        }
        if self.is_full() {
            // Whoever sends without end to a peer that reads as fast gives way to others here.
            ready!(coop::poll_proceed(cx)).made_progress();
            if !self.flush_now() {
                match self.options.slow_consumer() {
                    SlowConsumer::Wait => {
                        self.poll_in_place(cx);
                        if self.is_full() {
                            if !self.waiting.is_driver(cx) {
                                self.waiting.add(Awaited::Capacity, ticket, cx);
                            }
                            return Poll::Pending;
                        }
                    }
                    SlowConsumer::DropNewest => {
                        self.drop_message();
                        return Poll::Ready(Ok(Permit::Drop));
                    }
                    SlowConsumer::Close => {
                        let close = slow_consumer(self.options.overload_code());
                        self.close_from_outside(&close);
                    }
                }
            }
        }
        Poll::Ready(match self.over() {
            Some(over) => Err(over.clone()),
            None => Ok(Permit::Enqueue),
        })
    }

    /// Whether a message may be enqueued at once.
    pub(crate) fn check_capacity(&mut self) -> Result<(), TrySendError> {
        let has_capacity = self.opening.is_open()
            && self.interleaving() == Interleaving::None
            && (!self.is_full() || self.flush_now());
        match self.over() {
            Some(over) => Err(over.clone().into()),
            None if has_capacity => Ok(()),
            None => Err(TrySendError::Full),
        }
    }

    /// Has `enqueue` write into the output, and sees to it that the output is written: by the connection's task at the
    /// end of its poll, or at once where much is waiting.
    pub(crate) fn enqueue_with(&mut self, cx: &mut Context<'_>, enqueue: impl FnOnce(&mut Self)) {
        if !self.waiting.is_driver(cx) {
            self.enqueue_from_outside(enqueue);
            return;
        }
        enqueue(self);
        if self.output.unsent() >= BUFFER_SIZE {
            // Whether it is written now or later, this message is taken.
            let _ = self.poll_flush(cx);
        }
    }

    /// The same from what may be another task than the connection's own.
    pub(crate) fn enqueue_from_outside(&mut self, enqueue: impl FnOnce(&mut Self)) {
        let was_empty = self.output.unsent() == 0;
        enqueue(self);
        if was_empty {
            self.waiting.notify_driver();
        }
        self.observer.grows_unsent(self.output.unsent());
    }

    pub(crate) fn enqueue_text(&mut self, text: &str) {
        if self.protocol.send_text(text, self.output.buffer()).is_ok() {
            self.note_sent(text.len());
        }
    }

    pub(crate) fn enqueue_binary(&mut self, bytes: &[u8]) {
        if self.protocol.send_binary(bytes, self.output.buffer()).is_ok() {
            self.note_sent(bytes.len());
        }
    }

    /// A message has got into the output.
    fn note_sent(&mut self, length: usize) {
        self.is_active = true;
        self.has_unsent_message = true;
        self.observer.sent(length);
    }

    pub(crate) fn enqueue_ping(&mut self, payload: &[u8]) {
        let is_sent = self.protocol.ping(payload, self.output.buffer()).is_ok();
        if is_sent && self.has_rate() {
            self.limits().pings.sent(payload);
        }
    }

    /// Takes the message out of its place if it is to be written by reference.
    pub(crate) fn enqueue(&mut self, message: &mut Message) {
        let (kind, length) = match message {
            Message::Text(text) => (MessageKind::Text, text.len()),
            Message::Binary(bytes) => (MessageKind::Binary, bytes.len()),
        };
        if length < BY_REFERENCE || self.protocol.compresses(length) {
            match message {
                Message::Text(text) => self.enqueue_text(text),
                Message::Binary(bytes) => self.enqueue_binary(bytes),
            }
        } else if self
            .protocol
            .send_header(kind, length, self.output.buffer())
            .is_ok()
        {
            self.note_sent(length);
            self.output.attach(match message {
                Message::Text(text) => std::mem::take(text).into_bytes(),
                Message::Binary(bytes) => std::mem::take(bytes),
            });
        }
    }

    /// Closes the connection at that time as one whose credentials have expired; a later call replaces the time.
    pub(crate) fn expire_at(&mut self, at: Instant) {
        self.limits().expire_at(at);
        self.waiting.notify_driver();
    }

    pub(crate) fn round_trip_time(&self) -> Option<Duration> {
        self.keep_alive.round_trip_time()
    }
}
