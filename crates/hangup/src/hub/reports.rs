//! `Reports`: how the kicks of this node go on the others.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::engine::{KickId, KickReport, Node};

/// The reports for kicks that somebody waits for.
#[derive(Default)]
pub(super) struct Reports {
    awaited: Mutex<HashMap<KickId, HashMap<Node, KickReport>>>,
    added: Notify,
}

/// Collects the reports for one kick until it is dropped.
pub(super) struct Collecting<'a> {
    reports: &'a Reports,
    kick: KickId,
}

impl Reports {
    fn awaited(&self) -> MutexGuard<'_, HashMap<KickId, HashMap<Node, KickReport>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn collect(&self, kick: KickId) -> Collecting<'_> {
        self.awaited().insert(kick, HashMap::new());
        Collecting { reports: self, kick }
    }

    pub(super) fn add(&self, report: KickReport) {
        if let Some(reports) = self.awaited().get_mut(&report.kick) {
            reports.insert(report.node, report);
        }
        self.added.notify_waiters();
    }
}

impl Collecting<'_> {
    /// Waits until those nodes have reported, or until then: the reports, and who is silent.
    pub(super) async fn of(&self, nodes: &HashSet<Node>, until: Instant) -> (Vec<KickReport>, Vec<Node>) {
        let silent = || -> Vec<Node> {
            let awaited = self.reports.awaited();
            let seen = awaited.get(&self.kick);
            let is_silent = |node: &&Node| seen.is_none_or(|seen| !seen.contains_key(node));
            nodes.iter().filter(is_silent).copied().collect()
        };
        let all = async {
            loop {
                let mut added = std::pin::pin!(self.reports.added.notified());
                added.as_mut().enable();
                if silent().is_empty() {
                    return;
                }
                added.await;
            }
        };
        // Who is silent then is told.
        let _ = timeout_at(until, all).await;
        let mut silent = silent();
        silent.sort_unstable();
        let awaited = self.reports.awaited();
        let seen = awaited.get(&self.kick);
        (
            seen.into_iter().flat_map(|seen| seen.values().copied()).collect(),
            silent,
        )
    }
}

impl Drop for Collecting<'_> {
    fn drop(&mut self) {
        self.reports.awaited().remove(&self.kick);
    }
}
