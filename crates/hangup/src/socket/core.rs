//! The state of one connection that its task and its socket share: transport, protocol, buffers, waiters.

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, PoisonError},
    task::{Context, Poll, ready},
};

use hangup_protocol::{Close, Connection, Event, Role};
#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};
use tokio::task::coop;

use super::{
    buffers::{Input, Output},
    closing::Closing,
    draining::DrainState,
    inbox::Inbox,
    keep_alive::KeepAlive,
    limits::{Limits, too_many_messages},
    message::Message,
    opening::Opening,
    transport::Transport,
    waiting::{Awaited, Due, Waiting},
    websocket::Closed,
};
use crate::{error::Disconnect, metrics::Traffic, settings::Resolved};

/// One connection's [`Core`], shared by the connection's task, the socket and its senders.
pub(crate) struct Shared {
    core: Mutex<Core>,
}

impl Shared {
    pub(crate) fn new(settings: Arc<Resolved>, traffic: Traffic) -> Arc<Self> {
        Arc::new(Self {
            core: Mutex::new(Core::new(settings, traffic)),
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
    over: Option<Box<Disconnect>>,
    pub(super) closing: Closing,
    /// Whether the transport ended before all was written.
    pub(super) is_cut: bool,
    /// Whether endpoint and peer are given up on.
    pub(crate) is_aborted: bool,
    /// Whether a message has come or gone since the connection's task looked last.
    pub(super) is_active: bool,
    /// Whether the last poll of the endpoint has left no budget for reading and writing.
    pub(super) is_starved: bool,
    pub(super) keep_alive: KeepAlive,
    pub(super) limits: Option<Box<Limits>>,
    pub(super) drain: DrainState,
    pub(super) settings: Arc<Resolved>,
    /// Who waits: the task that polls the endpoint and does all reading and writing, and others.
    pub(super) waiting: Waiting,
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
            is_active: false,
            is_starved: false,
            keep_alive: KeepAlive::off(),
            limits: None,
            drain: DrainState::default(),
            settings,
            waiting: Waiting::default(),
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

    /// Notes who polls the connection. Whether it is somebody else than before.
    pub(crate) fn set_driver(&mut self, cx: &Context<'_>) -> bool {
        self.waiting.set_driver(cx)
    }

    /// How the connection ended, once it has for the endpoint.
    pub(crate) fn over(&self) -> Option<&Disconnect> {
        self.over.as_deref()
    }

    /// Waits until the closing handshake is over.
    pub(super) fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<Closed> {
        if matches!(self.closing, Closing::Not | Closing::Handshake { .. }) {
            self.waiting.add(Awaited::Stage, cx);
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
        !matches!(self.opening, Opening::Waiting | Opening::Denied(_))
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

    /// The transport ended or failed without a Close frame from the peer.
    pub(crate) fn vanish(&mut self) {
        self.protocol.receive_eof();
        self.end_transport();
        self.finish(Disconnect::vanished());
    }

    fn finish(&mut self, disconnect: Disconnect) {
        self.over.get_or_insert_with(|| Box::new(disconnect));
        self.waiting.wake_all();
    }

    /// The next message, for whoever asks: read at once by the driver's own task, and by the driver for others.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Disconnect>> {
        let is_driver = self.waiting.is_driver(cx);
        if let Some(message) = self.inbox.pop() {
            if !is_driver {
                // There is room again: the driver goes on reading, whether more is asked for or not.
                self.waiting.wake_driver();
            }
            return Poll::Ready(Ok(message));
        }
        if is_driver {
            return self.poll_read(cx);
        }
        if let Some(over) = &self.over {
            return Poll::Ready(Err(Disconnect::clone(over)));
        }
        self.waiting.add(Awaited::Message, cx);
        self.waiting.wake_driver();
        Poll::Pending
    }

    /// Reads while nobody receives, so that pings are answered and the peer's leaving is seen: until `read_ahead`
    /// bytes of messages wait.
    pub(super) fn poll_read_ahead(&mut self, cx: &mut Context<'_>) {
        while !self.inbox.is_full(self.settings.read_ahead) && self.over.is_none() {
            let Poll::Ready(read) = self.poll_read(cx) else {
                break;
            };
            if let Ok(message) = read {
                self.inbox.push(message);
            }
            self.waiting.wake(Awaited::Message);
        }
        if self.inbox.is_full(self.settings.read_ahead) {
            self.note_pause(true);
        }
        self.input.shrink();
    }

    /// Nobody will receive any more: what comes is read and thrown away.
    pub(super) fn stop_receiving(&mut self) {
        let was_full = self.inbox.is_full(self.settings.read_ahead);
        self.inbox.shut();
        if was_full {
            self.waiting.wake_driver();
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

    fn parse(&mut self) -> Option<Event> {
        let mut rest = self.input.unread();
        let event = self.protocol.receive(&mut rest, self.output.buffer());
        let left = rest.len();
        self.input.keep_last(left);
        event
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
            self.is_active |= has_taken;
            self.limits().stall(has_taken);
            if has_taken {
                self.prolong_closing();
            }
        } else if let Some(limits) = &mut self.limits {
            limits.flow();
        }
        if self.output.unsent() <= self.settings.write_buffer {
            self.waiting.wake(Awaited::Room);
        }
        if ready!(flushed).is_err() {
            self.vanish();
        }
        Poll::Ready(())
    }
}
