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
    slots::{Addressee, Burst, SkipNotice, Slots},
};
use crate::{
    error::catch_panic_now,
    logged,
    socket::{FrameEncoder, Message, SharedFrames},
};

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
        self.run_on(runtime, false);
    }

    fn run_on(self: &Arc<Self>, runtime: Option<Handle>, is_retry: bool) {
        let running = Running {
            lane: Arc::clone(self),
            at: None,
            progress: LaneProgress::NotBegun { is_retry },
        };
        if let Some(runtime) = runtime {
            drop::<JoinHandle<()>>(runtime.spawn(async move { running.deliver_all().await }));
        }
    }

    /// The task is gone: another goes on, where subscribers came from a runtime that may live; else what waits is dropped.
    fn task_lost(self: &Arc<Self>, may_retry: bool) {
        let (abandoned, runtime) = {
            let mut queue = self.queue();
            let runtime = queue.runtime.clone().filter(|_| may_retry);
            queue.is_running = runtime.is_some() && !queue.slots.is_empty();
            match queue.is_running {
                true => (VecDeque::new(), runtime),
                false => (mem::take(&mut queue.slots), None),
            }
        };
        for slots in abandoned {
            slots.abandon();
        }
        self.progress.notify_waiters();
        if runtime.is_some() {
            self.run_on(runtime, true);
        }
    }
}

/// The lane's task. Where it is dropped before its end, as with its runtime, another may start.
struct Running {
    lane: Arc<Lane>,
    /// For whose subscribers it delivers.
    at: Option<Arc<Slots>>,
    progress: LaneProgress,
}

#[derive(Clone, Copy)]
enum LaneProgress {
    NotBegun { is_retry: bool },
    Begun,
    Done,
}

impl Drop for Running {
    fn drop(&mut self) {
        let may_retry = match self.progress {
            LaneProgress::NotBegun { is_retry } => !is_retry,
            LaneProgress::Begun => true,
            LaneProgress::Done => return,
        };
        if let Some(slots) = self.at.take() {
            slots.abandon();
        }
        self.lane.task_lost(may_retry);
    }
}

impl Running {
    async fn deliver_all(mut self) {
        self.progress = LaneProgress::Begun;
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
            self.progress = LaneProgress::Done;
        }
        self.at.clone()
    }
}

async fn deliver_burst(slots: &Arc<Slots>, burst: &Burst, served: &mut Vec<Addressee>) {
    let mut encoder = FrameEncoder::default();
    for message in &burst.messages {
        encoder.push(message);
    }
    let frames = encoder.take();
    let mut from = Some(0);
    while let Some(slot) = from {
        from = slots.next(slot, BEFORE_YIELD, burst, served);
        for subscriber in served.drain(..) {
            serve(slots, &subscriber, burst, &frames);
        }
        yield_now().await;
    }
}

/// Delivers a burst to one subscriber.
fn serve(slots: &Arc<Slots>, subscriber: &Addressee, burst: &Burst, frames: &SharedFrames) {
    let Addressee {
        slot,
        member,
        slow,
        before,
        notice,
    } = subscriber;
    let bound = match slow {
        SlowSubscriber::Close | SlowSubscriber::Skip => None,
        SlowSubscriber::Latest => Some(0),
    };
    if let Some((missed, notice)) = notice
        && let Some(notice) = make_notice(*notice, *missed)
        && member
            .deliver_one(&notice, &SharedFrames::of(&notice), bound)
            .sent
            == 1
    {
        slots.reported(*slot, member, *missed);
    }
    let messages = burst.messages.get(*before..).unwrap_or_default();
    let delivery = if *before == 0 {
        member.deliver(messages, frames, bound)
    } else {
        member.deliver(messages, &frames.skip(*before), bound)
    };
    let missed = messages.len() - delivery.sent;
    if delivery.sent > 0 {
        slots.tally.delivered(delivery.sent as u64);
    }
    if delivery.is_over {
        slots.tally.ended(missed as u64);
        slots.remove(*slot, member);
    } else if missed > 0 {
        miss(slots, *slot, member, *slow, messages, missed);
    }
}

/// The message is made by a function of the user's: outside of every lock, as it may use the hub.
fn make_notice(notice: SkipNotice, missed: u32) -> Option<Message> {
    catch_panic_now(|| notice(missed.into()))
        .inspect_err(
            |panic| tracing::error!(panic = %logged::text(panic), "the function of `Topic::skip_notice` panicked"),
        )
        .ok()
}

/// A subscriber is slow: it has missed the last of these messages.
fn miss(
    slots: &Arc<Slots>,
    slot: u32,
    member: &HubMember,
    slow: SlowSubscriber,
    messages: &[Message],
    missed: usize,
) {
    match slow {
        SlowSubscriber::Close => {
            slots.tally.dropped(missed as u64);
            member.close_as_slow();
            slots.remove(slot, member);
        }
        SlowSubscriber::Skip => slots.skip(slot, member, missed),
        SlowSubscriber::Latest => {
            if let Some(newest) = messages.last()
                && slots.park(slot, member, newest, missed - 1)
            {
                let waiter = tokio::spawn(deliver_latest(Arc::clone(slots), slot, member.clone()));
                slots.set_waiter(slot, member, waiter.abort_handle());
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
        let delivery = member.deliver_one(&message, &SharedFrames::of(&message), Some(0));
        if delivery.sent == 1 {
            slots.tally.delivered(1);
        } else if delivery.is_over {
            slots.tally.ended(1);
            return slots.remove(slot, &member);
        } else {
            slots.park_again(slot, &member, message);
        }
    }
}

/// A message for some connections alone, not by a topic: how many took it.
pub(super) fn send_to_all(members: &[HubMember], message: &Message) -> usize {
    let frames = SharedFrames::of(message);
    let is_sent = |member: &&HubMember| member.deliver_one(message, &frames, None).sent == 1;
    members.iter().filter(is_sent).count()
}
