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
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back((position, kick));
    }

    pub(crate) fn at(&self, position: Position) -> Option<KickId> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.iter().rev().find(|(at, _)| *at == position);
        found.map(|(_, kick)| *kick)
    }
}
