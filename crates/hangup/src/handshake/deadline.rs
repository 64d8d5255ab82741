//! A wait of an HTTP connection with its bound.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Sleep, sleep};

/// A wait with a bound, and what it is for.
#[derive(Default)]
pub(super) struct Deadline(Option<(AwaitedStep, Pin<Box<Sleep>>)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AwaitedStep {
    Head,
    Request,
    /// The rest of the body of that request, and the head behind it.
    RestOfBody(u32),
    Look,
    Write,
    Linger,
}

impl Deadline {
    /// Ready once it has waited for this since `timeout` ago without being cleared.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, wait: AwaitedStep, timeout: Duration) -> Poll<()> {
        if self.0.as_ref().is_none_or(|(what, _)| *what != wait) {
            self.0 = Some((wait, Box::pin(sleep(timeout))));
        }
        match &mut self.0 {
            Some((_, sleeping)) => sleeping.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}
