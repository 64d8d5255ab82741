//! The same without the feature `metrics`: no state, and calls that do nothing.

use std::time::Duration;

use hangup_protocol::Side;

use super::Refused;

#[derive(Clone, Default)]
pub(crate) struct RouteMetrics {}

impl RouteMetrics {
    pub(crate) fn become_of(&mut self, _template: Option<&str>) {}

    pub(crate) fn accepted(&self, _took: Duration) {}

    pub(crate) fn refused(&self, _refused: Refused) {}

    pub(crate) fn closed(&self, _code: Option<u16>, _initiator: Option<Side>) {}

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {}
    }
}

#[derive(Default)]
pub(crate) struct Traffic {}

impl Traffic {
    pub(crate) fn received(&mut self, _bytes: usize) {}

    pub(crate) fn sent(&mut self, _bytes: usize) {}

    pub(crate) fn sent_many(&mut self, _messages: usize, _bytes: usize) {}

    pub(crate) fn dropped(&mut self, _messages: u64) {}

    pub(crate) fn settle(&mut self, _unsent: usize) {}

    pub(crate) fn grows_unsent(&mut self, _unsent: usize) {}

    pub(crate) fn closing_begins(&mut self) {}

    pub(crate) fn closing_ends(&mut self) {}
}
