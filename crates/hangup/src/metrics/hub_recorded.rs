//! The metrics of a hub, as the feature `metrics` records them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use metrics::{Counter, Gauge, SharedString, counter, gauge};

use super::{KickOutcome, names};

/// What stands for the prefixes beyond the bound.
const OTHER: &str = "other";

/// The metrics of a hub, whose topics are told apart by a bounded set of prefixes.
pub(crate) struct HubMetrics {
    bound: usize,
    prefixes: Mutex<HashMap<Box<str>, TopicMetrics>>,
}

/// The metrics of the topics with one prefix.
#[derive(Clone)]
pub(crate) struct TopicMetrics(Arc<TopicHandles>);

struct TopicHandles {
    subscribers: Gauge,
    publications: Counter,
    offered: Counter,
    deliveries: Counter,
    ended: Counter,
    dropped: Counter,
}

impl HubMetrics {
    pub(crate) fn new(bound: usize) -> Self {
        Self {
            bound,
            prefixes: Mutex::default(),
        }
    }

    /// The metrics of a topic: those of what stands before the first `:` of its name.
    pub(crate) fn of_topic(&self, name: &str) -> TopicMetrics {
        let prefix = name.split_once(':').map_or(name, |(prefix, _)| prefix);
        let mut prefixes = self.prefixes.lock().unwrap_or_else(PoisonError::into_inner);
        let has_capacity = prefixes.len() < self.bound;
        let prefix = if has_capacity || prefixes.contains_key(prefix) {
            prefix
        } else {
            OTHER
        };
        if let Some(found) = prefixes.get(prefix) {
            return found.clone();
        }
        let made = TopicMetrics::find(prefix);
        prefixes.insert(prefix.into(), made.clone());
        made
    }

    /// A kick of this node is over.
    pub(crate) fn kicked(&self, outcome: KickOutcome) {
        let outcome = match outcome {
            KickOutcome::Complete => "complete",
            KickOutcome::Silent => "silent",
            KickOutcome::Failed => "failed",
        };
        counter!(names::HUB_KICKS, "outcome" => outcome).increment(1);
    }

    /// So many connections of this node were closed and cut by a kick.
    pub(crate) fn removed(&self, closed: u64, cut: u64) {
        counter!(names::HUB_KICKED, "outcome" => "closed").increment(closed);
        counter!(names::HUB_KICKED, "outcome" => "cut").increment(cut);
    }
}

impl TopicMetrics {
    fn find(prefix: &str) -> Self {
        names::describe();
        let prefix = SharedString::from_shared(prefix.into());
        let counter = |name| counter!(name, "prefix" => prefix.clone());
        Self(Arc::new(TopicHandles {
            subscribers: gauge!(names::HUB_SUBSCRIBERS, "prefix" => prefix.clone()),
            publications: counter(names::HUB_PUBLICATIONS),
            offered: counter(names::HUB_OFFERED),
            deliveries: counter(names::HUB_DELIVERIES),
            ended: counter(names::HUB_ENDED),
            dropped: counter(names::HUB_DROPPED),
        }))
    }

    pub(crate) fn subscribed(&self) {
        self.0.subscribers.increment(1.0);
    }

    pub(crate) fn unsubscribed(&self) {
        self.0.subscribers.decrement(1.0);
    }

    pub(crate) fn published(&self) {
        self.0.publications.increment(1);
    }

    pub(crate) fn offered(&self, messages: u64) {
        self.0.offered.increment(messages);
    }

    pub(crate) fn ended(&self, messages: u64) {
        self.0.ended.increment(messages);
    }

    pub(crate) fn delivered(&self, messages: u64) {
        self.0.deliveries.increment(messages);
    }

    pub(crate) fn dropped(&self, messages: u64) {
        if messages > 0 {
            self.0.dropped.increment(messages);
        }
    }
}

impl fmt::Debug for HubMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubMetrics").finish_non_exhaustive()
    }
}
