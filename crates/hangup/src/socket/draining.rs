//! `ServerShutdown`: how an endpoint notices the shutdown of its server.

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
    waiting::{Awaited, Ticket},
};

/// Ready at the shutdown of the server, or at the end of the connection: see
/// [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown).
#[must_use = "it tells nothing unless it is awaited"]
pub struct ServerShutdown {
    shared: Arc<Shared>,
    ticket: Ticket,
}

/// What a connection knows of the end of its server.
#[derive(Debug, Default)]
pub(super) struct DrainState {
    has_begun: bool,
    /// Whether anybody has asked to be told: whoever has done so once is given time.
    is_asked: bool,
}

impl ServerShutdown {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            ticket: None,
        }
    }
}

impl Future for ServerShutdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut core = this.shared.lock();
        if core.drain.has_begun || core.over().is_some() {
            return Poll::Ready(());
        }
        core.drain.is_asked = true;
        core.poll_in_place(cx);
        if core.over().is_some() {
            return Poll::Ready(());
        }
        core.waiting.add(Awaited::Drain, &mut this.ticket, cx);
        Poll::Pending
    }
}

impl Drop for ServerShutdown {
    fn drop(&mut self) {
        if let Some(number) = self.ticket {
            self.shared.lock().waiting.forget(number);
        }
    }
}

impl fmt::Debug for ServerShutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerShutdown").finish_non_exhaustive()
    }
}

impl Core {
    /// Tells the endpoint that the server stops. Whether anybody has ever asked to be told: an endpoint that asks anew
    /// in each turn of a loop may be at something else right now.
    pub(crate) fn begin_draining(&mut self) -> bool {
        self.drain.has_begun = true;
        let is_heard = self.drain.is_asked;
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
