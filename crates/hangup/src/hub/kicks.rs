//! `KickStore`: the kicks that a node remembers, in the order in which it stored them.

use std::{collections::HashMap, sync::PoisonError, time::Duration};

#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};

use hangup_protocol::Close;
#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::{
    engine::{Kick, KickId},
    tag::Tag,
};

/// The kicks of the last time and those that are in force.
#[derive(Default)]
pub(super) struct KickStore {
    stored: Mutex<StoredKicks>,
}

#[derive(Default)]
struct StoredKicks {
    /// How many were ever stored: what is asked for now comes behind that many.
    count: KickCount,
    by_tag: HashMap<Tag, Vec<StoredKick>>,
    known: HashMap<KickId, Instant>,
    /// When something was last forgotten.
    swept: Option<Instant>,
}

struct StoredKick {
    number: KickCount,
    close: Close,
    blocks_until: Instant,
    /// When it is forgotten.
    forgotten: Instant,
}

/// How many kicks a node had stored at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KickCount(u64);

/// What became of a kick that was to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storing {
    /// It is stored under this number.
    Stored(KickCount),
    /// It was stored before.
    Known,
    /// Too many are remembered.
    Full,
}

/// How often kicks that are over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

impl KickStore {
    fn stored(&self) -> MutexGuard<'_, StoredKicks> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The count now, for a tag that is asked for.
    pub(super) fn count(&self) -> KickCount {
        self.stored().count
    }

    /// Stores a kick that was made so long ago. It is remembered for `memory`, and as long as it blocks.
    pub(super) fn store(&self, kick: &Kick, age: Duration, memory: Duration, bound: usize) -> Storing {
        let now = Instant::now();
        let mut stored = self.stored();
        if stored.known.contains_key(&kick.id) {
            return Storing::Known;
        }
        let is_due = stored
            .swept
            .is_none_or(|swept| now.duration_since(swept) >= SWEEP);
        if is_due || stored.known.len() >= bound {
            stored.sweep(now);
        }
        if stored.known.len() >= bound {
            return Storing::Full;
        }
        stored.count.0 += 1;
        let number = stored.count;
        let later = |time: Duration| now.checked_add(time).unwrap_or(now + FAR);
        let blocks_until = later(kick.block.saturating_sub(age));
        let forgotten = blocks_until.max(later(memory));
        stored.known.insert(kick.id, forgotten);
        stored
            .by_tag
            .entry(kick.tag.clone())
            .or_default()
            .push(StoredKick {
                number,
                close: kick.close.clone(),
                blocks_until,
                forgotten,
            });
        Storing::Stored(number)
    }

    /// The Close of the last kick that holds for a connection whose tag was asked for at that count.
    pub(super) fn in_force(&self, tag: &Tag, asked: KickCount) -> Option<Close> {
        let now = Instant::now();
        let stored = self.stored();
        let kicks = stored.by_tag.get(tag)?;
        let holds = |kick: &&StoredKick| kick.number > asked || now < kick.blocks_until;
        kicks.iter().rev().find(holds).map(|kick| kick.close.clone())
    }
}

/// A time that is not reached.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl StoredKicks {
    fn sweep(&mut self, now: Instant) {
        self.swept = Some(now);
        self.known.retain(|_, forgotten| *forgotten > now);
        self.by_tag.retain(|_, kicks| {
            kicks.retain(|kick| kick.forgotten > now);
            !kicks.is_empty()
        });
    }
}
