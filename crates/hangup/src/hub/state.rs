//! `HubState`: what all handles of a hub share.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use tokio::time::{Instant, timeout};

use super::{
    books::HubCounts,
    channel::Channels,
    engine::{EngineError, ErasedEngine, Kick, LoggedKick, Node},
    interest::Interest,
    kicks::{KickStore, Storing},
    lane::Lane,
    member::{HubMember, remove_all},
    options::HubOptions,
    readiness::Readiness,
    registry::{KickReach, TagRegistry},
    reports::Reports,
};
use crate::{logged, metrics::HubMetrics};

/// Into how many lanes connections are divided at the most.
const MOST_LANES: usize = 64;

/// A kick that is younger is as good as new.
const FRESH: Duration = Duration::from_secs(1);

pub(super) struct HubState {
    pub(super) node: Node,
    pub(super) options: HubOptions,
    pub(super) channels: Arc<Channels>,
    pub(super) lanes: Box<[Arc<Lane>]>,
    next_lane: AtomicUsize,
    pub(super) tags: TagRegistry<HubMember>,
    pub(super) kicks: KickStore,
    pub(super) metrics: HubMetrics,
    /// How many publishes wait for the engine.
    pub(super) under_way: AtomicUsize,
    /// What connects the nodes, where there are others.
    pub(super) remote: Option<Remote>,
}

/// What a hub with an engine has besides.
pub(super) struct Remote {
    pub(super) engine: Box<dyn ErasedEngine>,
    pub(super) readiness: Readiness,
    pub(super) interest: Interest,
    pub(super) reports: Reports,
}

/// What became of a kick on this node.
pub(super) enum Applied {
    /// These connections are to be closed.
    Reaches(Vec<HubMember>),
    Known,
    Full,
}

impl HubState {
    pub(super) fn new(options: HubOptions, engine: Option<Box<dyn ErasedEngine>>) -> Self {
        let lanes = available_parallelism().map_or(1, usize::from).min(MOST_LANES);
        Self {
            node: Node::random(),
            channels: Arc::default(),
            lanes: (0..lanes).map(|_| Arc::default()).collect(),
            next_lane: AtomicUsize::new(0),
            tags: TagRegistry::default(),
            kicks: KickStore::default(),
            metrics: HubMetrics::new(options.metric_prefixes),
            under_way: AtomicUsize::new(0),
            remote: engine.map(|engine| Remote {
                engine,
                readiness: Readiness::default(),
                interest: Interest::default(),
                reports: Reports::default(),
            }),
            options,
        }
    }

    /// The lane of one more connection.
    pub(super) fn next_lane(&self) -> u16 {
        let number = self.next_lane.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        u16::try_from(number).unwrap_or_default()
    }

    /// Whether a topic or a tag may have this name.
    pub(super) fn is_name(&self, name: &str) -> bool {
        !name.is_empty() && name.len() <= self.options.name_bytes
    }

    /// Stores a kick that was made so long ago, then looks through the connections. Those that come later find it stored.
    pub(super) fn apply(&self, kick: &Kick, age: Duration) -> Applied {
        let memory = self.options.kick_memory;
        let bound = self.options.kicks_in_force;
        let number = match self.kicks.store(kick, age, memory, bound) {
            Storing::Stored(number) => number,
            Storing::Known => return Applied::Known,
            Storing::Full => return Applied::Full,
        };
        let made_at = (age > FRESH)
            .then(|| Instant::now().checked_sub(age - FRESH))
            .flatten();
        let reach = KickReach {
            number,
            made_at,
            is_blocking: age < kick.block,
        };
        Applied::Reaches(self.tags.reached(&kick.tag, reach))
    }

    /// Carries a kick out on these connections: how many were closed, and how many cut.
    pub(super) async fn carry_out(&self, kick: &Kick, members: Vec<HubMember>) -> (u64, u64) {
        let (closed, cut) = remove_all(members, &kick.close, kick.within).await;
        self.metrics.removed(closed, cut);
        (closed, cut)
    }

    /// The same for a kick of another node, which gets a report.
    pub(super) async fn carry_out_remote(self: Arc<Self>, logged: LoggedKick, members: Vec<HubMember>) {
        let (closed, cut) = self.carry_out(&logged.kick, members).await;
        if let Some(remote) = &self.remote {
            let report = super::engine::KickReport::new(logged.kick.id, self.node, closed, cut);
            let reported = remote.engine.report_kick(&report);
            if let Err(error) = self.timed(reported).await {
                tracing::warn!(engine = remote.engine.name(), error = %logged::error(&error), "a kick was carried out and could not be reported");
            }
        }
    }

    /// A call of the engine, with the time that it may take.
    pub(super) async fn timed<T>(
        &self,
        call: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        match timeout(self.options.engine_timeout, call).await {
            Ok(result) => result,
            Err(_) => Err(EngineError::new("no answer within engine_timeout")),
        }
    }

    pub(super) fn counts(&self) -> HubCounts {
        let mut counts = HubCounts::default();
        for lane in &self.lanes {
            lane.books.add_to(&mut counts);
        }
        counts
    }
}

impl fmt::Debug for HubState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.remote.as_ref().map_or("none", |remote| remote.engine.name());
        f.debug_struct("Hub")
            .field("node", &self.node)
            .field("engine", &engine)
            .field("topics", &self.channels.len())
            .finish_non_exhaustive()
    }
}
