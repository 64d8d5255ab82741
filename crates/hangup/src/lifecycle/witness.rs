//! `Witness`: learns with which error a connection has ended, for the test client.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::logged;

/// Is told of the end of a connection: the extension of a request. Clones are one witness.
#[derive(Clone, Default)]
pub(crate) struct Witness(Arc<Told>);

#[derive(Default)]
struct Told {
    /// The error of the end, once there is one.
    error: Mutex<Option<Option<String>>>,
    told: Notify,
}

impl Witness {
    /// The connection has ended.
    pub(super) fn tell(&self, error: Option<&str>) {
        *self.error() = Some(error.map(|error| logged::chain(error).to_string()));
        self.0.told.notify_waiters();
    }

    /// The error so far.
    pub(crate) fn known(&self) -> Option<String> {
        self.error().clone().flatten()
    }

    /// Waits for the end, and gives its error.
    pub(crate) async fn wait(&self) -> Option<String> {
        loop {
            let told = self.0.told.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if let Some(error) = self.error().clone() {
                return error;
            }
            told.await;
        }
    }

    fn error(&self) -> MutexGuard<'_, Option<Option<String>>> {
        self.0.error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}
