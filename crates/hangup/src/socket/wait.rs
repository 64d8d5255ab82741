//! `Wait`: one wait of a future, forgotten when the future is dropped.

use std::{
    future::{Future, poll_fn},
    task::{Context, Poll},
};

use super::{
    core::{Core, Shared},
    waiting::Ticket,
};

/// Held by a future for as long as it may wait, so that a future that is dropped leaves no waker.
pub(crate) struct Wait<'a> {
    shared: &'a Shared,
    ticket: Ticket,
}

impl<'a> Wait<'a> {
    pub(crate) fn on(shared: &'a Shared) -> Self {
        Self { shared, ticket: None }
    }

    /// A future that is polled under the lock of the connection.
    pub(crate) fn until<T>(
        mut self,
        mut poll: impl FnMut(&mut Core, &mut Context<'_>, &mut Ticket) -> Poll<T>,
    ) -> impl Future<Output = T> {
        poll_fn(move |cx| {
            let Self { shared, ticket } = &mut self;
            poll(&mut shared.lock(), cx, ticket)
        })
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.ticket {
            self.shared.lock().waiting.forget(number);
        }
    }
}
