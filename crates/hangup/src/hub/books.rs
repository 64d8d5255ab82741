//! `Books`: what a lane has counted, and `Tally`, with the metrics of a topic beside it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::metrics::TopicMetrics;

/// What became of the messages that one lane was to deliver.
#[derive(Debug, Default)]
pub(super) struct Books {
    offered: AtomicU64,
    delivered: AtomicU64,
    dropped: AtomicU64,
    ended: AtomicU64,
}

/// What became of the messages of topics on this node: see [`Hub::counts`](crate::Hub::counts).
///
/// When nothing is under way, `offered` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubCounts {
    /// Each message times the subscribers that it was published for.
    pub offered: u64,
    /// Taken into the output of a connection.
    pub delivered: u64,
    /// Missed by a slow subscriber.
    pub dropped: u64,
    /// For a connection that was over, or that unsubscribed while its latest message waited.
    pub ended: u64,
}

impl Books {
    pub(super) fn add_to(&self, counts: &mut HubCounts) {
        // What is delivered is read before what is offered, so that the sum is never above it.
        counts.ended += self.ended.load(Ordering::Acquire);
        counts.dropped += self.dropped.load(Ordering::Acquire);
        counts.delivered += self.delivered.load(Ordering::Acquire);
        counts.offered += self.offered.load(Ordering::Acquire);
    }
}

/// Counts for one topic in one lane.
#[derive(Clone)]
pub(super) struct Tally {
    pub(super) metrics: TopicMetrics,
    books: Arc<Books>,
}

impl Tally {
    pub(super) const fn new(metrics: TopicMetrics, books: Arc<Books>) -> Self {
        Self { metrics, books }
    }

    /// A message is to be delivered to so many subscribers, or so many messages to one.
    pub(super) fn offered(&self, messages: u64) {
        self.books.offered.fetch_add(messages, Ordering::AcqRel);
        self.metrics.offered(messages);
    }

    pub(super) fn delivered(&self, messages: u64) {
        self.books.delivered.fetch_add(messages, Ordering::AcqRel);
        self.metrics.delivered(messages);
    }

    pub(super) fn dropped(&self, messages: u64) {
        self.books.dropped.fetch_add(messages, Ordering::AcqRel);
        self.metrics.dropped(messages);
    }

    pub(super) fn ended(&self, messages: u64) {
        self.books.ended.fetch_add(messages, Ordering::AcqRel);
        self.metrics.ended(messages);
    }
}
