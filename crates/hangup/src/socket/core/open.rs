//! The time before the 101: how `accept` and `deny` reach whoever answers the request, and the opening.

use std::task::{Context, Poll};

use hangup_protocol::{Close, CloseCode};

use super::{
    super::{
        closing::Closing,
        environment::Environment,
        io::{Input, Transport},
        limits::Limits,
        opening::OpeningHandshake,
        waiting::{Awaited, Ticket},
    },
    Core,
};

impl<E: Environment> Core<E> {
    /// Asks for the 101 for the endpoint, unless the handshake is answered. Whether it has just been asked for by
    /// another task than the connection's own, or in a poll within its poll: see
    /// [`watch_opening`](super::super::watch_opening).
    #[must_use]
    pub(crate) fn accept(&mut self, cx: &Context<'_>, acceptance: impl FnOnce() -> E::Acceptance) -> bool {
        if !self.opening.may_accept() {
            return false;
        }
        let acceptance = acceptance();
        if let Some(agreement) = E::deflate(&acceptance) {
            self.protocol.agree_on_deflate(agreement);
        }
        self.request(cx, acceptance)
    }

    /// The same for a message that is sent before the endpoint has accepted: only error handlers send then, and nobody
    /// will receive.
    #[must_use]
    pub(crate) fn request_refusal(&mut self, cx: &Context<'_>) -> bool {
        if !self.opening.may_request_refusal() {
            return false;
        }
        self.inbox.shut();
        self.request(cx, E::refusal())
    }

    fn request(&mut self, cx: &Context<'_>, acceptance: E::Acceptance) -> bool {
        self.opening = OpeningHandshake::Accepted(Box::new(acceptance));
        let is_driver = self.waiting.is_driver(cx);
        // Who polls the endpoint looks by itself when that poll is over.
        if !is_driver {
            self.waiting.notify_driver();
        }
        !is_driver
    }

    /// Refuses with a response, unless the handshake is answered or the endpoint has ended.
    pub(crate) fn deny(&mut self, denial: E::Denial) {
        self.opening.deny(denial);
    }

    /// The acceptance that waits for its 101; once. Asked for when a poll of the endpoint is over.
    pub(crate) fn take_acceptance(&mut self) -> Option<E::Acceptance> {
        self.end_poll();
        self.opening.take_acceptance()
    }

    /// The endpoint has ended: the response with which it has denied, if it has.
    pub(crate) fn take_denial(&mut self) -> Option<E::Denial> {
        self.opening.take_denial()
    }

    /// With what the handshake is refused, where the connection was kicked before its endpoint has accepted.
    pub(crate) fn refusal(&self) -> Option<&Close> {
        self.opening.refusal()
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.opening.is_accepted()
    }

    /// Waits until the 101 is out, or the connection over.
    pub(crate) fn poll_opened(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<()> {
        if self.opening.is_open() || self.over.is_some() {
            return Poll::Ready(());
        }
        self.waiting.add(Awaited::Stage, ticket, cx);
        Poll::Pending
    }

    /// The future of an `accept` is dropped before its end. Where it has asked for the 101, nobody can receive.
    pub(crate) fn stop_accepting(&mut self, ticket: Ticket) {
        self.forget(ticket);
        if self.is_accepted() {
            self.stop_receiving();
        }
    }

    /// The handshake is answered: from here on bytes flow.
    pub(crate) fn open(&mut self, transport: Transport, read_ahead: &[u8]) {
        // One that was cut meanwhile gets none.
        self.transport = Some(transport).filter(|_| !matches!(self.closing, Closing::Done));
        self.input = Input::starting_with(read_ahead);
        self.opening = OpeningHandshake::Open;
        self.keep_alive.start(&self.options);
        if Limits::are_set(&self.options) {
            self.limits();
        }
        // The endpoint is polled next, by a task that is not the one which has polled it so far.
        self.waiting.forget_driver();
        self.waiting.wake_all();
    }

    /// The handshake could not be answered: the client has left, or a layer has replaced the response.
    pub(crate) fn fail_to_open(&mut self) {
        self.opening = OpeningHandshake::Open;
        self.vanish();
    }

    /// Closes where the 101 has been asked for, and the poll of the endpoint in which it was has not returned since.
    pub(crate) fn fail_blocked_opening(&mut self) -> bool {
        let is_blocked = self.opening.is_requested() && self.over.is_none();
        if is_blocked {
            self.close_from_outside(&Close::from(CloseCode::INTERNAL_ERROR));
        }
        is_blocked
    }
}
