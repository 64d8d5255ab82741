//! `Checked`: a future that fails the test, at the line of the test, where what it awaits does not hold.

use std::{
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

pin_project! {
    /// A step of a test. Where it fails it panics, and both the panic and its message name the line of the test.
    #[derive(Debug)]
    #[must_use = "nothing happens until it is awaited"]
    pub struct Checked<F> {
        #[pin]
        step: F,
        caller: &'static Location<'static>,
    }
}

impl<F> Checked<F> {
    #[track_caller]
    pub(super) fn new(step: F) -> Self {
        Self::at(Location::caller(), step)
    }

    /// A step that an expression elsewhere has begun.
    pub(super) fn at(caller: &'static Location<'static>, step: F) -> Self {
        Self { step, caller }
    }
}

impl<T, F: Future<Output = Result<T, String>>> Future for Checked<F> {
    type Output = T;

    /// Called by an `.await`, whose place the panic has then.
    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        match ready!(this.step.poll(cx)) {
            Ok(value) => Poll::Ready(value),
            Err(failure) => panic!("{failure}, at {}", this.caller),
        }
    }
}
