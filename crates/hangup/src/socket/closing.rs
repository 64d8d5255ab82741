//! The closing handshake: the peer's Close is awaited, the write side is shut down, the read side drained.

use std::task::{Context, Poll, ready};

use tokio::{task::coop, time::Instant};

use super::core::Core;
use crate::settings::{deadline, deadline_from};

/// How far the closing of a connection is. It goes on while the endpoint still runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closing {
    /// No Close frame has been written or received.
    Not,
    /// Our Close is to be written, and the peer's awaited (RFC 6455, 7.1.2).
    Handshake { until: Instant },
    /// Nothing more is to come from the protocol: the write side is shut down (7.1.1: the server closes first).
    Shutdown { until: Instant },
    /// What still comes is read and thrown away, so that no reset overtakes the Close frame.
    Drain { until: Instant },
    /// The transport is dropped.
    Done,
}

impl Core {
    /// Takes the closing as far as it goes now.
    pub(crate) fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.closing {
                Closing::Not => {
                    if self.over().is_none() {
                        return Poll::Pending;
                    }
                    self.traffic.closing_begins();
                    self.closing = Closing::Handshake {
                        until: deadline(self.settings.close_timeout),
                    };
                }
                Closing::Handshake { until } => {
                    let flushed = self.poll_flush(cx);
                    ready!(self.poll_read_close(cx));
                    if matches!(self.closing, Closing::Done) {
                        // The peer has vanished: what was not flushed never will be.
                        continue;
                    }
                    ready!(flushed);
                    let linger = deadline(self.settings.linger_timeout);
                    // The peer may not have seen our Close yet, and may be in the midst of what broke the rule.
                    let until = match self.protocol.violation() {
                        Some(_) => linger.max(until),
                        None => linger,
                    };
                    self.closing = Closing::Shutdown { until };
                    self.waiting.wake_all();
                }
                Closing::Shutdown { until } => {
                    let Some(transport) = &mut self.transport else {
                        self.end_transport();
                        continue;
                    };
                    match ready!(transport.poll_shutdown(cx)) {
                        Ok(()) => self.closing = Closing::Drain { until },
                        Err(_) => self.end_transport(),
                    }
                }
                Closing::Drain { .. } => {
                    let Some(transport) = &mut self.transport else {
                        self.end_transport();
                        continue;
                    };
                    let budget = ready!(coop::poll_proceed(cx));
                    match ready!(self.input.poll_fill(cx, transport)) {
                        Ok(read) if read > 0 => self.input.release(),
                        Ok(_) | Err(_) => self.end_transport(),
                    }
                    budget.made_progress();
                }
                Closing::Done => return Poll::Ready(()),
            }
        }
    }

    /// When the present step of the closing is given up.
    pub(super) fn closing_deadline(&self) -> Option<Instant> {
        match self.closing {
            Closing::Handshake { until } | Closing::Shutdown { until } | Closing::Drain { until } => {
                Some(until)
            }
            Closing::Not | Closing::Done => None,
        }
    }

    /// The peer still takes what was sent before the Close frame.
    pub(super) fn prolong_closing(&mut self) {
        if let Closing::Handshake { until } = self.closing {
            let latest = deadline_from(until, self.settings.write_timeout);
            let latest = self.limits().latest_close(latest);
            let until = deadline(self.settings.close_timeout).min(latest);
            self.closing = Closing::Handshake { until };
        }
    }

    /// Gives the present step of the closing up: the transport is dropped.
    pub(super) fn expire_closing(&mut self) {
        self.end_transport();
    }

    pub(super) fn end_transport(&mut self) {
        self.is_cut |= !self.output.is_flushed();
        self.protocol.release();
        self.transport = None;
        self.input.release();
        self.output.release();
        self.closing = Closing::Done;
        self.traffic.closing_ends();
        self.waiting.wake_all();
    }
}
