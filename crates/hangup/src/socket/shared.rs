//! One connection, shared by its task and its handles: one lock, and wakers that run after it.

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};
use std::{
    future::{Future, poll_fn},
    ops::{Deref, DerefMut},
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};

use super::{
    core::Core,
    environment::Environment,
    waiting::{Ticket, Wakeups},
};

/// One connection's [`Core`], shared by the connection's task, the socket and its senders.
pub(crate) struct SharedCore<E: Environment> {
    core: Mutex<Core<E>>,
}

impl<E: Environment> SharedCore<E> {
    pub(crate) fn new(options: E::Options, observer: E::Observer) -> Arc<Self> {
        Arc::new(Self {
            core: Mutex::new(Core::new(options, observer)),
        })
    }

    #[inline]
    pub(crate) fn lock(&self) -> Locked<'_, E> {
        Locked {
            core: self.core.lock().unwrap_or_else(PoisonError::into_inner),
            wakeups: None,
        }
    }
}

impl<E: Environment> SharedCore<E> {
    /// Waits until a message can be delivered with no more than so many bytes unsent before it, or the connection is over.
    pub(crate) fn deliverable(self: &Arc<Self>, bound: usize) -> impl Future<Output = ()> {
        Wait::on(self).until(move |core, cx, ticket| core.poll_deliverable(cx, ticket, bound))
    }

    /// The connection has ended: so has what is attached.
    pub(crate) fn detach(&self) {
        let attached = self.lock().detach();
        if let Some(attached) = attached {
            attached.connection_ended();
        }
    }
}

/// The core, locked. Dropping the guard unlocks, then wakes: fields are dropped in order.
pub(crate) struct Locked<'a, E: Environment> {
    core: MutexGuard<'a, Core<E>>,
    wakeups: Option<Wakeups>,
}

impl<E: Environment> Deref for Locked<'_, E> {
    type Target = Core<E>;

    #[inline]
    fn deref(&self) -> &Core<E> {
        &self.core
    }
}

impl<E: Environment> DerefMut for Locked<'_, E> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Core<E> {
        &mut self.core
    }
}

impl<E: Environment> Drop for Locked<'_, E> {
    #[inline]
    fn drop(&mut self) {
        self.wakeups = self.core.take_wakeups();
    }
}

/// Held by a future for as long as it may wait, so that a future that is dropped leaves no waker.
pub(super) struct Wait<'a, E: Environment> {
    shared: &'a Arc<SharedCore<E>>,
    ticket: Ticket,
}

impl<'a, E: Environment> Wait<'a, E> {
    pub(super) fn on(shared: &'a Arc<SharedCore<E>>) -> Self {
        Self { shared, ticket: None }
    }

    /// The connection that is waited on.
    pub(super) fn shared(&self) -> &'a Arc<SharedCore<E>> {
        self.shared
    }

    pub(super) fn ticket(&mut self) -> &mut Ticket {
        &mut self.ticket
    }

    /// A future that is polled under the lock of the connection.
    pub(super) fn until<T>(
        mut self,
        mut poll: impl FnMut(&mut Core<E>, &mut Context<'_>, &mut Ticket) -> Poll<T>,
    ) -> impl Future<Output = T> {
        poll_fn(move |cx| poll(&mut self.shared.lock(), cx, &mut self.ticket))
    }
}

impl<E: Environment> Drop for Wait<'_, E> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.shared.lock().forget(self.ticket);
        }
    }
}
