//! `Slots`: the subscribers of one topic in one lane, and what waits for them.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use smallvec::SmallVec;
use tokio::task::AbortHandle;

use super::{books::Tally, member::HubMember, options::SlowSubscriber};
use crate::socket::Message;

/// The subscribers of one topic in one lane.
pub(super) struct Slots {
    list: Mutex<SlotList>,
    pub(super) tally: Tally,
}

#[derive(Default)]
struct SlotList {
    entries: Vec<Entry>,
    /// The first free entry, which names the next.
    free: Option<u32>,
    live: u32,
    /// Whether a lane's queue names these slots, or its task is at them.
    is_queued: bool,
    waiting: SmallVec<[Message; 1]>,
    /// What waits and what is under way, in bytes.
    bytes: usize,
    /// How many messages were ever published here.
    published: u32,
    /// The subscribers that take only the latest message and take none now.
    stalled: Option<Box<StalledMap>>,
    notice: Option<SkipNotice>,
}

type StalledMap = HashMap<u32, Stalled>;

/// A subscriber that is not writable now.
#[derive(Default)]
struct Stalled {
    /// The latest message.
    parked: Option<Message>,
    /// The task that waits for it.
    waiter: Option<AbortHandle>,
}

impl Drop for Stalled {
    fn drop(&mut self) {
        if let Some(waiter) = &self.waiter {
            waiter.abort();
        }
    }
}

enum Entry {
    Free(Option<u32>),
    Taken(Subscriber),
}

impl Entry {
    fn is_of(&self, member: &HubMember) -> bool {
        matches!(self, Self::Taken(taken) if taken.member == *member)
    }
}

/// A subscriber: one connection.
struct Subscriber {
    member: HubMember,
    /// How many messages were published before it came.
    joined: u32,
    skipped: u32,
    /// Those of them that it was not notified of.
    unreported: u32,
    slow: SlowSubscriber,
}

/// Makes the message that tells a subscriber how many it has missed.
pub(super) type SkipNotice = fn(u64) -> Message;

/// What a message costs a backlog besides its payload, in bytes.
const OVERHEAD: usize = 32;

/// The messages that a lane takes at once, in their order.
pub(super) struct Burst {
    pub(super) messages: SmallVec<[Message; 1]>,
    first: u32,
    bytes: usize,
}

/// A subscriber as a lane's task serves it.
pub(super) struct Addressee {
    pub(super) slot: u32,
    pub(super) member: HubMember,
    pub(super) slow: SlowSubscriber,
    /// How many messages of the burst came before the subscriber.
    pub(super) before: usize,
    /// The notice of what it has missed: the number of messages, and what makes the message.
    pub(super) notice: Option<(u32, SkipNotice)>,
}

impl Slots {
    pub(super) fn new(tally: Tally) -> Self {
        Self {
            list: Mutex::default(),
            tally,
        }
    }

    fn list(&self) -> MutexGuard<'_, SlotList> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a subscriber; the number of its slot.
    pub(super) fn add(&self, member: HubMember, slow: SlowSubscriber, notice: Option<SkipNotice>) -> u32 {
        self.tally.metrics.subscribed();
        let mut list = self.list();
        list.live += 1;
        list.notice = notice.or(list.notice);
        let entry = Entry::Taken(Subscriber {
            member,
            joined: list.published,
            skipped: 0,
            unreported: 0,
            slow,
        });
        if let Some(slot) = list.free
            && let Some(place) = list.entries.get_mut(slot as usize)
        {
            let next = match mem::replace(place, entry) {
                Entry::Free(next) => next,
                Entry::Taken(_) => None,
            };
            list.free = next;
            return slot;
        }
        if list.entries.len() == list.entries.capacity() {
            // A quarter more, so that little is spare.
            let more = list.entries.len() / 4 + 1;
            list.entries.reserve_exact(more);
        }
        list.entries.push(entry);
        u32::try_from(list.entries.len() - 1).unwrap_or(u32::MAX)
    }

    /// Removes the subscriber of a slot, if it is this one still.
    pub(super) fn remove(&self, slot: u32, member: &HubMember) {
        let removed = {
            let mut list = self.list();
            let free = list.free;
            let removed = match list.entries.get_mut(slot as usize) {
                Some(entry) if entry.is_of(member) => Some(mem::replace(entry, Entry::Free(free))),
                _ => None,
            };
            if removed.is_some() {
                list.free = Some(slot);
                list.live -= 1;
                if let Some(stalled) = &mut list.stalled {
                    let stalled = stalled.remove(&slot);
                    if stalled.is_some_and(|stalled| stalled.parked.is_some()) {
                        self.tally.ended(1);
                    }
                }
                if list.live == 0 {
                    (list.entries, list.free, list.stalled) = (Vec::new(), None, None);
                }
            }
            removed
        };
        if removed.is_some() {
            self.tally.metrics.unsubscribed();
        }
    }

    /// How many subscribers there are.
    pub(super) fn len(&self) -> usize {
        self.list().live as usize
    }

    /// How many messages the subscriber of a slot has missed; `None` if it is another one.
    pub(super) fn skipped(&self, slot: u32, member: &HubMember) -> Option<u64> {
        match self.list().entries.get(slot as usize) {
            Some(Entry::Taken(taken)) if taken.member == *member => Some(taken.skipped.into()),
            _ => None,
        }
    }

    /// Whether more waits than so many bytes.
    pub(super) fn is_behind(&self, bound: usize) -> bool {
        self.list().bytes > bound
    }

    /// Adds a message for all subscribers. Whether a lane is to be notified.
    pub(super) fn push(&self, message: &Message) -> bool {
        let mut list = self.list();
        if list.live == 0 {
            return false;
        }
        list.published = list.published.wrapping_add(1);
        list.bytes += message.len() + OVERHEAD;
        list.waiting.push(message.clone());
        !mem::replace(&mut list.is_queued, true)
    }

    /// All that waits, for the lane's task. `None` if nothing does; the lane is then notified of the next message.
    pub(super) fn take(&self) -> Option<Burst> {
        let mut list = self.list();
        if list.waiting.is_empty() {
            list.is_queued = false;
            return None;
        }
        let messages = mem::take(&mut list.waiting);
        Some(Burst {
            first: list.published.wrapping_sub(messages.len() as u32),
            bytes: list.bytes,
            messages,
        })
    }

    /// A burst was offered to all.
    pub(super) fn finish(&self, burst: &Burst) {
        let mut list = self.list();
        list.bytes = list.bytes.saturating_sub(burst.bytes);
    }

    /// The next subscribers from a slot on that get something of a burst, at most so many; those that are stalled get their newest
    /// message parked. The slot to go on from, until there is none.
    pub(super) fn next(
        &self,
        from: u32,
        limit: usize,
        burst: &Burst,
        served: &mut Vec<Addressee>,
    ) -> Option<u32> {
        let mut list = self.list();
        let list = &mut *list;
        let entries = list.entries.get_mut(from as usize..)?;
        for (slot, entry) in (from..).zip(entries) {
            if served.len() == limit {
                return Some(slot);
            }
            if let Entry::Taken(subscriber) = entry {
                let before = subscriber.joined.wrapping_sub(burst.first) as i32;
                let before = usize::try_from(before).unwrap_or_default();
                let mine = burst.messages.get(before..).unwrap_or_default();
                let stalled = list.stalled.as_mut().and_then(|stalled| stalled.get_mut(&slot));
                self.tally.offered(mine.len() as u64);
                match (mine.last(), stalled) {
                    (None, _) => {}
                    (Some(newest), Some(stalled)) => {
                        let replaced = stalled.parked.replace(newest.clone());
                        let missed = mine.len() as u32 - u32::from(replaced.is_none());
                        subscriber.skipped = subscriber.skipped.saturating_add(missed);
                        self.tally.dropped(missed.into());
                    }
                    (Some(_), None) => served.push(Addressee {
                        slot,
                        member: subscriber.member.clone(),
                        slow: subscriber.slow,
                        before,
                        notice: list
                            .notice
                            .filter(|_| subscriber.unreported > 0)
                            .map(|notice| (subscriber.unreported, notice)),
                    }),
                }
            }
        }
        None
    }

    fn with_subscriber<T>(
        &self,
        slot: u32,
        member: &HubMember,
        then: impl FnOnce(&mut Subscriber, &mut StalledMap) -> T,
    ) -> Option<T> {
        let mut list = self.list();
        let list = &mut *list;
        match list.entries.get_mut(slot as usize) {
            Some(Entry::Taken(taken)) if taken.member == *member => {
                let stalled = list.stalled.get_or_insert_default();
                let result = then(taken, stalled);
                if stalled.is_empty() {
                    list.stalled = None;
                }
                Some(result)
            }
            _ => None,
        }
    }

    /// A subscriber has missed messages.
    pub(super) fn skip(&self, slot: u32, member: &HubMember, messages: usize) {
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        self.tally.dropped(messages.into());
        self.with_subscriber(slot, member, |subscriber, _| {
            subscriber.skipped = subscriber.skipped.saturating_add(messages);
            subscriber.unreported = subscriber.unreported.saturating_add(messages);
        });
    }

    /// A subscriber was notified of what it has missed.
    pub(super) fn reported(&self, slot: u32, member: &HubMember, messages: u32) {
        self.with_subscriber(slot, member, |subscriber, _| {
            subscriber.unreported = subscriber.unreported.saturating_sub(messages);
        });
    }

    /// Keeps the newest message for a subscriber that takes only the latest. Whether it is there still.
    pub(super) fn park(&self, slot: u32, member: &HubMember, newest: &Message, missed: usize) -> bool {
        let missed = u32::try_from(missed).unwrap_or(u32::MAX);
        self.tally.dropped(missed.into());
        self.with_subscriber(slot, member, |subscriber, stalled| {
            subscriber.skipped = subscriber.skipped.saturating_add(missed);
            stalled.entry(slot).or_default().parked = Some(newest.clone());
        })
        .is_some()
    }

    /// The task that waits for a stalled subscriber; it is aborted when the subscriber goes.
    pub(super) fn set_waiter(&self, slot: u32, member: &HubMember, waiter: AbortHandle) {
        self.with_subscriber(slot, member, |_, stalled| {
            // Otherwise it has delivered already.
            if let Some(stalled) = stalled.get_mut(&slot) {
                stalled.waiter = Some(waiter);
            }
        });
    }

    /// The message that is kept for a subscriber, to be delivered; `None` if there is none, and then it is stalled no more.
    pub(super) fn unpark(&self, slot: u32, member: &HubMember) -> Option<Message> {
        self.with_subscriber(slot, member, |_, all| {
            let message = all.get_mut(&slot).and_then(|stalled| stalled.parked.take());
            if message.is_none() {
                all.remove(&slot);
            }
            message
        })?
    }

    /// Keeps a message again that could not be delivered, unless a newer one is kept.
    pub(super) fn park_again(&self, slot: u32, member: &HubMember, message: Message) {
        let is_replaced = self.with_subscriber(slot, member, |subscriber, all| {
            let stalled = all.entry(slot).or_default();
            let is_replaced = stalled.parked.is_some();
            if is_replaced {
                subscriber.skipped = subscriber.skipped.saturating_add(1);
            } else {
                stalled.parked = Some(message);
            }
            is_replaced
        });
        if is_replaced == Some(true) {
            self.tally.dropped(1);
        }
    }

    /// The task that was at a burst is gone before its end: the next message starts another.
    pub(super) fn abandon(&self) {
        let mut list = self.list();
        list.is_queued = false;
        list.bytes = 0;
        list.waiting.clear();
    }
}
