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
    /// How those have ended that were open when the server stopped.
    drained: Drained,
}

/// How the connections ended that were open when their server stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// With both Close frames.
    pub closed: usize,
    /// Without: the peer vanished, or did not answer in time.
    pub cut: usize,
    /// By being given up when [`drain_timeout`](crate::Serve::drain_timeout) had passed.
    pub aborted: usize,
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
            let mut core = shared.lock();
            core.begin_draining();
            core.close_from_outside(close);
        }
        Member {
            connections: Arc::clone(self),
            number,
        }
    }

    /// Tells every endpoint that the server stops. From now on whoever joins is closed with `close`.
    ///
    /// Gives the connections that are to be closed at once, and those of endpoints that have waited to be told.
    pub(crate) fn begin_draining(&self, close: &Close) -> (Vec<Arc<Shared>>, Vec<Arc<Shared>>) {
        let all: Vec<_> = {
            let mut open = self.open();
            open.stopping = Some(close.clone());
            open.sockets.values().cloned().collect()
        };
        all.into_iter()
            .partition(|shared| !shared.lock().begin_draining())
    }

    /// Gives up on every connection that has not ended.
    pub(crate) fn abort(&self) {
        let all: Vec<_> = self.open().sockets.values().cloned().collect();
        for shared in all {
            shared.lock().abort();
        }
    }

    /// Waits until every connection has ended. One may wait at a time.
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

    /// How those have ended so far that were open when the server stopped; those that have not count as aborted.
    pub(crate) fn drained(&self) -> Drained {
        let open = self.open();
        Drained {
            aborted: open.drained.aborted + open.sockets.len(),
            ..open.drained
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        {
            let mut open = self.connections.open();
            let shared = open.sockets.remove(&self.number);
            if let (Some(shared), true) = (shared, open.stopping.is_some()) {
                let core = shared.lock();
                if core.is_aborted {
                    open.drained.aborted += 1;
                } else if core.is_clean() {
                    open.drained.closed += 1;
                } else {
                    open.drained.cut += 1;
                }
            }
        }
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
