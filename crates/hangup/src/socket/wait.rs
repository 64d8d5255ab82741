//! `Wait`: one wait of a future, forgotten when the future is dropped.

use std::{
    future::{Future, poll_fn},
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    core::{Core, Shared},
    waiting::Ticket,
};

/// Held by a future for as long as it may wait, so that a future that is dropped leaves no waker.
pub(super) struct Wait<'a> {
    shared: &'a Arc<Shared>,
    ticket: Ticket,
}

impl<'a> Wait<'a> {
    pub(super) fn on(shared: &'a Arc<Shared>) -> Self {
        Self { shared, ticket: None }
    }

    /// The connection that is waited on.
    pub(super) fn shared(&self) -> &'a Arc<Shared> {
        self.shared
    }

    pub(super) fn ticket(&mut self) -> &mut Ticket {
        &mut self.ticket
    }

    /// A future that is polled under the lock of the connection.
    pub(super) fn until<T>(
        mut self,
        mut poll: impl FnMut(&mut Core, &mut Context<'_>, &mut Ticket) -> Poll<T>,
    ) -> impl Future<Output = T> {
        poll_fn(move |cx| poll(&mut self.shared.lock(), cx, &mut self.ticket))
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.ticket {
            self.shared.lock().waiting.forget(number);
        }
    }
}
