//! `TagRegistry`: which connections carry a tag.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::PoisonError,
};

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};

#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::{kicks::KickCount, tag::Tag};

/// Into how many parts the tags are divided, each with a lock of its own.
const SHARDS: usize = 16;

/// The connections by their tags.
pub(super) struct TagRegistry<M> {
    hasher: RandomState,
    shards: [Mutex<HashMap<Tag, Vec<Tagging<M>>>>; SHARDS],
}

/// A connection that carries a tag.
#[derive(Clone)]
struct Tagging<M> {
    member: M,
    /// How many kicks were stored when the tag was asked for.
    asked: KickCount,
    asked_at: Instant,
}

/// For which connections with its tag a kick holds.
#[derive(Clone, Copy)]
pub(super) struct KickReach {
    /// The place of the kick: who has asked before it is reached.
    pub(super) number: KickCount,
    /// Where the kick is old: who has asked at this time or before is reached.
    pub(super) made_at: Option<Instant>,
    /// Whether all are reached.
    pub(super) is_blocking: bool,
}

impl<M> Default for TagRegistry<M> {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl<M: Clone + PartialEq> TagRegistry<M> {
    fn shard(&self, tag: &Tag) -> MutexGuard<'_, HashMap<Tag, Vec<Tagging<M>>>> {
        let number = self.hasher.hash_one(tag) as usize % SHARDS;
        let shard = self.shards.get(number).unwrap_or(&self.shards[0]);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn insert(&self, tag: &Tag, member: M, asked: KickCount, asked_at: Instant) {
        let tagging = Tagging {
            member,
            asked,
            asked_at,
        };
        let mut shard = self.shard(tag);
        if let Some(all) = shard.get_mut(tag) {
            all.push(tagging);
        } else {
            // Most tags are of one connection.
            shard.insert(tag.clone(), vec![tagging]);
        }
    }

    pub(super) fn remove(&self, tag: &Tag, member: &M) {
        let mut shard = self.shard(tag);
        let Some(all) = shard.get_mut(tag) else {
            return;
        };
        let place = all.iter().position(|tagging| tagging.member == *member);
        let removed = place.map(|place| all.swap_remove(place));
        if all.is_empty() {
            shard.remove(tag);
        }
        drop(shard);
        drop(removed);
    }

    /// All that carry the tag.
    pub(super) fn with(&self, tag: &Tag) -> Vec<M> {
        let shard = self.shard(tag);
        let all = shard.get(tag).map_or(&[][..], Vec::as_slice);
        all.iter().map(|tagging| tagging.member.clone()).collect()
    }

    /// All that carry the tag and are reached by a kick.
    pub(super) fn reached(&self, tag: &Tag, reach: KickReach) -> Vec<M> {
        let shard = self.shard(tag);
        let all = shard.get(tag).map_or(&[][..], Vec::as_slice);
        let is_reached = |tagging: &&Tagging<M>| {
            let is_before = tagging.asked < reach.number
                && reach.made_at.is_none_or(|made_at| tagging.asked_at <= made_at);
            reach.is_blocking || is_before
        };
        all.iter()
            .filter(is_reached)
            .map(|tagging| tagging.member.clone())
            .collect()
    }

    /// All that carry any tag; those with several come several times.
    pub(super) fn all(&self) -> Vec<M> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(shard.values().flatten().map(|tagging| tagging.member.clone()));
        }
        all
    }
}
