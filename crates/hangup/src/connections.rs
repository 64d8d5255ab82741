//! The open connections of a server: counted, and closed when it stops.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hangup_protocol::Close;
use tokio::sync::Notify;

use crate::socket::Shared;

/// The connections of one server, from just before their 101 to the end of their closing handshake.
#[derive(Default)]
pub(crate) struct Connections {
    open: Mutex<Open>,
    one_ended: Notify,
}

#[derive(Default)]
struct Open {
    sockets: HashMap<u64, Arc<Shared>>,
    next: u64,
    /// With what they are closed, once the server stops.
    stopping: Option<Close>,
}

/// A connection among the others, until it is dropped.
pub(crate) struct Member {
    connections: Arc<Connections>,
    number: u64,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server stops, and new handshakes are refused.
    pub(crate) fn is_stopping(&self) -> bool {
        self.open().stopping.is_some()
    }

    /// Adds a connection whose 101 is about to go out. If the server stops already it is closed at once.
    pub(crate) fn join(self: &Arc<Self>, shared: &Arc<Shared>) -> Member {
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        open.sockets.insert(number, Arc::clone(shared));
        if let Some(close) = &open.stopping {
            shared.lock().close_from_outside(close);
        }
        Member {
            connections: Arc::clone(self),
            number,
        }
    }

    /// Closes every connection, now and those still to come.
    pub(crate) fn stop(&self, close: &Close) {
        let all: Vec<_> = {
            let mut open = self.open();
            open.stopping = Some(close.clone());
            open.sockets.values().cloned().collect()
        };
        for shared in all {
            shared.lock().close_from_outside(close);
        }
    }

    /// Waits until every connection has ended.
    pub(crate) async fn all_ended(&self) {
        loop {
            let ended = self.one_ended.notified();
            if self.count() == 0 {
                return;
            }
            ended.await;
        }
    }

    /// How many connections have not ended.
    pub(crate) fn count(&self) -> usize {
        self.open().sockets.len()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.connections.open().sockets.remove(&self.number);
        self.connections.one_ended.notify_one();
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("open", &self.count())
            .finish_non_exhaustive()
    }
}
