//! A timer for the next of many deadlines.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use tokio::{
    runtime::Handle,
    task::coop,
    time::{Instant, Sleep, sleep_until},
};

/// Made when the first deadline is.
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Whether the timer wakes at that time or before, whoever has polled it last.
    pub(crate) fn wakes_by(&self, next: Instant) -> bool {
        self.0
            .as_ref()
            .is_some_and(|timer| timer.deadline() <= next && !timer.is_elapsed())
    }

    /// Waits until then. A timer that is set to an earlier time stays so: most deadlines are put off again and again,
    /// and none of them costs more than a look at the timer then. Outside of a runtime it waits without end.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<Instant> {
        let timer = match &mut self.0 {
            Some(timer) if timer.deadline() <= next => timer,
            Some(timer) => {
                timer.as_mut().reset(next);
                timer
            }
            None if Handle::try_current().is_err() => return Poll::Pending,
            timer => timer.insert(Box::pin(sleep_until(next))),
        };
        loop {
            // Without a budget, which a peer that floods uses up.
            ready!(pin!(coop::unconstrained(timer.as_mut())).poll(cx));
            let now = Instant::now();
            if now >= next {
                return Poll::Ready(now);
            }
            timer.as_mut().reset(next);
        }
    }
}
