//! The wait for the outcome of a kick.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hangup_protocol::Close;
use tokio::time::Instant;

use super::{
    core::{Kickable, Removal},
    environment::Environment,
    shared::SharedCore,
    timer::Timer,
    waiting::Ticket,
};

impl<E: Environment> SharedCore<E> {
    /// Closes the connection at once, ahead of what is unsent, and cuts it at `until`: see [`Core::kick`].
    ///
    /// It is done when this returns, whether the future is awaited or not. That is ready when both Close frames are
    /// exchanged or the transport is dropped, and at `until` at the latest.
    ///
    /// [`Core::kick`]: super::core::Core::kick
    pub(crate) fn kick(self: &Arc<Self>, close: &Close, until: Instant) -> KickWait<E> {
        let before = self.lock().kick(close, until);
        KickWait {
            shared: Arc::clone(self),
            before,
            until,
            ticket: None,
            timer: Timer::default(),
        }
    }
}

/// The wait of [`SharedCore::kick`].
#[must_use = "what has come of it is known when it is awaited"]
pub(crate) struct KickWait<E: Environment> {
    shared: Arc<SharedCore<E>>,
    before: Kickable,
    until: Instant,
    ticket: Ticket,
    timer: Timer,
}

impl<E: Environment> KickWait<E> {
    /// How the connection was before.
    pub(crate) const fn before(&self) -> Kickable {
        self.before
    }
}

impl<E: Environment> Future for KickWait<E> {
    type Output = Removal;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Removal> {
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

impl<E: Environment> Drop for KickWait<E> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.shared.lock().forget(self.ticket);
        }
    }
}
