//! `Channel`: what a node knows of one topic, and the map of all of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use smallvec::SmallVec;

use super::{
    books::{Books, Tally},
    engine::Publication,
    lane::Lane,
    listener::ListenerQueue,
    slots::Slots,
};
use crate::metrics::{HubMetrics, TopicMetrics};

/// The topics of a node. A topic is kept for as long as somebody has a handle or subscribes.
#[derive(Default)]
pub(super) struct Channels {
    by_name: Mutex<HashMap<Arc<str>, Weak<Channel>>>,
}

/// One topic on this node.
pub(super) struct Channel {
    pub(super) name: Arc<str>,
    channels: Weak<Channels>,
    pub(super) metrics: TopicMetrics,
    receivers: Mutex<Receivers>,
}

#[derive(Default)]
struct Receivers {
    /// The subscribers, by the number of their lane.
    lanes: SmallVec<[(u16, Arc<Slots>); 1]>,
    listeners: Vec<Arc<ListenerQueue>>,
}

impl Channels {
    fn by_name(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<Channel>>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic of that name, if this node has it.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Channel>> {
        self.by_name().get(name)?.upgrade()
    }

    /// The topic of that name.
    pub(super) fn get(self: &Arc<Self>, name: &str, metrics: &HubMetrics) -> Arc<Channel> {
        if let Some(found) = self.find(name) {
            return found;
        }
        let metrics = metrics.of_topic(name);
        let mut by_name = self.by_name();
        if let Some(found) = by_name.get(name).and_then(Weak::upgrade) {
            return found;
        }
        let name: Arc<str> = name.into();
        let channel = Arc::new(Channel {
            name: Arc::clone(&name),
            channels: Arc::downgrade(self),
            metrics,
            receivers: Mutex::default(),
        });
        by_name.insert(name, Arc::downgrade(&channel));
        channel
    }

    /// All topics that this node has.
    pub(super) fn all(&self) -> Vec<Arc<Channel>> {
        self.by_name().values().filter_map(Weak::upgrade).collect()
    }

    /// How many topics this node has.
    pub(super) fn len(&self) -> usize {
        self.by_name().len()
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let Some(channels) = self.channels.upgrade() {
            let mut by_name = channels.by_name();
            // Another may have its name by now.
            let is_own = by_name
                .get(&self.name)
                .is_some_and(|channel| std::ptr::eq(channel.as_ptr(), self));
            if is_own {
                by_name.remove(&self.name);
                if by_name.len() * 4 < by_name.capacity() {
                    by_name.shrink_to_fit();
                }
            }
        }
    }
}

impl Channel {
    fn receivers(&self) -> MutexGuard<'_, Receivers> {
        self.receivers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The subscribers in a lane.
    pub(super) fn slots(&self, lane: u16, books: &Arc<Books>) -> Arc<Slots> {
        let mut receivers = self.receivers();
        if let Some((_, slots)) = receivers.lanes.iter().find(|(number, _)| *number == lane) {
            return Arc::clone(slots);
        }
        let slots = Arc::new(Slots::new(Tally::new(self.metrics.clone(), Arc::clone(books))));
        receivers.lanes.push((lane, Arc::clone(&slots)));
        slots
    }

    /// How many connections of this node are subscribed.
    pub(super) fn subscribers(&self) -> usize {
        self.receivers().lanes.iter().map(|(_, slots)| slots.len()).sum()
    }

    pub(super) fn add_listener(&self, listener: Arc<ListenerQueue>) {
        self.receivers().listeners.push(listener);
    }

    pub(super) fn remove_listener(&self, listener: &Arc<ListenerQueue>) {
        let mut receivers = self.receivers();
        receivers.listeners.retain(|other| !Arc::ptr_eq(other, listener));
        if receivers.listeners.is_empty() {
            receivers.listeners = Vec::new();
        }
    }

    /// A lane for which more waits than so many bytes.
    pub(super) fn lane_behind(&self, bound: usize) -> Option<u16> {
        let receivers = self.receivers();
        let behind = receivers.lanes.iter().find(|(_, slots)| slots.is_behind(bound));
        behind.map(|(lane, _)| *lane)
    }

    /// Hands a publication to everybody here. Publications come to all in the order of these calls.
    pub(super) fn dispatch(&self, publication: &Publication, lanes: &[Arc<Lane>]) {
        // Under the lock, as it makes the order; nothing in it waits.
        let receivers = self.receivers();
        for (number, slots) in &receivers.lanes {
            if slots.push(&publication.message)
                && let Some(lane) = lanes.get(usize::from(*number))
            {
                lane.push(Arc::clone(slots));
            }
        }
        for listener in &receivers.listeners {
            listener.push(publication);
        }
    }

    /// Publications were lost before they came here.
    pub(super) fn lose(&self) {
        for listener in &self.receivers().listeners {
            listener.lose(1);
        }
    }
}
