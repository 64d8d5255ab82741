//! Receiving: bytes into messages, for whoever asks for them and ahead of it.

use std::task::{Context, Poll, ready};

use hangup_protocol::{Close, CloseCode, Event};
use tokio::task::coop;

use super::{
    core::Core,
    limits::too_many_messages,
    message::Message,
    waiting::{Awaited, Ticket},
};
use crate::error::Disconnect;

impl Core {
    /// The next message, for whoever asks: read at once by the connection's own task, and by that task for others.
    pub(super) fn poll_receive(
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
        let was_full = self.inbox.is_full(&self.settings);
        let message = self.inbox.pop();
        if was_full && !self.inbox.is_full(&self.settings) && !self.waiting.is_driver(cx) {
            // The reading goes on, whether more is asked for or not.
            self.waiting.notify_driver();
        }
        message
    }

    /// Reads while nobody receives, so that pings are answered and the peer's leaving is seen: until `read_ahead`
    /// bytes of messages wait.
    pub(super) fn poll_read_ahead(&mut self, cx: &mut Context<'_>) {
        while !self.inbox.is_full(&self.settings) && self.over.is_none() {
            let Poll::Ready(read) = self.poll_read(cx) else {
                break;
            };
            if let Ok(message) = read {
                self.inbox.push(message, &self.settings);
            }
            self.waiting.wake(Awaited::Message);
        }
        if self.inbox.is_full(&self.settings) {
            self.note_pause(true);
        }
        self.input.shrink();
    }

    /// Nobody will receive any more: what comes is read and thrown away.
    pub(super) fn stop_receiving(&mut self) {
        let was_full = self.inbox.is_full(&self.settings);
        self.inbox.shut();
        if was_full {
            self.waiting.notify_driver();
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Disconnect>> {
        self.note_pause(false);
        loop {
            if let Some(over) = &self.over {
                return Poll::Ready(Err(Disconnect::clone(over)));
            }
            while !self.input.unread().is_empty() {
                let budget = ready!(coop::poll_proceed(cx));
                let event = self.parse();
                budget.made_progress();
                if !self.is_within_rate(event.as_ref()) {
                    self.close(&too_many_messages());
                    break;
                }
                match event {
                    Some(Event::Text(text)) => {
                        self.is_active = true;
                        self.traffic.received(text.len());
                        return Poll::Ready(Ok(Message::Text(text)));
                    }
                    Some(Event::Binary(bytes)) => {
                        self.is_active = true;
                        self.traffic.received(bytes.len());
                        return Poll::Ready(Ok(Message::Binary(bytes)));
                    }
                    Some(Event::Pong(payload)) => self.keep_alive.hear_pong(&payload),
                    Some(Event::Close(close)) => {
                        self.finish(Disconnect::new(close.code(), close.reason().clone()));
                        break;
                    }
                    Some(Event::Violation(violation)) => {
                        let close = violation.close();
                        self.finish(Disconnect::new(close.code().into(), close.reason().clone()));
                        break;
                    }
                    // A peer that sends pings and reads no pongs is not read from either.
                    Some(Event::Ping(_)) if self.output.unsent() > self.settings.write_buffer => {
                        ready!(self.poll_flush(cx));
                    }
                    // Enough was inflated at once: other connections are next.
                    None if !self.input.unread().is_empty() => {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Some(Event::Ping(_)) | None => {}
                }
            }
            if self.over.is_some() {
                continue;
            }
            let Some(transport) = &mut self.transport else {
                return Poll::Pending;
            };
            match ready!(self.input.poll_fill(cx, transport)) {
                Ok(read) if read > 0 => self.keep_alive.hear(),
                Ok(_) | Err(_) => self.vanish(),
            }
        }
    }

    pub(super) fn parse(&mut self) -> Option<Event> {
        let mut rest = self.input.unread();
        let event = self.protocol.receive(&mut rest, self.output.buffer());
        let left = rest.len();
        self.input.keep_last(left);
        event
    }
}

/// The endpoint asks for messages after some were thrown away, as it had not asked in time.
fn not_received() -> Close {
    Close::new(CloseCode::POLICY_VIOLATION, "messages were not received")
}
