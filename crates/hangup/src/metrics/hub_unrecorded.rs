//! The metrics of a hub without the feature `metrics`: no state, and calls that do nothing.

use super::KickOutcome;

#[derive(Debug)]
pub(crate) struct HubMetrics {}

impl HubMetrics {
    pub(crate) fn new(_bound: usize) -> Self {
        Self {}
    }

    pub(crate) fn of_topic(&self, _name: &str) -> TopicMetrics {
        TopicMetrics {}
    }

    pub(crate) fn kicked(&self, _outcome: KickOutcome) {}

    pub(crate) fn removed(&self, _closed: u64, _cut: u64) {}
}

#[derive(Clone)]
pub(crate) struct TopicMetrics {}

impl TopicMetrics {
    pub(crate) fn subscribed(&self) {}

    pub(crate) fn unsubscribed(&self) {}

    pub(crate) fn published(&self) {}

    pub(crate) fn offered(&self, _messages: u64) {}

    pub(crate) fn ended(&self, _messages: u64) {}

    pub(crate) fn delivered(&self, _messages: u64) {}

    pub(crate) fn dropped(&self, _messages: u64) {}
}
