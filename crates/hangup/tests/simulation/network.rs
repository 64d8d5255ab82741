//! `Network`: a service and the lines of its nodes, which delay, lose, duplicate and break; `SimulatedEngine` is one end.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hangup::{
    Message,
    hub::{
        Engine, EngineError, EngineEvent, EventSender, Kick, KickLog, KickReport, LoggedKick, Node, Position,
        Publication,
    },
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    chance::Chance,
    record::{Record, RecordedKick},
};

/// A clone is the same network.
#[derive(Clone)]
pub(crate) struct Network(Arc<Mutex<NetworkState>>);

struct NetworkState {
    chance: Chance,
    epoch: u64,
    offsets: HashMap<Arc<str>, u64>,
    log: Vec<(Position, Kick, Instant)>,
    last: u64,
    ends: HashMap<Node, NodeEnd>,
    record: Record,
}

/// The service's end of a node's line.
struct NodeEnd {
    line: Line,
    /// How often the line was made: what was sent on an earlier one does not arrive.
    life: u64,
    /// When the line last changed.
    changed: Instant,
    events: EventSender,
    topics: HashSet<Arc<str>>,
    sent: mpsc::UnboundedSender<Sent>,
    last_arrival: Instant,
}

struct Sent {
    arrival: Instant,
    life: u64,
    event: EngineEvent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Whole,
    /// It is broken, and neither end knows.
    HalfOpen,
    Down,
}

/// The engine of one node.
pub(crate) struct SimulatedEngine {
    network: Network,
    node: Mutex<Option<Node>>,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(NetworkState {
            chance: Chance::of(seed, 1 << 32),
            epoch: 1,
            offsets: HashMap::new(),
            log: Vec::new(),
            last: 0,
            ends: HashMap::new(),
            record: Record::default(),
        })))
    }

    pub(crate) fn engine(&self) -> SimulatedEngine {
        SimulatedEngine {
            network: self.clone(),
            node: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, NetworkState> {
        // A check that fails is not to be buried under others.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn with_record<T>(&self, look: impl FnOnce(&Record) -> T) -> T {
        look(&self.state().record)
    }

    /// Since when a node's line is whole, if it is.
    pub(crate) fn whole_since(&self, node: Node) -> Option<Instant> {
        let state = self.state();
        let end = state.ends.get(&node)?;
        (end.line == Line::Whole).then_some(end.changed)
    }

    /// Breaks a node's line without a word.
    pub(crate) fn half_open(&self, node: Node) {
        self.state().set(node, Line::HalfOpen);
    }

    /// The node notices that its line is broken.
    pub(crate) fn cut(&self, node: Node) {
        let mut state = self.state();
        if state.ends.get(&node).is_some_and(|end| end.line != Line::Down) {
            state.set(node, Line::Down);
            state.ends[&node]
                .events
                .send(EngineEvent::Down("the line is cut".to_owned()));
        }
    }

    /// The node has a new line.
    pub(crate) fn reconnect(&self, node: Node) {
        let mut state = self.state();
        if state.ends.get(&node).is_some_and(|end| end.line == Line::Down) {
            state.set(node, Line::Whole);
            let events = &state.ends[&node].events;
            events.send(EngineEvent::Up);
            events.send(EngineEvent::Lost(None));
        }
    }

    /// The service is a new one that knows nothing.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.epoch += 1;
        state.last = 0;
        state.log.clear();
        state.offsets.clear();
        state.record.forgotten = Some(Instant::now());
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.state().ends.keys().copied().collect();
        nodes.sort_unstable();
        nodes
    }
}

impl NetworkState {
    fn set(&mut self, node: Node, line: Line) {
        if let Some(end) = self.ends.get_mut(&node) {
            end.line = line;
            end.life += 1;
            end.changed = Instant::now();
            end.topics.clear();
        }
    }

    /// Sends to a node: in order, with a delay, and lost if the line breaks meanwhile.
    fn send(&mut self, node: Node, event: EngineEvent) {
        let delay = self.chance.milliseconds(0, 20);
        let may_come_twice = matches!(event, EngineEvent::Kicked(_) | EngineEvent::Reported(_));
        let copies = if may_come_twice && self.chance.percent(10) {
            2
        } else {
            1
        };
        if let Some(end) = self.ends.get_mut(&node).filter(|end| end.line == Line::Whole) {
            end.last_arrival = end.last_arrival.max(Instant::now() + delay);
            for _ in 0..copies {
                let _ = end.sent.send(Sent {
                    arrival: end.last_arrival,
                    life: end.life,
                    event: event.clone(),
                });
            }
        }
    }

    fn publish(&mut self, topic: &str, message: &Message) -> Position {
        let topic: Arc<str> = topic.into();
        let offset = self.offsets.entry(Arc::clone(&topic)).or_default();
        *offset += 1;
        let position = Position::new(self.epoch, *offset);
        if let Message::Text(text) = message {
            self.record.published(&topic, text);
        }
        let is_subscribed = |(_, end): &(&Node, &NodeEnd)| end.topics.contains(&topic);
        let nodes: Vec<Node> = self
            .ends
            .iter()
            .filter(is_subscribed)
            .map(|(node, _)| *node)
            .collect();
        for node in nodes {
            let publication = Publication::new(Arc::clone(&topic), position, message.clone());
            self.send(node, EngineEvent::Published(publication));
        }
        position
    }

    fn append(&mut self, kick: &Kick) -> Position {
        self.last += 1;
        let position = Position::new(self.epoch, self.last);
        let now = Instant::now();
        self.log.push((position, kick.clone(), now));
        self.record.kicks.push(RecordedKick {
            id: kick.id,
            tag: kick.tag.clone(),
            appended: now,
            block: kick.block,
        });
        let nodes: Vec<Node> = self.ends.keys().copied().collect();
        for node in nodes {
            let logged = LoggedKick::new(position, kick.clone(), Duration::ZERO);
            self.send(node, EngineEvent::Kicked(logged));
        }
        position
    }

    fn read(&self, position: Option<Position>) -> KickLog {
        let is_known = position.is_none_or(|position| position.epoch == self.epoch);
        let after = position
            .filter(|_| is_known)
            .map_or(0, |position| position.offset);
        let kicks = self
            .log
            .iter()
            .filter(|(position, ..)| position.offset > after)
            .map(|(position, kick, appended)| LoggedKick::new(*position, kick.clone(), appended.elapsed()));
        let last = Position::new(self.epoch, self.last);
        KickLog::new(kicks.collect(), Some(last), !is_known)
    }
}

/// Brings what was sent on a node's line.
async fn deliver(network: Network, node: Node, mut sent: mpsc::UnboundedReceiver<Sent>) {
    while let Some(sent) = sent.recv().await {
        sleep_until(sent.arrival).await;
        let state = network.state();
        let end = &state.ends[&node];
        if end.line == Line::Whole && end.life == sent.life {
            end.events.send(sent.event);
        }
    }
}

impl SimulatedEngine {
    /// A request and its answer, each with a delay; both are lost where the line breaks silently meanwhile.
    async fn call<T>(&self, run: impl FnOnce(&mut NetworkState, Node) -> T) -> Result<T, EngineError> {
        let node = self.node.lock().unwrap().ok_or_else(out_of_reach)?;
        let delay = || self.network.state().chance.milliseconds(0, 20);
        let life = self.passes(node, None).await?;
        sleep(delay()).await;
        self.passes(node, Some(life)).await?;
        let answer = run(&mut self.network.state(), node);
        sleep(delay()).await;
        self.passes(node, Some(life)).await?;
        Ok(answer)
    }

    /// Fails on a line that is down, and never returns on one that is half open.
    async fn passes(&self, node: Node, life: Option<u64>) -> Result<u64, EngineError> {
        let (line, now) = {
            let state = self.network.state();
            let end = state.ends.get(&node).ok_or_else(out_of_reach)?;
            (end.line, end.life)
        };
        match line {
            Line::Whole if life.is_none_or(|life| life == now) => Ok(now),
            Line::HalfOpen => std::future::pending().await,
            _ => Err(out_of_reach()),
        }
    }
}

fn out_of_reach() -> EngineError {
    EngineError::new("the service is out of reach")
}

impl Engine for SimulatedEngine {
    fn name(&self) -> &'static str {
        "simulated"
    }

    async fn start(&self, node: Node, events: EventSender) -> Result<(), EngineError> {
        *self.node.lock().unwrap() = Some(node);
        let (sender, sent) = mpsc::unbounded_channel();
        events.send(EngineEvent::Up);
        let end = NodeEnd {
            line: Line::Whole,
            life: 0,
            changed: Instant::now(),
            events,
            topics: HashSet::new(),
            sent: sender,
            last_arrival: Instant::now(),
        };
        self.network.state().ends.insert(node, end);
        tokio::spawn(deliver(self.network.clone(), node, sent));
        Ok(())
    }

    async fn publish(&self, topic: &str, message: &Message) -> Result<Position, EngineError> {
        self.call(|service, _| service.publish(topic, message)).await
    }

    async fn subscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        self.call(|service, node| {
            if let Some(end) = service.ends.get_mut(&node) {
                end.topics.extend(topics.iter().cloned());
            }
        })
        .await
    }

    async fn unsubscribe(&self, topics: &[Arc<str>]) -> Result<(), EngineError> {
        self.call(|service, node| {
            if let Some(end) = service.ends.get_mut(&node) {
                end.topics.retain(|topic| !topics.contains(topic));
            }
        })
        .await
    }

    async fn append_kick(&self, kick: &Kick) -> Result<Position, EngineError> {
        self.call(|service, _| service.append(kick)).await
    }

    async fn kicks_after(&self, position: Option<Position>) -> Result<KickLog, EngineError> {
        self.call(|service, _| service.read(position)).await
    }

    async fn report_kick(&self, report: &KickReport) -> Result<(), EngineError> {
        self.call(|service, _| {
            // Reports may be lost.
            if !service.chance.percent(5) {
                service.send(report.kick.node, EngineEvent::Reported(*report));
            }
        })
        .await
    }

    async fn nodes(&self) -> Result<Vec<Node>, EngineError> {
        self.call(|service, _| service.ends.keys().copied().collect())
            .await
    }

    async fn stop(&self) {
        *self.node.lock().unwrap() = None;
    }
}
