//! `Record`: what the service has done and when, for the checkers.

use std::{collections::HashMap, sync::Arc, time::Duration};

use hangup::hub::{KickId, Tag};
use tokio::time::Instant;

#[derive(Default)]
pub(crate) struct Record {
    /// The texts of each topic in the order of the service, and the place of each text.
    pub(crate) topics: HashMap<Arc<str>, Vec<String>>,
    places: HashMap<String, usize>,
    pub(crate) kicks: Vec<RecordedKick>,
    /// When the service last lost its data.
    pub(crate) forgotten: Option<Instant>,
}

pub(crate) struct RecordedKick {
    pub(crate) id: KickId,
    pub(crate) tag: Tag,
    pub(crate) appended: Instant,
    pub(crate) block: Duration,
}

impl Record {
    pub(crate) fn published(&mut self, topic: &Arc<str>, text: &str) {
        let texts = self.topics.entry(Arc::clone(topic)).or_default();
        self.places.insert(text.to_owned(), texts.len());
        texts.push(text.to_owned());
    }

    /// The place of a text in its topic.
    pub(crate) fn place(&self, text: &str) -> usize {
        match self.places.get(text) {
            Some(place) => *place,
            None => panic!("{text:?} was never published"),
        }
    }

    /// The kicks that the log has not lost since.
    pub(crate) fn kept_kicks(&self) -> impl Iterator<Item = &RecordedKick> {
        let forgotten = self.forgotten;
        self.kicks
            .iter()
            .filter(move |kick| forgotten.is_none_or(|forgotten| kick.appended > forgotten))
    }
}
