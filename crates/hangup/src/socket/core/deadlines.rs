//! The next deadline of a connection, and what is done when it has passed.

use hangup_protocol::{Close, CloseCode};
use tokio::time::Instant;

use super::{
    super::{
        environment::{Environment, Options as _},
        keep_alive::{Flow, KEEP_ALIVE_REASON, KeepAliveStep},
    },
    Core,
};

/// What a deadline that has passed asks of the connection's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Expired {
    /// Nothing: what it stands for is done.
    Handled,
    /// To cancel the endpoint, which has gone on without its peer for too long.
    Endpoint,
}

impl<E: Environment> Core<E> {
    /// When something is next to be done, though nothing else happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.over.is_some() {
            return self.closing_deadline().into_iter().chain(self.grace()).min();
        }
        let keep_alive = self.keep_alive.deadline(&self.options);
        let limits = self.limits.as_ref();
        let limits = limits.and_then(|limits| limits.deadline(&self.options));
        let inbox = self.inbox.deadline(&self.options);
        keep_alive.into_iter().chain(limits).chain(inbox).min()
    }

    /// When the present step of the closing ends, by itself or by a kick.
    fn closing_deadline(&self) -> Option<Instant> {
        let step = self.closing.deadline()?;
        let cut = self.limits.as_ref().and_then(|limits| limits.cut());
        Some(cut.map_or(step, |cut| step.min(cut)))
    }

    /// When the endpoint is cancelled; it cannot be while it is polled.
    fn grace(&self) -> Option<Instant> {
        self.grace.filter(|_| !self.waiting.is_polling())
    }

    /// Does what is due.
    pub(crate) fn expire(&mut self, now: Instant) -> Expired {
        let is_past = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        if self.over.is_some() {
            if is_past(self.grace()) {
                return Expired::Endpoint;
            }
            if is_past(self.closing_deadline()) {
                self.end_transport();
            }
            return Expired::Handled;
        }
        let limits = self.limits.as_ref();
        if let Some(close) = limits.and_then(|limits| limits.expire(now, &self.options)) {
            self.close(&close);
            return Expired::Handled;
        }
        if self.inbox.is_expired(now, &self.options) {
            if self.output.unsent() <= self.options.write_buffer() {
                self.inbox.overrun();
            } else {
                // The peer takes nothing of what is unsent, for which the endpoint may be waiting, and which a pong
                // would be behind.
                self.inbox.prolong(now);
            }
        }
        let reading = Flow::of_reading(self.inbox.is_full(&self.options));
        let writing = Flow::of_writing(self.output.is_flushed());
        match self.keep_alive.expire(now, &self.options, reading, writing) {
            Some(KeepAliveStep::Ping(payload)) => self.enqueue_ping(&payload),
            Some(KeepAliveStep::Silence) => {
                self.close(&Close::new(CloseCode::INTERNAL_ERROR, KEEP_ALIVE_REASON));
            }
            None => {}
        }
        Expired::Handled
    }
}
