//! `Draining`: how an endpoint learns that its server stops.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hangup_protocol::Close;

use super::{
    core::{Core, Shared},
    waiting::Awaited,
};

/// Ready once the server stops, or the connection is over: see [`WebSocket::draining`](crate::WebSocket::draining).
#[must_use = "it tells nothing unless it is awaited"]
pub struct Draining {
    shared: Arc<Shared>,
    /// Under which number it is remembered.
    number: Option<u32>,
}

/// What a connection knows of the end of its server.
#[derive(Debug, Default)]
pub(super) struct DrainState {
    has_begun: bool,
    /// How many have asked to be told: whoever has done so once is given time.
    asked: u32,
}

impl Draining {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            number: None,
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
        let number = *this.number.get_or_insert_with(|| {
            core.drain.asked = core.drain.asked.wrapping_add(1).max(1);
            core.drain.asked
        });
        core.waiting.add(Awaited::Drain(number), cx);
        Poll::Pending
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.shared.lock().waiting.forget(Awaited::Drain(number));
        }
    }
}

impl fmt::Debug for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draining").finish_non_exhaustive()
    }
}

impl Core {
    /// Tells the endpoint that the server stops. Whether anybody has ever asked to be told: an endpoint that asks anew
    /// in each turn of a loop may be at something else right now.
    pub(crate) fn begin_draining(&mut self) -> bool {
        self.drain.has_begun = true;
        let is_heard = self.drain.asked > 0;
        if is_heard {
            self.waiting.wake_all();
        }
        is_heard
    }

    /// Gives up on endpoint and peer at once: the server's time is over. What the system takes now of a Close frame and
    /// of what is before it still goes out.
    pub(crate) fn abort(&mut self, close: &Close) {
        self.is_aborted = true;
        self.close(close);
        self.make_room();
        self.end_transport();
        self.waiting.wake_driver();
    }
}
