//! Sending: the wait for room, and how a message gets into the output.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll, ready},
};

use hangup_protocol::MessageKind;
use tokio::task::coop;

use super::{
    buffers::BY_REFERENCE,
    core::Core,
    message::Message,
    opening::Opening,
    pool::BUFFER_SIZE,
    waiting::{Awaited, Ticket},
};
use crate::{
    error::{Disconnect, TrySendError, slow_consumer},
    settings::SlowConsumer,
};

/// Whether the output takes a message.
pub(super) enum Capacity {
    Free,
    /// It does not, and the message is dropped.
    Dropping,
}

impl Core {
    /// Waits until a message may be sent, or says that it is to be dropped, as the settings want it.
    pub(super) fn poll_capacity(
        &mut self,
        cx: &mut Context<'_>,
        ticket: &mut Ticket,
    ) -> Poll<Result<Capacity, Disconnect>> {
        ready!(self.poll_opened(cx, ticket));
        if self.is_full() {
            // Whoever sends without end to a peer that reads as fast gives way to others here.
            ready!(coop::poll_proceed(cx)).made_progress();
            if !self.make_room() {
                match self.settings.slow_consumer {
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
                        self.limits().drop_message();
                        self.traffic.dropped();
                        return Poll::Ready(Ok(Capacity::Dropping));
                    }
                    SlowConsumer::Close => {
                        let close = slow_consumer(self.settings.overload_code);
                        self.close_from_outside(&close);
                    }
                }
            }
        }
        Poll::Ready(match self.over() {
            Some(over) => Err(over.clone()),
            None => Ok(Capacity::Free),
        })
    }

    /// Whether a message may be sent at once.
    pub(super) fn check_capacity(&mut self) -> Result<(), TrySendError> {
        let is_open = matches!(self.opening, Opening::Open);
        let has_room = is_open && (!self.is_full() || self.make_room());
        match self.over() {
            Some(over) => Err(over.clone().into()),
            None if has_room => Ok(()),
            None => Err(TrySendError::Full),
        }
    }

    fn is_full(&self) -> bool {
        self.over().is_none() && self.output.unsent() > self.settings.write_buffer
    }

    /// Hands the system what it takes now, whoever asks: a peer is slow only if its system takes no more. When it
    /// takes more again the connection's task is woken.
    pub(super) fn make_room(&mut self) -> bool {
        let waker = self.waiting.driver();
        let mut cx = Context::from_waker(&waker);
        let flush = poll_fn(|cx| self.poll_flush(cx));
        let _ = pin!(coop::unconstrained(flush)).poll(&mut cx);
        !self.is_full()
    }

    /// Has `send` write into the output, and sees to it that the output is written: by the connection's task at the
    /// end of its poll, or at once where much is waiting.
    pub(super) fn send_with(&mut self, cx: &mut Context<'_>, send: impl FnOnce(&mut Self)) {
        if !self.waiting.is_driver(cx) {
            self.send_from_outside(send);
            return;
        }
        send(self);
        if self.output.unsent() >= BUFFER_SIZE {
            // Whether it is written now or later, this message is taken.
            let _ = self.poll_flush(cx);
        }
    }

    /// The same from what may be another task than the connection's own.
    pub(super) fn send_from_outside(&mut self, send: impl FnOnce(&mut Self)) {
        let was_empty = self.output.unsent() == 0;
        send(self);
        if was_empty {
            self.waiting.notify_driver();
        }
        self.traffic.grows_unsent(self.output.unsent());
    }

    pub(super) fn send_text(&mut self, text: &str) {
        if self.protocol.send_text(text, self.output.buffer()).is_ok() {
            self.note_sent(text.len());
        }
    }

    pub(super) fn send_binary(&mut self, bytes: &[u8]) {
        if self.protocol.send_binary(bytes, self.output.buffer()).is_ok() {
            self.note_sent(bytes.len());
        }
    }

    /// A message has got into the output.
    fn note_sent(&mut self, length: usize) {
        self.is_active = true;
        self.has_unsent_message = true;
        self.traffic.sent(length);
    }

    pub(super) fn send_ping(&mut self, payload: &[u8]) {
        let is_sent = self.protocol.ping(payload, self.output.buffer()).is_ok();
        if is_sent && self.settings.messages_per_second < u32::MAX {
            self.limits().pings.sent(payload);
        }
    }

    /// Takes the message out of its place if it is to be written by reference.
    pub(super) fn send(&mut self, message: &mut Message) {
        let (kind, length) = match message {
            Message::Text(text) => (MessageKind::Text, text.len()),
            Message::Binary(bytes) => (MessageKind::Binary, bytes.len()),
        };
        if length < BY_REFERENCE || self.protocol.compresses(length) {
            match message {
                Message::Text(text) => self.send_text(text),
                Message::Binary(bytes) => self.send_binary(bytes),
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
}
