//! What belongs to a connection and ends with it.

use std::{any::Any, sync::Arc};

/// What belongs to a connection.
pub(crate) trait Attached: Any + Send + Sync {
    /// The connection has ended, with its endpoint. Called once.
    fn connection_ended(&self);
}

/// Why nothing was attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAttached {
    /// The connection is over.
    Ended,
    /// Something of another type is attached.
    OfOtherType,
}

impl dyn Attached {
    /// It as a `T`, if it is one.
    pub(super) fn downcast<T: Attached>(self: &Arc<Self>) -> Option<Arc<T>> {
        let any: Arc<dyn Any + Send + Sync> = Arc::clone(self) as _;
        any.downcast().ok()
    }
}
