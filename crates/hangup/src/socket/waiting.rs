//! Who waits on a connection. Whoever may go on is woken when the connection's lock is released, never under it: a
//! waker is code of an executor, and what it does with the connection is its own affair.

use std::{
    mem,
    task::{Context, Waker},
};

use smallvec::SmallVec;

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// A message, or the end.
    Message,
    /// Room in the output.
    Room,
    /// The end of the opening or of the closing handshake.
    Stage,
    /// The end of the server; each who waits has a number.
    Drain(u32),
}

/// All who wait, and who of them is to be woken.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The connection's task.
    driver: Option<Waker>,
    driver_is_due: bool,
    /// Everybody else. Those that wait for nothing any more are due.
    wakers: Vec<(Option<Awaited>, Waker)>,
    /// Whether anybody is due.
    is_due: bool,
}

/// Wakes when it is dropped.
pub(super) struct Due(Box<SmallVec<[Waker; 2]>>);

impl Waiting {
    /// Whether it is somebody else than before.
    pub(super) fn set_driver(&mut self, cx: &Context<'_>) -> bool {
        let is_new = !self.is_driver(cx);
        if is_new {
            self.driver = Some(cx.waker().clone());
        }
        is_new
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

    pub(super) const fn wake_driver(&mut self) {
        self.driver_is_due = true;
        self.is_due = true;
    }

    /// Remembers who is polled, until that has come. There is one receiver; it may move from task to task.
    pub(super) fn add(&mut self, awaited: Awaited, cx: &Context<'_>) {
        let known = self.wakers.iter_mut().find(|(what, waker)| {
            let is_one_alone = matches!(awaited, Awaited::Message | Awaited::Drain(_));
            *what == Some(awaited) && (is_one_alone || waker.will_wake(cx.waker()))
        });
        match known {
            Some((_, waker)) => waker.clone_from(cx.waker()),
            None => self.wakers.push((Some(awaited), cx.waker().clone())),
        }
    }

    /// Another task takes the place of the connection's task, and polls what that has polled.
    pub(super) fn forget_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.wakers.retain(|(_, waker)| !waker.will_wake(&driver));
            self.shrink();
        }
    }

    /// An idle connection owns no list.
    fn shrink(&mut self) {
        if self.wakers.is_empty() {
            self.wakers = Vec::new();
        }
    }

    /// Nobody waits for that any more.
    pub(super) fn forget(&mut self, awaited: Awaited) {
        self.wakers.retain(|(what, _)| *what != Some(awaited));
        if self.wakers.is_empty() {
            self.wakers = Vec::new();
        }
    }

    /// That has come: whoever waits for it is due.
    pub(super) fn wake(&mut self, awaited: Awaited) {
        for (what, _) in &mut self.wakers {
            if *what == Some(awaited) {
                *what = None;
                self.is_due = true;
            }
        }
    }

    pub(super) fn wake_all(&mut self) {
        for (what, _) in &mut self.wakers {
            *what = None;
            self.is_due = true;
        }
    }

    /// Who is due; that is nobody nearly always.
    #[inline]
    pub(super) fn take_due(&mut self) -> Option<Due> {
        if self.is_due { Some(self.all_due()) } else { None }
    }

    #[cold]
    fn all_due(&mut self) -> Due {
        let due = self.wakers.extract_if(.., |(what, _)| what.is_none());
        let mut due: SmallVec<_> = due.map(|(_, waker)| waker).collect();
        self.shrink();
        if let Some(driver) = self.driver.as_ref().filter(|_| self.driver_is_due) {
            due.push(driver.clone());
        }
        (self.driver_is_due, self.is_due) = (false, false);
        Due(Box::new(due))
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        for waker in mem::take(&mut *self.0) {
            waker.wake();
        }
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
        fn add_to(self: &Arc<Self>, waiting: &mut Waiting, awaited: Awaited) {
            waiting.add(awaited, &Context::from_waker(&Waker::from(Arc::clone(self))));
        }

        fn woken(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn those_are_woken_for_whom_it_has_come_and_none_twice() {
        let (room, end) = (Arc::<Counting>::default(), Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        for _ in 0..2 {
            room.add_to(&mut waiting, Awaited::Room);
            end.add_to(&mut waiting, Awaited::Stage);
        }
        assert!(waiting.take_due().is_none());
        waiting.wake(Awaited::Room);
        assert_eq!(room.woken(), 0);
        drop(waiting.take_due());
        assert_eq!((room.woken(), end.woken()), (1, 0));
        waiting.wake_all();
        drop(waiting.take_due());
        assert_eq!((room.woken(), end.woken()), (1, 1));
        assert_eq!(waiting.wakers.capacity(), 0);
    }

    #[test]
    fn who_waits_no_more_for_the_end_of_the_server_is_forgotten_alone() {
        let task = Arc::<Counting>::default();
        let mut waiting = Waiting::default();
        // Two in one task, of which one is dropped.
        task.add_to(&mut waiting, Awaited::Drain(1));
        task.add_to(&mut waiting, Awaited::Drain(2));
        waiting.forget(Awaited::Drain(1));
        assert_eq!(waiting.wakers.len(), 1);
        waiting.wake_all();
        drop(waiting.take_due());
        assert_eq!(task.woken(), 1);
        task.add_to(&mut waiting, Awaited::Drain(3));
        waiting.forget(Awaited::Drain(3));
        assert_eq!(waiting.wakers.capacity(), 0);
    }

    #[test]
    fn the_task_that_polls_no_more_is_forgotten_and_others_are_not() {
        let (task, other) = (Arc::<Counting>::default(), Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        waiting.set_driver(&Context::from_waker(&Waker::from(Arc::clone(&task))));
        // Wakers of one task are equal only if they are clones.
        let driver = waiting.driver();
        waiting.add(Awaited::Stage, &Context::from_waker(&driver));
        waiting.forget_driver();
        assert_eq!(waiting.wakers.capacity(), 0);
        waiting.set_driver(&Context::from_waker(&driver));
        other.add_to(&mut waiting, Awaited::Stage);
        waiting.forget_driver();
        waiting.wake_all();
        waiting.wake_driver();
        drop(waiting.take_due());
        assert_eq!((task.woken(), other.woken()), (0, 1));
    }

    #[test]
    fn a_receiver_that_moves_from_task_to_task_is_one() {
        let tasks = [(); 3].map(|()| Arc::<Counting>::default());
        let mut waiting = Waiting::default();
        for task in &tasks {
            task.add_to(&mut waiting, Awaited::Message);
        }
        waiting.wake(Awaited::Message);
        drop(waiting.take_due());
        assert_eq!(tasks.map(|task| task.woken()), [0, 0, 1]);
    }
}
