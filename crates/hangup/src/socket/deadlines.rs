//! The deadlines and limits of an open connection, and what is done when one is passed.

use hangup_protocol::{Close, CloseCode, Event};
use tokio::time::Instant;

use super::{core::Core, keep_alive::Due, limits::Limits};

impl Core {
    /// The limits of this connection, made when the first is needed.
    pub(super) fn limits(&mut self) -> &mut Limits {
        self.limits
            .get_or_insert_with(|| Box::new(Limits::new(&self.settings)))
    }

    /// How many messages were dropped for want of room.
    pub(crate) fn dropped(&self) -> u64 {
        self.limits.as_ref().map_or(0, |limits| limits.dropped())
    }

    /// Takes note of the messages that came and went in a poll of the connection's task.
    pub(super) fn note_activity(&mut self) {
        if std::mem::take(&mut self.is_active) && self.settings.idle_timeout.is_some() {
            self.limits().touch();
        }
    }

    /// The peer is not read from, as too much waits for the endpoint; or it is again.
    pub(super) fn note_pause(&mut self, is_paused: bool) {
        if self.settings.messages_per_second < u32::MAX {
            let per_second = self.settings.messages_per_second;
            self.limits().pause(is_paused, per_second);
        }
    }

    /// When something is next to be done, though nothing else happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.over().is_some() {
            return self.closing_deadline();
        }
        let keep_alive = self.keep_alive.deadline(&self.settings);
        let limits = self.limits.as_ref();
        let limits = limits.and_then(|limits| limits.deadline(&self.settings));
        let inbox = self.inbox.deadline(&self.settings);
        keep_alive.into_iter().chain(limits).chain(inbox).min()
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.over().is_some() {
            if self.closing_deadline().is_some_and(|deadline| deadline <= now) {
                self.expire_closing();
            }
            return;
        }
        let limits = self.limits.as_ref();
        if let Some(close) = limits.and_then(|limits| limits.expire(now, &self.settings)) {
            return self.close(&close);
        }
        let has_capacity = self.output.unsent() <= self.settings.write_buffer;
        self.inbox.expire(now, &self.settings, has_capacity);
        let is_reading = !self.inbox.is_full(&self.settings);
        let is_flushed = self.output.is_flushed();
        match self
            .keep_alive
            .expire(now, &self.settings, is_reading, is_flushed)
        {
            Some(Due::Ping(payload)) => self.send_ping(&payload),
            Some(Due::Silence) => {
                self.close(&Close::new(CloseCode::INTERNAL_ERROR, "keepalive ping timeout"))
            }
            None => {}
        }
    }

    /// Whether the peer may still send as much as this.
    pub(super) fn is_within_rate(&mut self, event: Option<&Event>) -> bool {
        let per_second = self.settings.messages_per_second;
        if per_second == u32::MAX {
            return true;
        }
        match event {
            Some(Event::Text(_) | Event::Binary(_) | Event::Ping(_)) => self.limits().take_token(per_second),
            Some(Event::Pong(payload)) => {
                let limits = self.limits();
                limits.pings.answer(payload) || limits.take_token(per_second)
            }
            _ => true,
        }
    }
}
