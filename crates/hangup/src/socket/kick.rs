//! The wait for what comes of a kick.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hangup_protocol::Close;
use tokio::time::Instant;

use super::{core::Kicked, environment::Environment, shared::SharedCore, timer::Timer, waiting::Ticket};

impl<E: Environment> SharedCore<E> {
    /// Closes the connection at once, ahead of what is unsent, and cuts it at `until`: see [`Core::kick`].
    ///
    /// It is done when this returns, whether the future is awaited or not. That is ready when both Close frames are
    /// exchanged or the transport is dropped, and at `until` at the latest.
    ///
    /// [`Core::kick`]: super::core::Core::kick
    pub(crate) fn kick(self: &Arc<Self>, close: &Close, until: Instant) -> Kicking<E> {
        self.lock().kick(close, until);
        Kicking {
            shared: Arc::clone(self),
            until,
            ticket: None,
            timer: Timer::default(),
        }
    }
}

/// The wait of [`SharedCore::kick`].
#[must_use = "what has come of it is known when it is awaited"]
pub(crate) struct Kicking<E: Environment> {
    shared: Arc<SharedCore<E>>,
    until: Instant,
    ticket: Ticket,
    timer: Timer,
}

impl<E: Environment> Future for Kicking<E> {
    type Output = Kicked;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Kicked> {
        let this = &mut *self;
        let kicked = this.shared.lock().poll_kicked(cx, &mut this.ticket);
        if kicked.is_ready() || this.timer.poll(cx, this.until).is_pending() {
            return kicked;
        }
        let mut core = this.shared.lock();
        core.cut();
        core.poll_kicked(cx, &mut this.ticket)
    }
}

impl<E: Environment> Drop for Kicking<E> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.shared.lock().forget(self.ticket);
        }
    }
}
