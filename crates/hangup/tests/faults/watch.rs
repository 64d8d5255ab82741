//! What must not be left when a connection has ended: counted while it is there.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Counts the guards that it gave and that are not dropped yet.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    alive: Arc<AtomicUsize>,
    begun: Arc<AtomicBool>,
}

/// Stands in a future, a task or a stream for as long as it is there.
pub(crate) struct Guard(Arc<AtomicUsize>);

impl Watch {
    pub(crate) fn guard(&self) -> Guard {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Guard(Arc::clone(&self.alive))
    }

    pub(crate) fn alive(&self) -> usize {
        self.alive.load(Ordering::SeqCst)
    }

    /// The request has reached its route.
    pub(crate) fn begin(&self) {
        self.begun.store(true, Ordering::SeqCst);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
