//! `Draining`: how an endpoint learns that its server stops.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    core::{Core, Shared},
    waiting::Awaited,
};

/// Ready once the server stops, or the connection is over: see [`WebSocket::draining`](crate::WebSocket::draining).
#[must_use = "it tells nothing unless it is awaited"]
pub struct Draining {
    shared: Arc<Shared>,
    is_listening: bool,
}

/// What a connection knows of the end of its server.
#[derive(Debug, Default)]
pub(super) struct DrainState {
    has_begun: bool,
    /// How many wait to be told.
    listeners: u32,
}

impl Draining {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            is_listening: false,
        }
    }
}

impl Future for Draining {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut core = this.shared.lock();
        if core.drain.has_begun || core.over().is_some() {
            return Poll::Ready(());
        }
        if !this.is_listening {
            this.is_listening = true;
            core.drain.listeners += 1;
        }
        core.waiting.add(Awaited::Stage, cx);
        Poll::Pending
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        if self.is_listening {
            self.shared.lock().drain.listeners -= 1;
        }
    }
}

impl fmt::Debug for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draining").finish_non_exhaustive()
    }
}

impl Core {
    /// Tells the endpoint that the server stops. Whether anybody has waited to be told.
    pub(crate) fn begin_draining(&mut self) -> bool {
        self.drain.has_begun = true;
        let is_heard = self.drain.listeners > 0;
        if is_heard {
            self.waiting.wake_all();
        }
        is_heard
    }

    /// Gives up on endpoint and peer at once: the server's time is over.
    pub(crate) fn abort(&mut self) {
        self.is_aborted = true;
        if self.over().is_none() {
            self.vanish();
        } else {
            self.end_transport();
        }
        self.waiting.wake_driver();
    }
}
