//! Receiving: bytes into messages, for whoever asks for them and ahead of it.

use std::task::{Context, Poll, ready};

use hangup_protocol::{Close, CloseCode, Event};
use tokio::task::coop;

use super::{
    super::{
        environment::{Environment, Observer as _, Options as _},
        limits::too_many_messages,
        message::Message,
        waiting::{Awaited, Ticket},
    },
    Core,
};
use crate::error::Disconnect;

/// What comes from the peer.
enum Incoming {
    Event(Event),
    /// The end of its stream, or an error.
    End,
}

impl<E: Environment> Core<E> {
    /// The next message, for whoever asks: read at once by the connection's own task, and by that task for others.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        ticket: &mut Ticket,
    ) -> Poll<Result<Message, Disconnect>> {
        if let Some(message) = self.pop(cx) {
            return Poll::Ready(Ok(message));
        }
        if self.over.is_none() && self.inbox.is_overrun() {
            self.close_from_outside(&not_received());
        }
        if self.waiting.is_driver(cx) {
            return self.poll_read(cx);
        }
        if self.over.is_none() {
            self.poll_in_place(cx);
            if let Some(message) = self.pop(cx) {
                return Poll::Ready(Ok(message));
            }
        }
        if let Some(over) = &self.over {
            return Poll::Ready(Err(Disconnect::clone(over)));
        }
        self.waiting.add(Awaited::Message, ticket, cx);
        Poll::Pending
    }

    /// The next message of those that wait.
    fn pop(&mut self, cx: &Context<'_>) -> Option<Message> {
        let was_full = self.inbox.is_full(&self.options);
        let message = self.inbox.pop();
        if was_full && !self.inbox.is_full(&self.options) && !self.waiting.is_driver(cx) {
            // The reading goes on, whether more is asked for or not.
            self.waiting.notify_driver();
        }
        message
    }

    /// Reads while nobody receives, so that pings are answered and the peer's leaving is seen: until `read_ahead`
    /// bytes of messages wait.
    pub(super) fn poll_read_ahead(&mut self, cx: &mut Context<'_>) {
        while !self.inbox.is_full(&self.options) && self.over.is_none() {
            let Poll::Ready(read) = self.poll_read(cx) else {
                break;
            };
            if let Ok(message) = read {
                self.inbox.push(message, &self.options);
            }
            self.waiting.wake(Awaited::Message);
        }
        if self.inbox.is_full(&self.options) && self.has_rate() {
            self.limits().rate.pause();
        }
        self.input.shrink();
    }

    /// Nobody will receive any more: what comes is read and discarded.
    pub(crate) fn stop_receiving(&mut self) {
        let was_full = self.inbox.is_full(&self.options);
        self.inbox.shut();
        if was_full {
            self.waiting.notify_driver();
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Disconnect>> {
        if self.has_rate() {
            self.limits().rate.resume();
        }
        loop {
            if let Some(over) = &self.over {
                return Poll::Ready(Err(Disconnect::clone(over)));
            }
            let incoming = ready!(self.poll_incoming(cx));
            if let Some(message) = ready!(self.poll_take(cx, incoming)) {
                return Poll::Ready(Ok(message));
            }
        }
    }

    /// The next event of the protocol, or the end of the stream.
    #[inline]
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        loop {
            while !self.input.unread().is_empty() {
                let budget = ready!(coop::poll_proceed(cx));
                let event = self.parse();
                budget.made_progress();
                if let Some(event) = event {
                    return Poll::Ready(Incoming::Event(event));
                }
                if !self.input.unread().is_empty() {
                    // Enough was inflated at once: other connections are next.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
            let Some(transport) = &mut self.transport else {
                return Poll::Pending;
            };
            match ready!(self.input.poll_fill(cx, transport)) {
                Ok(read) if read > 0 => self.keep_alive.hear(),
                Ok(_) | Err(_) => return Poll::Ready(Incoming::End),
            }
        }
    }

    /// Does what the event stands for; gives the message, where it is one.
    #[inline]
    fn poll_take(&mut self, cx: &mut Context<'_>, incoming: Incoming) -> Poll<Option<Message>> {
        let Incoming::Event(event) = incoming else {
            self.vanish();
            return Poll::Ready(None);
        };
        if !self.is_within_rate(&event) {
            self.close(&too_many_messages());
            return Poll::Ready(None);
        }
        match event {
            Event::Text(text) => {
                self.note_received(text.len());
                return Poll::Ready(Some(Message::Text(text)));
            }
            Event::Binary(bytes) => {
                self.note_received(bytes.len());
                return Poll::Ready(Some(Message::Binary(bytes)));
            }
            Event::Pong(payload) => self.keep_alive.hear_pong(&payload),
            Event::Close(close) => self.finish(close.code(), close.reason().clone()),
            Event::Violation(violation) => {
                let close = violation.close();
                self.finish(close.code().into(), close.reason().clone());
            }
            // A peer that sends pings and reads no pongs is not read from either.
            Event::Ping(_) if self.output.unsent() > self.options.write_buffer() => {
                ready!(self.poll_flush(cx));
            }
            Event::Ping(_) => {}
        }
        Poll::Ready(None)
    }

    fn note_received(&mut self, length: usize) {
        self.is_active = true;
        self.observer.received(length);
    }

    /// Whether messages are counted.
    pub(super) fn has_rate(&self) -> bool {
        self.options.messages_per_second() < u32::MAX
    }

    /// Whether the peer may still send as much as this.
    fn is_within_rate(&mut self, event: &Event) -> bool {
        if !self.has_rate() {
            return true;
        }
        let per_second = self.options.messages_per_second();
        let limits = self.limits();
        match event {
            Event::Text(_) | Event::Binary(_) | Event::Ping(_) => limits.rate.take(per_second),
            Event::Pong(payload) => limits.pings.answer(payload) || limits.rate.take(per_second),
            Event::Close(_) | Event::Violation(_) => true,
        }
    }

    /// Reads and discards until the protocol reads nothing more, or the transport ends.
    pub(super) fn poll_read_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            while !self.input.unread().is_empty() && !self.protocol.reading_is_over() {
                let budget = ready!(coop::poll_proceed(cx));
                self.parse();
                budget.made_progress();
            }
            if self.protocol.reading_is_over() {
                self.input.release();
                return Poll::Ready(());
            }
            let Some(transport) = &mut self.transport else {
                return Poll::Ready(());
            };
            match ready!(self.input.poll_fill(cx, transport)) {
                Ok(read) if read > 0 => {}
                Ok(_) | Err(_) => self.vanish(),
            }
        }
    }
}

/// The endpoint asks for messages after some were discarded, as it had not asked in time.
fn not_received() -> Close {
    Close::new(CloseCode::POLICY_VIOLATION, "messages were not received")
}
