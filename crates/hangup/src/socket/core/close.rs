//! Closing: the Close frame, the closing handshake, the end of a server, the abort.

use std::task::{Context, Poll, ready};

use hangup_protocol::Close;
use tokio::task::coop;

use super::{
    super::{
        closing::{Closed, Closing},
        environment::{Environment, Observer as _, Options as _},
        waiting::{Awaited, Ticket},
    },
    Core,
};
use crate::error::Disconnect;
use crate::settings::{deadline, deadline_from};

impl<E: Environment> Core<E> {
    /// Writes the Close frame, unless one has been written or received.
    pub(super) fn close(&mut self, close: &Close) {
        if self.protocol.close(close, self.output.buffer()).is_ok() {
            self.inbox.shut();
            self.finish(close.code().into(), close.reason().clone());
        }
    }

    /// Closes from what may be another task than the connection's own, which is woken for it.
    pub(crate) fn close_from_outside(&mut self, close: &Close) {
        self.close(close);
        self.waiting.wake_driver();
    }

    /// Closes as the endpoint wants it, which may go on afterwards.
    pub(crate) fn close_by_endpoint(&mut self, close: &Close) {
        self.is_closed_by_endpoint = true;
        self.close_from_outside(close);
    }

    /// Waits until the closing handshake is over.
    pub(crate) fn poll_closed(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<Closed> {
        if !self.closing.is_past_handshake() {
            self.poll_in_place(cx);
        }
        if !self.closing.is_past_handshake() {
            self.waiting.add(Awaited::Stage, ticket, cx);
            return Poll::Pending;
        }
        Poll::Ready(Closed::new(
            self.protocol.close_received().cloned(),
            self.manner(),
        ))
    }

    /// Ready when a Close frame has been sent or received, or the connection to the peer is broken.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<Disconnect> {
        self.poll_in_place(cx);
        match self.over() {
            Some(over) => Poll::Ready(over.clone()),
            None => {
                self.waiting.add(Awaited::End, ticket, cx);
                Poll::Pending
            }
        }
    }

    /// Takes the closing as far as it goes now.
    pub(super) fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.closing {
                Closing::Not => {
                    if self.over.is_none() {
                        return Poll::Pending;
                    }
                    self.observer.closing_begins();
                    self.closing = Closing::Handshake {
                        until: deadline(self.options.close_timeout()),
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
                    let linger = deadline(self.options.linger_timeout());
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

    /// The peer still takes what was sent before the Close frame.
    pub(super) fn prolong_closing(&mut self) {
        if let Closing::Handshake { until } = self.closing {
            let latest = deadline_from(until, self.options.write_timeout());
            let latest = self.limits().latest_close(latest);
            self.closing
                .prolong(deadline(self.options.close_timeout()), latest);
        }
    }

    /// Waits until the server stops, or the connection is over.
    pub(crate) fn poll_server_shutdown(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<()> {
        if self.shutdown_notice.has_begun() || self.over.is_some() {
            return Poll::Ready(());
        }
        self.shutdown_notice.ask();
        self.poll_in_place(cx);
        if self.over.is_some() {
            return Poll::Ready(());
        }
        self.waiting.add(Awaited::End, ticket, cx);
        Poll::Pending
    }

    /// Notifies the endpoint that the server stops. Whether anybody has ever waited for that: an endpoint that asks anew
    /// in each turn of a loop may be at something else right now.
    pub(crate) fn begin_server_shutdown(&mut self) -> bool {
        let is_awaited = self.shutdown_notice.begin();
        if is_awaited {
            self.waiting.wake_all();
        }
        is_awaited
    }

    /// Aborts endpoint and peer at once: the server's time is over. What the system takes now of a Close frame and of
    /// what is before it still goes out.
    pub(crate) fn abort(&mut self, close: &Close) {
        self.is_aborted = true;
        self.close(close);
        self.flush_now();
        self.end_transport();
        self.waiting.wake_driver();
    }
}
