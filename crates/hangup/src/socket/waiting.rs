//! Who waits on a connection. Whoever may go on is woken when the connection's lock is released, never under it: a
//! waker is code of an executor, and what it does with the connection is its own affair.

use std::{
    mem,
    num::NonZeroU32,
    task::{Context, Waker},
};

use smallvec::SmallVec;

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// A message, or the end.
    Message,
    /// Capacity in the output.
    Capacity,
    /// The end of the opening or of the closing handshake.
    Stage,
    /// The shutdown of the server, or the end of the connection.
    End,
}

/// One wait, as its future holds it; `None` until it is registered. There is one waker for each, and none once the
/// future is dropped: see [`Waiting::forget`].
pub(crate) type Ticket = Option<NonZeroU32>;

/// The number of the wait for a message: there is one receiver, which may move from task to task.
const RECEIVE: NonZeroU32 = NonZeroU32::MAX;

/// All who wait, and who of them is to be woken.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The connection's task.
    driver: Option<Waker>,
    /// Everybody else.
    others: Vec<Waiter>,
    /// The number of the last wait.
    last: u32,
    driver_is_due: bool,
    /// Whether anybody is due.
    is_due: bool,
    /// Whether the connection's task polls the endpoint right now.
    is_polling: bool,
}

#[derive(Debug)]
struct Waiter {
    number: NonZeroU32,
    /// Those that wait for nothing any more are due.
    awaited: Option<Awaited>,
    waker: Waker,
}

/// Wakes when it is dropped.
pub(super) struct Wakeups(Box<SmallVec<[Waker; 2]>>);

impl Waiting {
    /// Notes that the connection's task begins to poll the endpoint. Whether it is another task than before.
    pub(super) fn begin_poll(&mut self, cx: &Context<'_>) -> bool {
        let is_new = !self.is_driver(cx);
        if is_new {
            self.driver = Some(cx.waker().clone());
        }
        self.is_polling = true;
        is_new
    }

    /// The poll is over: what follows is moved by the connection's task.
    pub(super) const fn end_poll(&mut self) {
        self.is_polling = false;
    }

    /// Whether the connection's task is polling the endpoint, which may wait right there for a future
    /// that it polls with another waker (`block_on`). Until that poll has returned the task moves no bytes.
    pub(super) const fn is_polling(&self) -> bool {
        self.is_polling
    }

    pub(super) fn driver(&self) -> Waker {
        self.driver.as_ref().unwrap_or(Waker::noop()).clone()
    }

    #[inline]
    pub(super) fn is_driver(&self, cx: &Context<'_>) -> bool {
        self.driver
            .as_ref()
            .is_some_and(|driver| driver.will_wake(cx.waker()))
    }

    /// Wakes the connection's task, which polls the endpoint anew.
    pub(super) const fn wake_driver(&mut self) {
        self.driver_is_due = true;
        self.is_due = true;
    }

    /// There are bytes to move or deadlines to set: the connection's task is woken for it, unless it polls the endpoint
    /// right now and looks at them when that poll is over. Within that poll a receive or a send may move them.
    pub(super) fn notify_driver(&mut self) {
        if self.is_polling {
            self.wake(Awaited::Message);
            self.wake(Awaited::Capacity);
        } else {
            self.wake_driver();
        }
    }

    /// Registers the waker of a wait, in place of the one from its last poll.
    pub(super) fn add(&mut self, awaited: Awaited, ticket: &mut Ticket, cx: &Context<'_>) {
        if awaited == Awaited::Message {
            *ticket = Some(RECEIVE);
        }
        let known = self
            .others
            .iter_mut()
            .find(|waiter| Some(waiter.number) == *ticket);
        if let Some(waiter) = known {
            waiter.awaited = Some(awaited);
            waiter.waker.clone_from(cx.waker());
            return;
        }
        let number = ticket.unwrap_or_else(|| self.next_number());
        *ticket = Some(number);
        self.others.push(Waiter {
            number,
            awaited: Some(awaited),
            waker: cx.waker().clone(),
        });
    }

    fn next_number(&mut self) -> NonZeroU32 {
        let number = NonZeroU32::new(self.last.wrapping_add(1)).filter(|number| *number != RECEIVE);
        let number = number.unwrap_or(NonZeroU32::MIN);
        self.last = number.get();
        number
    }

    /// Another task takes the place of the connection's task, and polls what that has polled.
    pub(super) fn forget_driver(&mut self) {
        self.is_polling = false;
        if let Some(driver) = self.driver.take() {
            self.others.retain(|waiter| !waiter.waker.will_wake(&driver));
            self.shrink();
        }
    }

    /// An idle connection owns no list.
    fn shrink(&mut self) {
        if self.others.is_empty() {
            self.others = Vec::new();
        }
    }

    /// The future of that wait is dropped.
    pub(super) fn forget(&mut self, number: NonZeroU32) {
        self.others.retain(|waiter| waiter.number != number);
        self.shrink();
    }

    /// That has come: whoever waits for it is due.
    pub(super) fn wake(&mut self, awaited: Awaited) {
        for waiter in &mut self.others {
            if waiter.awaited == Some(awaited) {
                waiter.awaited = None;
                self.is_due = true;
            }
        }
    }

    pub(super) fn wake_all(&mut self) {
        for waiter in &mut self.others {
            waiter.awaited = None;
            self.is_due = true;
        }
    }

    /// Who is due; that is nobody nearly always.
    #[inline]
    pub(super) fn take_wakeups(&mut self) -> Option<Wakeups> {
        if self.is_due { Some(self.all_due()) } else { None }
    }

    #[cold]
    fn all_due(&mut self) -> Wakeups {
        let due = self.others.extract_if(.., |waiter| waiter.awaited.is_none());
        let mut due: SmallVec<_> = due.map(|waiter| waiter.waker).collect();
        self.shrink();
        if let Some(driver) = self.driver.as_ref().filter(|_| self.driver_is_due) {
            due.push(driver.clone());
        }
        (self.driver_is_due, self.is_due) = (false, false);
        Wakeups(Box::new(due))
    }
}

impl Drop for Wakeups {
    fn drop(&mut self) {
        for waker in mem::take(&mut *self.0) {
            waker.wake();
        }
    }
}

/// What a connection knows of the end of its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ShutdownNotice {
    /// Nobody has waited for it.
    #[default]
    Unasked,
    /// Somebody has waited for it, and is given time, whether they wait right now or not.
    Asked,
    /// The server stops.
    Begun,
}

impl ShutdownNotice {
    pub(super) const fn has_begun(self) -> bool {
        matches!(self, Self::Begun)
    }

    /// Somebody waits for it.
    pub(super) fn ask(&mut self) {
        if *self == Self::Unasked {
            *self = Self::Asked;
        }
    }

    /// The server stops. Whether anybody has ever waited for that.
    pub(super) fn begin(&mut self) -> bool {
        std::mem::replace(self, Self::Begun) == Self::Asked
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Counting {
        fn add_to(self: &Arc<Self>, waiting: &mut Waiting, awaited: Awaited, ticket: &mut Ticket) {
            let waker = Waker::from(Arc::clone(self));
            waiting.add(awaited, ticket, &Context::from_waker(&waker));
        }

        fn woken(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn those_are_woken_for_whom_it_has_come_and_none_twice() {
        let (room, end) = (Arc::<Counting>::default(), Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        let mut tickets = [None, None];
        for _ in 0..2 {
            room.add_to(&mut waiting, Awaited::Capacity, &mut tickets[0]);
            end.add_to(&mut waiting, Awaited::Stage, &mut tickets[1]);
        }
        assert!(waiting.take_wakeups().is_none());
        waiting.wake(Awaited::Capacity);
        assert_eq!(room.woken(), 0);
        drop(waiting.take_wakeups());
        assert_eq!((room.woken(), end.woken()), (1, 0));
        waiting.wake_all();
        drop(waiting.take_wakeups());
        assert_eq!((room.woken(), end.woken()), (1, 1));
        assert_eq!(waiting.others.capacity(), 0);
    }

    #[test]
    fn a_wait_that_is_dropped_is_forgotten_alone() {
        let task = Arc::<Counting>::default();
        for awaited in [Awaited::Capacity, Awaited::Stage, Awaited::End] {
            let mut waiting = Waiting::default();
            // Two in one task, of which one is dropped.
            let mut tickets = [None, None];
            for ticket in &mut tickets {
                task.add_to(&mut waiting, awaited, ticket);
            }
            waiting.forget(tickets[0].unwrap());
            assert_eq!(waiting.others.len(), 1);
            let before = task.woken();
            waiting.wake_all();
            drop(waiting.take_wakeups());
            assert_eq!(task.woken(), before + 1);
            task.add_to(&mut waiting, awaited, &mut tickets[1]);
            waiting.forget(tickets[1].unwrap());
            assert_eq!(waiting.others.capacity(), 0);
        }
    }

    #[test]
    fn numbers_start_anew_behind_the_last() {
        let task = Arc::<Counting>::default();
        let mut waiting = Waiting {
            last: u32::MAX - 1,
            ..Waiting::default()
        };
        let mut ticket = None;
        task.add_to(&mut waiting, Awaited::Capacity, &mut ticket);
        assert_eq!(ticket, Some(NonZeroU32::MIN));
    }

    #[test]
    fn the_task_that_polls_no_more_is_forgotten_and_others_are_not() {
        let (task, other) = (Arc::<Counting>::default(), Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        waiting.begin_poll(&Context::from_waker(&Waker::from(Arc::clone(&task))));
        // Wakers of one task are equal only if they are clones.
        let driver = waiting.driver();
        waiting.add(Awaited::Stage, &mut None, &Context::from_waker(&driver));
        waiting.forget_driver();
        assert_eq!(waiting.others.capacity(), 0);
        waiting.begin_poll(&Context::from_waker(&driver));
        waiting.end_poll();
        other.add_to(&mut waiting, Awaited::Stage, &mut None);
        waiting.forget_driver();
        waiting.wake_all();
        waiting.wake_driver();
        drop(waiting.take_wakeups());
        assert_eq!((task.woken(), other.woken()), (0, 1));
    }

    #[test]
    fn a_receiver_that_moves_from_task_to_task_is_one() {
        let tasks = [(); 3].map(|()| Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        for task in &tasks {
            task.add_to(&mut waiting, Awaited::Message, &mut None);
        }
        waiting.wake(Awaited::Message);
        drop(waiting.take_wakeups());
        assert_eq!(tasks.map(|task| task.woken()), [0, 0, 1]);
    }

    #[test]
    fn the_task_that_polls_right_now_is_not_woken_as_it_looks_at_everything_afterwards() {
        let task = Arc::<Counting>::default();
        let mut waiting = Waiting::default();
        waiting.begin_poll(&Context::from_waker(&Waker::from(Arc::clone(&task))));
        waiting.notify_driver();
        assert!(waiting.take_wakeups().is_none());
        waiting.end_poll();
        waiting.notify_driver();
        drop(waiting.take_wakeups());
        assert_eq!(task.woken(), 1);
    }
}
