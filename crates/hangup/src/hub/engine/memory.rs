//! `MemoryEngine`: several hubs of one process as the nodes of a service, for tests.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

use super::{
    Engine, EngineError, EngineEvent, EventSender, Kick, KickLog, KickReport, LoggedKick, Node, Position,
    Publication, random::random_number,
};
use crate::socket::Message;

/// How many kicks the log keeps, whatever their time.
const KEPT_KICKS: usize = 10_000;

/// An engine in memory: hubs of one process that are nodes of one service, as they would be on several machines. For tests.
///
/// A hub of one process needs no engine: see [`Hub::new`](crate::Hub::new).
///
/// ```
/// use hangup::{Hub, hub::MemoryEngine};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> hangup::Result {
/// let engine = MemoryEngine::new();
/// let here = Hub::connect(engine.another_node()).await?;
/// let there = Hub::connect(engine).await?;
/// let mut listener = there.topic("news").listen().await?;
/// here.topic("news").publish("hello").await?;
/// assert_eq!(listener.recv().await?.message, "hello".into());
/// # Ok(())
/// # }
/// ```
pub struct MemoryEngine {
    service: Arc<Mutex<MemoryService>>,
    node: Mutex<Option<Node>>,
}

#[derive(Default)]
struct MemoryService {
    epoch: u64,
    nodes: HashMap<Node, MemoryNode>,
    offsets: HashMap<Arc<str>, u64>,
    kicks: Vec<(Position, Kick, Instant)>,
    last_kick: Option<Position>,
}

struct MemoryNode {
    events: EventSender,
    topics: HashSet<Arc<str>>,
    is_reachable: bool,
}

impl MemoryEngine {
    /// The engine of the first node of a service.
    #[must_use]
    pub fn new() -> Self {
        Self {
            service: Arc::new(Mutex::new(MemoryService {
                epoch: random_number(),
                ..MemoryService::default()
            })),
            node: Mutex::default(),
        }
    }

    /// The engine of another node of the same service.
    #[must_use]
    pub fn another_node(&self) -> Self {
        Self {
            service: Arc::clone(&self.service),
            node: Mutex::default(),
        }
    }

    /// Takes the service down: all nodes are cut off until [`restore`](Self::restore). It keeps its log of kicks and
    /// forgets subscriptions.
    pub fn interrupt(&self) {
        for node in self.service().nodes.values_mut() {
            node.is_reachable = false;
            node.topics.clear();
            node.events
                .send(EngineEvent::Down("the service was interrupted".to_owned()));
        }
    }

    /// Brings the service back.
    pub fn restore(&self) {
        for node in self.service().nodes.values_mut() {
            node.is_reachable = true;
            node.events.send(EngineEvent::Up);
        }
    }

    /// Cuts one node off until it is [brought back](Self::bring_back), and forgets its subscriptions.
    pub fn cut_off(&self, node: Node) {
        if let Some(node) = self.service().nodes.get_mut(&node) {
            node.is_reachable = false;
            node.topics.clear();
            node.events
                .send(EngineEvent::Down("the node was cut off".to_owned()));
        }
    }

    /// Brings a node back that was cut off.
    pub fn bring_back(&self, node: Node) {
        if let Some(node) = self.service().nodes.get_mut(&node) {
            node.is_reachable = true;
            node.events.send(EngineEvent::Up);
        }
    }

    /// Publishes without being a node.
    pub fn inject(&self, topic: &str, message: &Message) {
        self.service().publish(topic, message);
    }

    /// To how many topics a node is subscribed.
    #[must_use]
    pub fn subscriptions(&self, node: Node) -> usize {
        self.service()
            .nodes
            .get(&node)
            .map_or(0, |node| node.topics.len())
    }

    /// Forgets the log of kicks and all positions, as a service without storage does when it restarts.
    pub fn forget(&self) {
        let mut service = self.service();
        service.epoch = random_number();
        service.offsets.clear();
        service.kicks.clear();
        service.last_kick = None;
    }

    fn service(&self) -> MutexGuard<'_, MemoryService> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a command of this node, unless it is cut off.
    fn command<T>(&self, run: impl FnOnce(&mut MemoryService, Node) -> T) -> Result<T, EngineError> {
        let node = *self.node.lock().unwrap_or_else(PoisonError::into_inner);
        let mut service = self.service();
        let reachable = node.filter(|node| service.nodes.get(node).is_some_and(|node| node.is_reachable));
        match reachable {
            Some(node) => Ok(run(&mut service, node)),
            None => Err(EngineError::new("the service cannot be reached")),
        }
    }
}

impl Default for MemoryEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine for MemoryEngine {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn start(&self, node: Node, events: EventSender) -> Result<(), EngineError> {
        *self.node.lock().unwrap_or_else(PoisonError::into_inner) = Some(node);
        events.send(EngineEvent::Up);
        let started = MemoryNode {
            events,
            topics: HashSet::new(),
            is_reachable: true,
        };
        self.service().nodes.insert(node, started);
        Ok(())
    }

    async fn publish(&self, topic: &str, message: &Message) -> Result<Position, EngineError> {
        self.command(|service, _| service.publish(topic, message))
    }

    async fn subscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        self.command(|service, node| {
            if let Some(node) = service.nodes.get_mut(&node) {
                node.topics.extend(topics.iter().cloned());
            }
        })
    }

    async fn unsubscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        self.command(|service, node| {
            if let Some(node) = service.nodes.get_mut(&node) {
                node.topics.retain(|topic| !topics.contains(topic));
            }
        })
    }

    async fn append_kick(&self, kick: &Kick) -> Result<Position, EngineError> {
        self.command(|service, _| service.append_kick(kick))
    }

    async fn kicks_after(&self, position: Option<Position>) -> Result<KickLog, EngineError> {
        self.command(|service, _| service.kicks_after(position))
    }

    async fn report_kick(&self, report: &KickReport) -> Result<(), EngineError> {
        self.command(|service, _| {
            if let Some(kicker) = service.nodes.get(&report.kick.node) {
                kicker.events.send(EngineEvent::Reported(*report));
            }
        })
    }

    async fn nodes(&self) -> Result<Vec<Node>, EngineError> {
        self.command(|service, _| service.nodes.keys().copied().collect())
    }

    async fn stop(&self) {
        let node = self.node.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stopped = node.and_then(|node| self.service().nodes.remove(&node));
        drop(stopped);
    }
}

impl MemoryService {
    fn publish(&mut self, topic: &str, message: &Message) -> Position {
        let topic: Arc<str> = topic.into();
        let offset = self.offsets.entry(Arc::clone(&topic)).or_default();
        *offset += 1;
        let position = Position::new(self.epoch, *offset);
        for node in self.nodes.values() {
            if node.is_reachable && node.topics.contains(&topic) {
                let publication = Publication::new(Arc::clone(&topic), position, message.clone());
                node.events.send(EngineEvent::Published(publication));
            }
        }
        position
    }

    fn append_kick(&mut self, kick: &Kick) -> Position {
        let now = Instant::now();
        let last = self.last_kick.map_or(0, |last| last.offset);
        let position = Position::new(self.epoch, last + 1);
        self.last_kick = Some(position);
        self.kicks
            .retain(|(_, kick, appended)| now.duration_since(*appended) <= kick.kept.max(kick.block));
        if self.kicks.len() == KEPT_KICKS {
            self.kicks.remove(0);
        }
        self.kicks.push((position, kick.clone(), now));
        for node in self.nodes.values().filter(|node| node.is_reachable) {
            let logged = LoggedKick::new(position, kick.clone(), std::time::Duration::ZERO);
            node.events.send(EngineEvent::Kicked(logged));
        }
        position
    }

    fn kicks_after(&self, position: Option<Position>) -> KickLog {
        let now = Instant::now();
        let is_known = position.is_none_or(|position| position.epoch == self.epoch);
        let after = position
            .filter(|_| is_known)
            .map_or(0, |position| position.offset);
        let kicks: Vec<_> = self
            .kicks
            .iter()
            .filter(|(position, ..)| position.offset > after)
            .map(|(position, kick, appended)| {
                LoggedKick::new(*position, kick.clone(), now.duration_since(*appended))
            })
            .collect();
        // The first that is kept is not the first behind the position: some between them are not kept.
        let last = self.last_kick.map_or(0, |last| last.offset);
        let first = kicks.first().map_or(last + 1, |first| first.position.offset);
        let is_incomplete = !is_known || position.is_some() && first > after + 1;
        KickLog::new(kicks, Some(Position::new(self.epoch, last)), is_incomplete)
    }
}

impl fmt::Debug for MemoryEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEngine")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::conformance::{self, EngineService},
        *,
    };

    struct InMemory(MemoryEngine);

    impl EngineService for InMemory {
        type Engine = MemoryEngine;

        async fn engine(&self) -> MemoryEngine {
            self.0.another_node()
        }

        async fn interrupt(&self) {
            self.0.interrupt();
        }

        async fn restore(&self) {
            self.0.restore();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_conforms() {
        conformance::check_all(async || InMemory(MemoryEngine::new())).await;
    }

    #[tokio::test]
    async fn a_log_that_was_lost_is_incomplete() {
        let engine = MemoryEngine::new();
        let (sender, _events) = super::super::event_queue(1024);
        engine.start(Node::random(), sender).await.unwrap();
        let close = hangup_protocol::CloseCode::GOING_AWAY.into();
        let tag = crate::hub::tag::Tag::new("user", 1);
        let kick = Kick::new(Node::random(), tag, close, std::time::Duration::ZERO);
        let position = engine.append_kick(&kick).await.unwrap();
        assert!(!engine.kicks_after(Some(position)).await.unwrap().is_incomplete);
        engine.forget();
        assert!(engine.kicks_after(Some(position)).await.unwrap().is_incomplete);
        assert!(!engine.kicks_after(None).await.unwrap().is_incomplete);
    }
}
