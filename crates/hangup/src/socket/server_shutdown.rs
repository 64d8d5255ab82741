//! `ServerShutdown`: how an endpoint notices the shutdown of its server.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{server::Shared, waiting::Ticket};

/// Ready at the shutdown of the server, or at the end of the connection: see
/// [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown).
#[must_use = "it tells nothing unless it is awaited"]
pub struct ServerShutdown {
    shared: Arc<Shared>,
    ticket: Ticket,
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
        this.shared.lock().poll_server_shutdown(cx, &mut this.ticket)
    }
}

impl Drop for ServerShutdown {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.shared.lock().forget(self.ticket);
        }
    }
}

impl fmt::Debug for ServerShutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerShutdown").finish_non_exhaustive()
    }
}
