//! `ListenerQueue`: what waits for one listener.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::{engine::Publication, error::ListenError};

/// What waits for one listener; beyond its bound the oldest are missed.
pub(super) struct ListenerQueue {
    waiting: Mutex<WaitingPublications>,
    added: Notify,
    bound: usize,
}

#[derive(Default)]
struct WaitingPublications {
    publications: VecDeque<Publication>,
    missed: u64,
}

impl ListenerQueue {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            added: Notify::new(),
            bound: bound.max(1),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, WaitingPublications> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, publication: &Publication) {
        {
            let mut waiting = self.waiting();
            if waiting.publications.len() >= self.bound {
                waiting.publications.pop_front();
                waiting.missed += 1;
            }
            waiting.publications.push_back(publication.clone());
        }
        self.added.notify_one();
    }

    /// Publications are missing here.
    pub(super) fn lose(&self, missed: u64) {
        self.waiting().missed += missed;
        self.added.notify_one();
    }

    /// Waits for the next publication. Cancel safe.
    pub(super) async fn next(&self) -> Result<Publication, ListenError> {
        loop {
            {
                let mut waiting = self.waiting();
                if waiting.missed > 0 {
                    return Err(ListenError::Lagged(std::mem::take(&mut waiting.missed)));
                }
                if let Some(publication) = waiting.publications.pop_front() {
                    return Ok(publication);
                }
            }
            self.added.notified().await;
        }
    }
}
