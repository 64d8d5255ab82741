//! The state of one connection that its task and its socket share: transport, protocol, buffers, waiters.

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};
use std::{
    future::Future,
    ops::{Deref, DerefMut},
    pin::{Pin, pin},
    sync::{Arc, PoisonError},
    task::{Context, Poll, ready},
};

use hangup_protocol::{Close, Connection, Role};
#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};
use tokio::{
    runtime::Handle,
    task::coop,
    time::{Instant, Sleep, sleep_until},
};

use super::{
    attached::Attachment,
    buffers::{Input, Output},
    closing::Closing,
    draining::DrainState,
    inbox::Inbox,
    keep_alive::KeepAlive,
    limits::Limits,
    opening::Opening,
    transport::Transport,
    waiting::{Awaited, Due, Ticket, Waiting},
    websocket::Closed,
};
use crate::{error::Disconnect, metrics::Traffic, settings::Resolved};

/// One connection's [`Core`], shared by the connection's task, the socket and its senders.
pub(crate) struct Shared {
    core: Mutex<Core>,
    pub(super) attachment: Attachment,
}

impl Shared {
    pub(crate) fn new(settings: Arc<Resolved>, traffic: Traffic) -> Arc<Self> {
        Arc::new(Self {
            core: Mutex::new(Core::new(settings, traffic)),
            attachment: Attachment::default(),
        })
    }

    #[inline]
    pub(crate) fn lock(&self) -> Locked<'_> {
        Locked {
            core: self.core.lock().unwrap_or_else(PoisonError::into_inner),
            due: None,
        }
    }
}

/// The core, locked. Whoever became due meanwhile is woken when it is locked no more: fields are dropped in order.
pub(crate) struct Locked<'a> {
    core: MutexGuard<'a, Core>,
    due: Option<Due>,
}

impl Deref for Locked<'_> {
    type Target = Core;

    #[inline]
    fn deref(&self) -> &Core {
        &self.core
    }
}

impl DerefMut for Locked<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Core {
        &mut self.core
    }
}

impl Drop for Locked<'_> {
    #[inline]
    fn drop(&mut self) {
        self.due = self.core.waiting.take_due();
    }
}

pub(crate) struct Core {
    pub(super) opening: Opening,
    pub(super) transport: Option<Transport>,
    pub(super) protocol: Connection,
    pub(super) input: Input,
    pub(super) output: Output,
    /// What was read while nobody received.
    pub(super) inbox: Inbox,
    /// Set once nothing can be received or sent any more.
    pub(super) over: Option<Box<Disconnect>>,
    pub(super) closing: Closing,
    /// Whether the transport ended before all was written.
    pub(super) is_cut: bool,
    /// Whether endpoint and peer are given up on.
    pub(crate) is_aborted: bool,
    /// With what the handshake is refused, whatever its endpoint does.
    pub(super) refusal: Option<Box<Close>>,
    /// Whether a message has come or gone since the connection's task looked last.
    pub(super) is_active: bool,
    /// Whether the last poll of the endpoint has left no budget for reading and writing.
    pub(super) is_starved: bool,
    /// Whether a message is among what is unsent.
    pub(super) has_unsent_message: bool,
    /// Whether the endpoint has closed by itself, and may go on without its peer.
    pub(super) is_closed_by_endpoint: bool,
    pub(super) keep_alive: KeepAlive,
    pub(super) limits: Option<Box<Limits>>,
    pub(super) drain: DrainState,
    pub(super) settings: Arc<Resolved>,
    /// Who waits: the task that polls the endpoint and does all reading and writing, and others.
    pub(super) waiting: Waiting,
    /// The timer of a wait within the endpoint that the connection's task cannot serve.
    pub(super) timer: Option<Pin<Box<Sleep>>>,
    pub(super) traffic: Traffic,
}

impl Core {
    fn new(settings: Arc<Resolved>, traffic: Traffic) -> Self {
        let protocol = Connection::new(Role::Server, settings.max_message_size);
        Self {
            opening: Opening::Waiting,
            transport: None,
            protocol,
            input: Input::default(),
            output: Output::default(),
            inbox: Inbox::default(),
            over: None,
            closing: Closing::Not,
            is_cut: false,
            is_aborted: false,
            refusal: None,
            is_active: false,
            is_starved: false,
            has_unsent_message: false,
            is_closed_by_endpoint: false,
            keep_alive: KeepAlive::off(),
            limits: None,
            drain: DrainState::default(),
            settings,
            waiting: Waiting::default(),
            timer: None,
            traffic,
        }
    }

    /// The handshake is answered: from here on bytes flow.
    pub(crate) fn open(&mut self, transport: Transport, read_ahead: &[u8]) {
        self.transport = Some(transport);
        self.input = Input::starting_with(read_ahead);
        self.opening = Opening::Open;
        self.keep_alive.start(&self.settings);
        if Limits::are_set(&self.settings) {
            self.limits();
        }
        // The endpoint is polled next, by a task that is not the one which has polled it so far.
        self.waiting.forget_driver();
        self.waiting.wake_all();
    }

    /// The handshake could not be answered: the client has left, or a layer has replaced the response.
    pub(crate) fn fail_to_open(&mut self) {
        self.opening = Opening::Open;
        self.vanish();
    }

    /// Notes that the connection's task begins to poll the endpoint. Whether it is another task than before.
    pub(crate) fn set_driver(&mut self, cx: &Context<'_>) -> bool {
        self.waiting.begin_poll(cx)
    }

    /// That poll is over.
    pub(super) fn end_poll(&mut self) {
        self.waiting.end_poll();
        self.timer = None;
    }

    /// How the connection ended, once it has for the endpoint.
    pub(crate) fn over(&self) -> Option<&Disconnect> {
        self.over.as_deref()
    }

    /// Waits until the closing handshake is over.
    pub(super) fn poll_closed(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<Closed> {
        if matches!(self.closing, Closing::Not | Closing::Handshake { .. }) {
            self.poll_in_place(cx);
        }
        if matches!(self.closing, Closing::Not | Closing::Handshake { .. }) {
            self.waiting.add(Awaited::Stage, ticket, cx);
            return Poll::Pending;
        }
        Poll::Ready(Closed {
            received: self.protocol.close_received().cloned(),
        })
    }

    pub(crate) fn settings(&self) -> &Arc<Resolved> {
        &self.settings
    }

    /// What goes into the report of the connection: the protocol with both Close frames.
    pub(crate) fn protocol(&self) -> &Connection {
        &self.protocol
    }

    /// Whether both Close frames were exchanged, down to the last byte, and no rule was broken.
    pub(crate) fn is_clean(&self) -> bool {
        self.protocol.is_closed() && self.protocol.violation().is_none() && !self.is_cut
    }

    pub(crate) fn is_accepted(&self) -> bool {
        !matches!(
            self.opening,
            Opening::Waiting | Opening::Denied(_) | Opening::Unanswered
        )
    }

    /// Writes the Close frame, unless one has been written or received.
    pub(crate) fn close(&mut self, close: &Close) {
        if self.protocol.close(close, self.output.buffer()).is_ok() {
            self.inbox.shut();
            self.finish(Disconnect::new(close.code().into(), close.reason().clone()));
        }
    }

    /// Closes from what may be another task than the connection's own, which is woken for it.
    pub(crate) fn close_from_outside(&mut self, close: &Close) {
        self.close(close);
        self.waiting.wake_driver();
    }

    /// Closes as the endpoint wants it, which may go on afterwards.
    pub(super) fn close_by_endpoint(&mut self, close: &Close) {
        self.is_closed_by_endpoint = true;
        self.close_from_outside(close);
    }

    /// The transport ended or failed without a Close frame from the peer.
    pub(crate) fn vanish(&mut self) {
        self.protocol.receive_eof();
        self.end_transport();
        self.finish(Disconnect::vanished());
    }

    pub(super) fn finish(&mut self, disconnect: Disconnect) {
        self.over.get_or_insert_with(|| Box::new(disconnect));
        self.waiting.wake_all();
    }

    /// Frees all but what is known of the end: a sender may be kept for long.
    pub(super) fn release(&mut self) {
        self.end_poll();
        self.waiting.forget_driver();
        self.limits = self.limits.take().filter(|limits| limits.dropped() > 0);
    }

    /// Moves the bytes and keeps the deadlines with this waker, while the connection's task polls the endpoint and
    /// cannot: the endpoint may be blocked until this very wait is over, as in `block_on`. Whatever comes first wakes
    /// the wait; when the poll of the endpoint has returned, the connection's task goes on with its own waker.
    pub(super) fn poll_in_place(&mut self, cx: &mut Context<'_>) {
        if !self.waiting.is_polling() || self.waiting.is_driver(cx) || !matches!(self.opening, Opening::Open)
        {
            return;
        }
        loop {
            let _ = self.poll_transport(cx);
            let next = self.deadline();
            // Outside of a runtime there is no timer.
            let (Some(next), Ok(_)) = (next, Handle::try_current()) else {
                return;
            };
            let timer = match &mut self.timer {
                Some(timer) => {
                    timer.as_mut().reset(next);
                    timer
                }
                timer => timer.insert(Box::pin(sleep_until(next))),
            };
            if pin!(coop::unconstrained(timer.as_mut())).poll(cx).is_pending() {
                return;
            }
            self.expire(Instant::now());
        }
    }

    /// Writes what is unsent, reads ahead, and takes the closing on: ready when the transport is done with.
    pub(super) fn poll_transport(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.over.is_none() {
            let _ = self.poll_flush(cx);
            self.poll_read_ahead(cx);
            // What was read may have been a ping, or the end.
            let _ = self.poll_flush(cx);
        }
        self.note_activity();
        self.poll_closing(cx)
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

    /// Adds what was counted since the last poll to the metrics.
    pub(super) fn settle_traffic(&mut self) {
        self.traffic.settle(self.output.unsent());
    }

    /// The same where nothing that is unsent will ever be written.
    pub(super) fn abandon_traffic(&mut self) {
        self.traffic.settle(0);
    }

    /// Writes all that is unsent. A transport that fails ends the connection.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(transport) = &mut self.transport else {
            return if matches!(self.opening, Opening::Open) {
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
            self.limits().stall(has_taken);
            if has_taken {
                self.prolong_closing();
            }
        } else {
            self.has_unsent_message = false;
            if let Some(limits) = &mut self.limits {
                limits.flow();
            }
        }
        if self.output.unsent() <= self.settings.write_buffer {
            self.waiting.wake(Awaited::Capacity);
        }
        if ready!(flushed).is_err() {
            self.vanish();
        }
        Poll::Ready(())
    }
}
