//! `SeenKicks`: which kick stood at which place of the log, to notice a log that was rolled back.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use hangup::hub::{KickId, Position};

/// How many of the last kicks are remembered.
const REMEMBERED: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct SeenKicks(Mutex<VecDeque<(Position, KickId)>>);

impl SeenKicks {
    pub(crate) fn add(&self, position: Position, kick: KickId) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // After a rollback another kick may come at the same place: the first that was seen there is what the log has lost.
        if seen.iter().any(|(at, _)| *at == position) {
            return;
        }
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back((position, kick));
    }

    pub(crate) fn at(&self, position: Position) -> Option<KickId> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.iter().find(|(at, _)| *at == position);
        found.map(|(_, kick)| *kick)
    }
}
