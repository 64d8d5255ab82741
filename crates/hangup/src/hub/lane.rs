//! `Lane`: a task that delivers to a part of the connections what was published, in bursts.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    runtime::Handle,
    sync::Notify,
    task::{JoinHandle, yield_now},
};

use super::{
    books::Books,
    member::HubMember,
    options::SlowSubscriber,
    slots::{Addressee, Burst, Slots},
};
use crate::socket::{Delivery, Message};

/// To how many subscribers a lane delivers before other tasks may go on.
const BEFORE_YIELD: usize = 32;

/// A part of the connections of a hub. Its task runs while something waits.
#[derive(Default)]
pub(super) struct Lane {
    queue: Mutex<LaneQueue>,
    /// Somebody waits less long now.
    pub(super) progress: Notify,
    pub(super) books: Arc<Books>,
}

#[derive(Default)]
struct LaneQueue {
    /// Topics for whose subscribers something waits.
    slots: VecDeque<Arc<Slots>>,
    is_running: bool,
    /// Where tasks run for those who publish outside of a runtime.
    runtime: Option<Handle>,
}

impl Lane {
    fn queue(&self) -> MutexGuard<'_, LaneQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A subscriber has come, on this runtime.
    pub(super) fn know_runtime(&self) {
        if let Ok(runtime) = Handle::try_current() {
            let before = self.queue().runtime.replace(runtime);
            drop(before);
        }
    }

    /// Has the lane's task deliver what waits in these slots.
    pub(super) fn push(self: &Arc<Self>, slots: Arc<Slots>) {
        let runtime = {
            let mut queue = self.queue();
            queue.slots.push_back(slots);
            if mem::replace(&mut queue.is_running, true) {
                return;
            }
            Handle::try_current().ok().or_else(|| queue.runtime.clone())
        };
        let running = Running {
            lane: Arc::clone(self),
            at: None,
            is_done: false,
        };
        if let Some(runtime) = runtime {
            drop::<JoinHandle<()>>(runtime.spawn(async move { running.deliver_all().await }));
        }
    }
}

/// The lane's task. Where it is dropped before its end, as with its runtime, another may start.
struct Running {
    lane: Arc<Lane>,
    /// For whose subscribers it delivers.
    at: Option<Arc<Slots>>,
    is_done: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_done {
            self.lane.queue().is_running = false;
            if let Some(slots) = &self.at {
                slots.abandon();
            }
        }
    }
}

impl Running {
    async fn deliver_all(mut self) {
        let mut served = Vec::with_capacity(BEFORE_YIELD);
        while let Some(slots) = self.next() {
            while let Some(burst) = slots.take() {
                deliver_burst(&slots, &burst, &mut served).await;
                slots.finish(&burst);
                self.lane.progress.notify_waiters();
            }
        }
    }

    fn next(&mut self) -> Option<Arc<Slots>> {
        let mut queue = self.lane.queue();
        self.at = queue.slots.pop_front();
        if self.at.is_none() {
            // Under the lock: what comes next starts a task.
            queue.is_running = false;
            self.is_done = true;
        }
        self.at.clone()
    }
}

async fn deliver_burst(slots: &Arc<Slots>, burst: &Burst, served: &mut Vec<Addressee>) {
    let mut from = Some(0);
    while let Some(slot) = from {
        from = slots.next(slot, BEFORE_YIELD, burst, served);
        for subscriber in served.drain(..) {
            serve(slots, &subscriber, burst);
        }
        yield_now().await;
    }
}

/// Delivers a burst to one subscriber.
fn serve(slots: &Arc<Slots>, subscriber: &Addressee, burst: &Burst) {
    let Addressee {
        slot, member, slow, ..
    } = subscriber;
    let bound = match slow {
        SlowSubscriber::Close | SlowSubscriber::Skip => None,
        SlowSubscriber::Latest => Some(0),
    };
    let messages = burst.messages.get(subscriber.before..).unwrap_or_default();
    if let Some((missed, notice)) = &subscriber.notice
        && member.deliver(notice, bound) == Delivery::Sent
    {
        slots.reported(*slot, member, *missed);
    }
    for (number, message) in messages.iter().enumerate() {
        match member.deliver(message, bound) {
            Delivery::Sent => slots.tally.delivered(1),
            Delivery::Over => {
                slots.tally.ended((messages.len() - number) as u64);
                return slots.remove(*slot, member);
            }
            Delivery::Full => {
                let rest = messages.len() - number;
                return match slow {
                    SlowSubscriber::Close => {
                        slots.tally.dropped(rest as u64);
                        member.close_as_slow();
                        slots.remove(*slot, member);
                    }
                    SlowSubscriber::Skip => slots.skip(*slot, member, rest),
                    SlowSubscriber::Latest => {
                        if let Some(newest) = messages.last()
                            && slots.park(*slot, member, newest, rest - 1)
                        {
                            let waiter =
                                tokio::spawn(deliver_latest(Arc::clone(slots), *slot, member.clone()));
                            slots.set_waiter(*slot, member, waiter.abort_handle());
                        }
                    }
                };
            }
        }
    }
}

/// Waits until a subscriber takes a message again, and delivers the latest, until none is kept for it.
async fn deliver_latest(slots: Arc<Slots>, slot: u32, member: HubMember) {
    loop {
        member.deliverable(0).await;
        let Some(message) = slots.unpark(slot, &member) else {
            return;
        };
        match member.deliver(&message, Some(0)) {
            Delivery::Sent => slots.tally.delivered(1),
            Delivery::Full => slots.park_again(slot, &member, message),
            Delivery::Over => {
                slots.tally.ended(1);
                return slots.remove(slot, &member);
            }
        }
    }
}

/// A message for some connections alone, not by a topic: how many took it.
pub(super) fn send_to_all(members: &[HubMember], message: &Message) -> usize {
    let taken = |member: &&HubMember| member.deliver(message, None) == Delivery::Sent;
    members.iter().filter(taken).count()
}
