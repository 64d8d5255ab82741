//! The state of one connection that its task and its handles share: private fields, and the moves of bytes that all of
//! its parts need.

mod attach;
mod close;
mod deadlines;
mod deliver;
mod drive;
mod fragments;
mod held;
mod kick;
mod open;
mod receive;
mod report;
mod send;
#[cfg(test)]
mod tests;

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use hangup_protocol::{Connection, DisconnectCode, Event, Reason, Role};
use tokio::{task::coop, time::Instant};

pub(crate) use self::{
    deadlines::Expired,
    deliver::Undelivered,
    drive::{Budget, Progress},
    fragments::Fragment,
    kick::{Kickable, Removal},
    send::Permit,
};
use super::{
    attached::Attached,
    closing::Closing,
    environment::{Environment, Observer as _, Options as _},
    inbox::Inbox,
    io::{Input, Output, Transport},
    keep_alive::KeepAlive,
    limits::Limits,
    opening::OpeningHandshake,
    timer::Timer,
    waiting::{Awaited, ShutdownNotice, Ticket, Waiting, Wakeups},
};
use crate::error::{Disconnect, Manner};

/// One connection, under its lock. See [`super::shared`].
pub(crate) struct Core<E: Environment> {
    opening: OpeningHandshake<E::Acceptance, E::Denial>,
    transport: Option<Transport>,
    protocol: Connection,
    input: Input,
    output: Output,
    /// What was read while nobody received.
    inbox: Inbox,
    /// Set once nothing can be received or sent any more.
    over: Option<Box<Disconnect>>,
    closing: Closing,
    /// When an endpoint that goes on without its peer is cancelled.
    grace: Option<Instant>,
    /// Whether the transport ended before all was written.
    is_cut: bool,
    /// Whether endpoint and peer are aborted.
    is_aborted: bool,
    /// Whether a message has come or gone since the connection's task looked last.
    is_active: bool,
    /// Whether the last poll of the endpoint has left no budget for reading and writing.
    is_starved: bool,
    /// Whether a message is among what is unsent.
    has_unsent_message: bool,
    /// Whether the endpoint has closed by itself, and may go on without its peer.
    is_closed_by_endpoint: bool,
    /// Whether the writer of a message in fragments has gone before its end.
    has_unfinished_message: bool,
    is_endpoint_over: bool,
    shutdown_notice: ShutdownNotice,
    keep_alive: KeepAlive,
    limits: Option<Box<Limits>>,
    /// What belongs to the connection.
    attached: Option<Arc<dyn Attached>>,
    options: E::Options,
    /// Who waits: the task that polls the endpoint and does all reading and writing, and others.
    waiting: Waiting,
    /// The timer of a wait within the endpoint that the connection's task cannot serve.
    timer: Timer,
    observer: E::Observer,
}

impl<E: Environment> Core<E> {
    pub(crate) fn new(options: E::Options, observer: E::Observer) -> Self {
        Self {
            opening: OpeningHandshake::Waiting,
            transport: None,
            protocol: Connection::new(Role::Server, options.max_message_size()),
            input: Input::default(),
            output: Output::default(),
            inbox: Inbox::default(),
            over: None,
            closing: Closing::Not,
            grace: None,
            is_cut: false,
            is_aborted: false,
            is_active: false,
            is_starved: false,
            has_unsent_message: false,
            is_closed_by_endpoint: false,
            has_unfinished_message: false,
            is_endpoint_over: false,
            shutdown_notice: ShutdownNotice::default(),
            keep_alive: KeepAlive::off(),
            limits: None,
            attached: None,
            options,
            waiting: Waiting::default(),
            timer: Timer::default(),
            observer,
        }
    }

    pub(crate) fn options(&self) -> &E::Options {
        &self.options
    }

    /// How the connection ended, once it has for the endpoint.
    pub(crate) fn over(&self) -> Option<&Disconnect> {
        self.over.as_deref()
    }

    /// That poll is over.
    fn end_poll(&mut self) {
        self.waiting.end_poll();
        self.timer = Timer::default();
    }

    /// A wait was dropped.
    pub(crate) fn forget(&mut self, ticket: Ticket) {
        if let Some(number) = ticket {
            self.waiting.forget(number);
        }
    }

    /// Who is to be woken when the lock is released; that is nobody nearly always.
    #[inline]
    pub(super) fn take_wakeups(&mut self) -> Option<Wakeups> {
        self.waiting.take_wakeups()
    }

    /// The limits of this connection, made when the first is needed.
    fn limits(&mut self) -> &mut Limits {
        self.limits.get_or_insert_with(|| Box::new(Limits::new()))
    }

    /// The next event in what was read.
    fn parse(&mut self) -> Option<Event> {
        let mut rest = self.input.unread();
        let event = self.protocol.receive(&mut rest, self.output.buffer());
        let left = rest.len();
        self.input.keep_last(left);
        event
    }

    /// Writes all that is unsent. A transport that fails ends the connection.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(transport) = &mut self.transport else {
            return if self.opening.is_open() {
                Poll::Ready(())
            } else {
                Poll::Pending
            };
        };
        let before = self.output.unsent();
        let flushed = self.output.poll_flush(cx, transport);
        let has_taken = self.output.unsent() < before;
        if flushed.is_pending() {
            self.is_active |= has_taken && self.has_unsent_message;
            if has_taken {
                self.limits().progress();
                self.prolong_closing();
            } else {
                self.limits().stall();
            }
        } else {
            self.has_unsent_message = false;
            if let Some(limits) = &mut self.limits {
                limits.flow();
            }
        }
        if self.output.unsent() <= self.options.write_buffer() {
            self.waiting.wake(Awaited::Capacity);
        }
        if ready!(flushed).is_err() {
            self.vanish();
        }
        Poll::Ready(())
    }

    /// Writes what the system accepts now, whoever asks: a peer is slow only if its socket is not writable. The
    /// connection's task is woken when it is writable again. Whether there is capacity now.
    fn flush_now(&mut self) -> bool {
        let waker = self.waiting.driver();
        let mut cx = Context::from_waker(&waker);
        let flush = poll_fn(|cx| self.poll_flush(cx));
        let _ = pin!(coop::unconstrained(flush)).poll(&mut cx);
        !self.is_full()
    }

    fn is_full(&self) -> bool {
        self.over.is_none() && self.output.unsent() > self.options.write_buffer()
    }

    /// The connection is over with this code and reason, by a Close frame or a violation.
    fn finish(&mut self, code: DisconnectCode, reason: Reason) {
        let (initiator, manner) = (self.protocol.close_begun_by(), self.manner());
        self.end(Disconnect::new(code, reason, initiator, manner));
    }

    /// How the connection has ended so far: the one place that says what is clean.
    fn manner(&self) -> Manner {
        if self.protocol.is_closed() && self.protocol.violation().is_none() && !self.is_cut {
            Manner::Clean
        } else {
            Manner::Unclean
        }
    }

    /// The transport ended or failed without a Close frame from the peer.
    pub(crate) fn vanish(&mut self) {
        self.protocol.receive_eof();
        self.end_transport();
        self.end(Disconnect::vanished());
    }

    fn end(&mut self, disconnect: Disconnect) {
        self.over.get_or_insert_with(|| Box::new(disconnect));
        self.drop_held();
        self.waiting.wake_all();
    }

    fn end_transport(&mut self) {
        self.is_cut |= !self.output.is_flushed();
        self.protocol.release();
        self.transport = None;
        self.input.release();
        self.output.release();
        self.closing = Closing::Done;
        self.observer.closing_ends();
        self.waiting.wake_all();
    }

    /// The connection's task is gone: frees all but what is known of the end, as a sender may be kept for long.
    pub(crate) fn release(&mut self) {
        if self.over.is_none() {
            self.vanish();
        }
        // Nothing that is unsent will ever be written.
        self.observer.settle(0);
        self.end_poll();
        self.waiting.forget_driver();
        self.limits = self.limits.take().filter(|limits| limits.dropped() > 0);
    }
}
