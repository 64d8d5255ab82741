//! The open connections of a server, or behind a layer: counted, and closed when it stops.

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
    /// Whether nothing is waited for any more.
    is_aborting: bool,
    next: u64,
    /// With what they are closed, once the server stops.
    stopping: Option<Close>,
    /// How those have ended that were open when the server stopped.
    report: Drained,
}

/// How the connections ended that were open when their server stopped, or whose handshake was under way then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// With both Close frames.
    pub closed: usize,
    /// Without: the peer vanished, or did not answer in time.
    pub cut: usize,
    /// Aborted when [`shutdown_timeout`](crate::serve::Serve::shutdown_timeout) had passed, handshakes
    /// that were not answered yet among them.
    pub aborted: usize,
}

/// A handshake among the others, until it is answered or dropped.
pub(crate) struct Underway {
    connections: Arc<Connections>,
    number: u64,
    outer: Option<Box<Underway>>,
}

/// A connection among the others, until it is dropped.
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
    pub(crate) fn is_stopping(&self) -> bool {
        self.connections.is_stopping() || self.outer.as_ref().is_some_and(|outer| outer.is_stopping())
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

    /// Whether the server stops, and new handshakes are refused.
    fn is_stopping(&self) -> bool {
        self.open().stopping.is_some()
    }

    /// Adds a handshake that is to be answered.
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

    /// Adds a connection whose 101 is about to go out. If the server stops already it is closed at once, unless it is
    /// a refusal that closes by itself.
    fn join(self: &Arc<Self>, shared: &Arc<Shared>, is_refusal: bool) -> Member {
        let (number, stopping) = {
            let mut open = self.open();
            let number = open.next_number();
            open.sockets.insert(number, Arc::clone(shared));
            (number, open.stopping.clone())
        };
        if let Some(close) = stopping.filter(|_| !is_refusal) {
            let mut core = shared.lock();
            core.begin_draining();
            core.close_from_outside(&close);
        }
        Member {
            connections: Arc::clone(self),
            number,
            outer: None,
        }
    }

    /// Tells every endpoint that the server stops. From now on whoever joins is closed with `close`.
    ///
    /// Gives the connections that are to be closed at once, and those of endpoints that have waited to be told.
    pub(crate) fn begin_shutdown(&self, close: &Close) -> (Vec<Arc<Shared>>, Vec<Arc<Shared>>) {
        let all: Vec<_> = {
            let mut open = self.open();
            open.stopping = Some(close.clone());
            open.sockets.values().cloned().collect()
        };
        all.into_iter()
            .partition(|shared| !shared.lock().begin_draining())
    }

    /// Gives up on every connection that has not ended.
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
        // Whoever waits in `accept` goes on.
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

    /// How many connections have not ended, those among them whose handshake is not answered yet.
    pub(crate) fn count(&self) -> usize {
        let open = self.open();
        open.sockets.len() + open.handshakes.len()
    }

    /// How those have ended so far that were open when the server stopped; those that have not count as aborted.
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
        // One lock at a time: what is woken or dropped with the one may ask for the other.
        let shared = self.connections.open().sockets.get(&self.number).cloned();
        let (is_aborted, is_clean) = shared.as_ref().map_or((false, false), |shared| {
            let core = shared.lock();
            (core.is_aborted(), core.is_clean())
        });
        let removed = {
            let mut open = self.connections.open();
            if open.stopping.is_some() {
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
