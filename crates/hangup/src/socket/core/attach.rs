//! What belongs to a connection: attached to it, and taken from it at its end.

use std::sync::Arc;

use super::{
    super::{
        attached::{Attached, NotAttached},
        environment::Environment,
    },
    Core,
};

impl<E: Environment> Core<E> {
    /// What is attached, if it is a `T`.
    pub(crate) fn attached<T: Attached>(&self) -> Option<Arc<T>> {
        self.attached.as_ref()?.downcast()
    }

    /// Attaches what `make` makes, or gives what is attached.
    ///
    /// # Errors
    ///
    /// [`NotAttached`]: the connection is over, or something of another type is attached.
    pub(crate) fn attach<T: Attached>(
        &mut self,
        make: impl FnOnce() -> Arc<T>,
    ) -> Result<Arc<T>, NotAttached> {
        match &self.attached {
            Some(attached) => attached.downcast().ok_or(NotAttached::OfOtherType),
            // Nobody would end it.
            None if self.over.is_some() => Err(NotAttached::Ended),
            None => {
                let made = make();
                self.attached = Some(Arc::clone(&made) as _);
                Ok(made)
            }
        }
    }

    /// The connection has ended: what is attached is to be notified, outside of the lock.
    pub(crate) fn detach(&mut self) -> Option<Arc<dyn Attached>> {
        debug_assert!(self.over.is_some(), "nothing is attached from now on");
        self.attached.take()
    }
}
