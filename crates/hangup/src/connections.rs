//! The open connections of a server: counted, and closed at its shutdown.

use std::{
    collections::HashMap,
    fmt,
    pin::pin,
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
    /// Those whose handshake is not answered yet.
    handshakes: HashMap<u64, Arc<Shared>>,
    is_aborting: bool,
    next: u64,
    /// The Close of the shutdown, once it has started.
    shutdown: Option<Close>,
    /// How connections have ended since then.
    report: Drained,
}

/// How connections ended at the shutdown of their server: those that were open at its start, and those whose handshake
/// was under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Both Close frames were exchanged.
    pub closed: usize,
    /// The closing handshake was not completed: the connection broke, or the peer did not answer in time.
    pub cut: usize,
    /// Aborted after [`shutdown_timeout`](crate::serve::Serve::shutdown_timeout), or at a second signal. Handshakes that
    /// were not answered yet are included.
    pub aborted: usize,
}

/// Counts a handshake until it is answered or dropped.
pub(crate) struct Underway {
    connections: Arc<Connections>,
    number: u64,
    outer: Option<Box<Underway>>,
}

/// Counts a connection until it is dropped.
pub(crate) struct Member {
    connections: Arc<Connections>,
    number: u64,
    outer: Option<Box<Member>>,
}

/// All that a connection will be one of: the extension of a request that a server or a layer inserts.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    connections: Arc<Connections>,
    outer: Option<Arc<Membership>>,
}

impl Membership {
    pub(crate) fn of(connections: Arc<Connections>) -> Self {
        Self {
            connections,
            outer: None,
        }
    }

    /// The membership in these connections and in those around them.
    pub(crate) fn within(connections: &Arc<Connections>, outer: Option<Self>) -> Self {
        match outer {
            Some(outer) if outer.is_of(connections) => outer,
            outer => Self {
                connections: Arc::clone(connections),
                outer: outer.map(Arc::new),
            },
        }
    }

    fn is_of(&self, connections: &Arc<Connections>) -> bool {
        let outer = self.outer.as_ref();
        Arc::ptr_eq(&self.connections, connections) || outer.is_some_and(|outer| outer.is_of(connections))
    }

    /// Whether new handshakes are refused.
    pub(crate) fn is_shutting_down(&self) -> bool {
        self.connections.is_shutting_down()
            || self.outer.as_ref().is_some_and(|outer| outer.is_shutting_down())
    }

    /// Adds a handshake that is to be answered.
    pub(crate) fn begin(&self, shared: &Arc<Shared>) -> Underway {
        let mut underway = self.connections.begin(shared);
        underway.outer = self.outer.as_ref().map(|outer| Box::new(outer.begin(shared)));
        underway
    }

    /// Adds a connection whose 101 is about to go out.
    pub(crate) fn join(&self, shared: &Arc<Shared>, is_refusal: bool) -> Member {
        let mut member = self.connections.join(shared, is_refusal);
        let outer = self.outer.as_ref();
        member.outer = outer.map(|outer| Box::new(outer.join(shared, is_refusal)));
        member
    }
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the shutdown has started, and new handshakes are refused.
    fn is_shutting_down(&self) -> bool {
        self.open().shutdown.is_some()
    }

    /// Adds a handshake that is not answered yet.
    fn begin(self: &Arc<Self>, shared: &Arc<Shared>) -> Underway {
        let mut open = self.open();
        let number = open.next_number();
        open.handshakes.insert(number, Arc::clone(shared));
        Underway {
            connections: Arc::clone(self),
            number,
            outer: None,
        }
    }

    /// Adds a connection whose 101 is about to be written. After the start of a shutdown it is closed at once, unless it
    /// is a refusal, which closes by itself.
    fn join(self: &Arc<Self>, shared: &Arc<Shared>, is_refusal: bool) -> Member {
        let (number, shutdown) = {
            let mut open = self.open();
            let number = open.next_number();
            open.sockets.insert(number, Arc::clone(shared));
            (number, open.shutdown.clone())
        };
        if let Some(close) = shutdown.filter(|_| !is_refusal) {
            let mut core = shared.lock();
            core.begin_server_shutdown();
            core.close_from_outside(&close);
        }
        Member {
            connections: Arc::clone(self),
            number,
            outer: None,
        }
    }

    /// Notifies every endpoint of the shutdown. Connections that are added later are closed with `close`.
    ///
    /// Returns the connections to close at once, and those whose endpoints have asked for the notice.
    pub(crate) fn begin_shutdown(&self, close: &Close) -> (Vec<Arc<Shared>>, Vec<Arc<Shared>>) {
        let all: Vec<_> = {
            let mut open = self.open();
            open.shutdown = Some(close.clone());
            open.sockets.values().cloned().collect()
        };
        all.into_iter()
            .partition(|shared| !shared.lock().begin_server_shutdown())
    }

    /// Aborts every connection that has not ended.
    pub(crate) fn abort(&self, close: &Close) {
        let (all, handshakes): (Vec<_>, Vec<_>) = {
            let mut open = self.open();
            open.is_aborting = true;
            (
                open.sockets.values().cloned().collect(),
                open.handshakes.values().cloned().collect(),
            )
        };
        for shared in all {
            shared.lock().abort(close);
        }
        // This wakes endpoints that wait in `accept`.
        for shared in handshakes {
            shared.lock().fail_to_open();
        }
    }

    /// Waits until every connection has ended.
    pub(crate) async fn all_ended(&self) {
        loop {
            let mut ended = pin!(self.one_ended.notified());
            ended.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            ended.await;
        }
    }

    /// How many connections have not ended, including handshakes that are not answered yet.
    pub(crate) fn count(&self) -> usize {
        let open = self.open();
        open.sockets.len() + open.handshakes.len()
    }

    /// How connections have ended since the start of the shutdown. Those that have not ended count as aborted.
    pub(crate) fn drained(&self) -> Drained {
        let open = self.open();
        Drained {
            aborted: open.report.aborted + open.sockets.len() + open.handshakes.len(),
            ..open.report
        }
    }
}

impl Open {
    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let removed = {
            let mut open = self.connections.open();
            open.report.aborted += usize::from(open.is_aborting);
            open.handshakes.remove(&self.number)
        };
        drop(removed);
        self.connections.one_ended.notify_waiters();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // One lock at a time: a waker or a drop under one lock may need the other.
        let shared = self.connections.open().sockets.get(&self.number).cloned();
        let (is_aborted, is_clean) = shared.as_ref().map_or((false, false), |shared| {
            let core = shared.lock();
            (core.is_aborted(), core.is_clean())
        });
        let removed = {
            let mut open = self.connections.open();
            if open.shutdown.is_some() {
                let count = match (is_aborted, is_clean) {
                    (true, _) => &mut open.report.aborted,
                    (false, true) => &mut open.report.closed,
                    (false, false) => &mut open.report.cut,
                };
                *count += 1;
            }
            open.sockets.remove(&self.number)
        };
        drop((shared, removed));
        self.connections.one_ended.notify_waiters();
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("open", &self.count())
            .finish_non_exhaustive()
    }
}
