//! `TagRegistry`: which connections carry a tag.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    mem,
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
    shards: [Mutex<HashMap<Tag, Carriers<M>>>; SHARDS],
}

/// The connections that carry one tag. Most tags are of one connection.
enum Carriers<M> {
    One(M, Asked),
    /// Found by the connection: all with one tag may end at once.
    Many(HashMap<M, Asked>),
}

/// When a tag was asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// How many kicks were stored then.
    kicks: KickCount,
    at: Instant,
}

impl<M: Eq + Hash> Carriers<M> {
    fn insert(&mut self, member: M, asked: Asked) {
        if let Self::One(..) = self
            && let Self::One(first, first_asked) = mem::replace(self, Self::Many(HashMap::new()))
            && let Self::Many(all) = self
        {
            all.insert(first, first_asked);
        }
        if let Self::Many(all) = self {
            all.insert(member, asked);
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&M, Asked)> {
        let (one, many) = match self {
            Self::One(member, asked) => (Some((member, *asked)), None),
            Self::Many(all) => (None, Some(all.iter().map(|(member, asked)| (member, *asked)))),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
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

impl<M: Clone + Eq + Hash> TagRegistry<M> {
    fn shard(&self, tag: &Tag) -> MutexGuard<'_, HashMap<Tag, Carriers<M>>> {
        let number = self.hasher.hash_one(tag) as usize % SHARDS;
        let shard = self.shards.get(number).unwrap_or(&self.shards[0]);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn insert(&self, tag: &Tag, member: M, kicks: KickCount, at: Instant) {
        let asked = Asked { kicks, at };
        let mut shard = self.shard(tag);
        if let Some(carriers) = shard.get_mut(tag) {
            carriers.insert(member, asked);
        } else {
            shard.insert(tag.clone(), Carriers::One(member, asked));
        }
    }

    pub(super) fn remove(&self, tag: &Tag, member: &M) {
        let mut shard = self.shard(tag);
        let is_last = match shard.get_mut(tag) {
            None => false,
            Some(Carriers::One(only, _)) => only == member,
            Some(Carriers::Many(all)) => {
                let removed = all.remove_entry(member);
                let is_last = all.is_empty();
                if !is_last {
                    drop(shard);
                    drop(removed);
                    return;
                }
                true
            }
        };
        let removed = is_last.then(|| shard.remove(tag));
        drop(shard);
        drop(removed);
    }

    /// All that carry the tag.
    pub(super) fn with(&self, tag: &Tag) -> Vec<M> {
        let shard = self.shard(tag);
        let carriers = shard.get(tag).into_iter().flat_map(Carriers::iter);
        carriers.map(|(member, _)| member.clone()).collect()
    }

    /// All that carry the tag and are reached by a kick.
    pub(super) fn reached(&self, tag: &Tag, reach: KickReach) -> Vec<M> {
        let shard = self.shard(tag);
        let carriers = shard.get(tag).into_iter().flat_map(Carriers::iter);
        let is_reached = |asked: Asked| {
            let is_before =
                asked.kicks < reach.number && reach.made_at.is_none_or(|made_at| asked.at <= made_at);
            reach.is_blocking || is_before
        };
        carriers
            .filter(|(_, asked)| is_reached(*asked))
            .map(|(member, _)| member.clone())
            .collect()
    }

    /// All that carry any tag; those with several come several times.
    pub(super) fn all(&self) -> Vec<M> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(
                shard
                    .values()
                    .flat_map(Carriers::iter)
                    .map(|(member, _)| member.clone()),
            );
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_carries_a_tag_is_removed_by_itself_alone() {
        shuttle::check_random(
            || {
                let registry = TagRegistry::<u32>::default();
                let tag = Tag::new("user", 42);
                let now = Instant::now();
                for count in [1, 2, 500] {
                    for member in 0..count {
                        registry.insert(&tag, member, KickCount::default(), now);
                    }
                    for removed in 0..count {
                        assert_eq!(registry.with(&tag).len(), (count - removed) as usize);
                        registry.remove(&tag, &removed);
                        registry.remove(&tag, &removed);
                        assert!(!registry.with(&tag).contains(&removed));
                    }
                    assert!(registry.shard(&tag).is_empty(), "nothing is left of the tag");
                }
            },
            1,
        );
    }
}
