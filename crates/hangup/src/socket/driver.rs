//! The connection's task: it polls the endpoint and, when that poll is over, moves the bytes.

use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use hangup_protocol::Close;
use tokio::{task::coop, time::Instant};

use super::{
    core::{Budget, Expired, Progress},
    server::Shared,
    timer::Timer,
};
use crate::{
    error::{Panic, catch_panic_now},
    logged,
};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Polls an endpoint on an open connection to its end, and takes the connection through its closing handshake.
///
/// All that was sent in one poll is written after it with one system call (a cork per poll), so nothing that
/// was sent ever waits for another `await`.
pub(crate) struct Driver<T> {
    shared: Arc<Shared>,
    conversation: Option<Boxed<Box<T>>>,
    conclusion: Conclusion<T>,
    /// The one timer of the connection for all its deadlines.
    timer: Timer,
}

/// How the conversation with the peer ended for the endpoint.
pub(crate) enum Conclusion<T> {
    /// The endpoint came to its end.
    Finished(Box<T>),
    /// It panicked where no panic is expected, such as in the drop of a future.
    Panicked(Box<Panic>),
    /// It was cancelled: its peer had left, and it went on for too long.
    Cancelled,
    /// It was aborted: its server had stopped, and it went on for too long.
    Aborted,
}

/// The end that an endpoint came to.
pub(crate) trait Conclude {
    /// With what Close frame it ends the connection.
    fn close(&self) -> Option<Close>;
}

impl<T> Driver<T> {
    pub(crate) fn new(shared: Arc<Shared>, conversation: Boxed<Box<T>>) -> Self {
        Self {
            shared,
            conversation: Some(conversation),
            conclusion: Conclusion::Cancelled,
            timer: Timer::default(),
        }
    }

    /// Ends the conversation before its connection is open, and has another in its place.
    pub(crate) fn replace(&mut self, conversation: Boxed<Box<T>>) {
        let replaced = self.conversation.replace(conversation);
        drop_conversation(replaced);
    }

    /// Drops the endpoint before its end, where the runtime stops.
    pub(crate) fn drop_endpoint(&mut self) {
        drop_conversation(self.conversation.take());
    }

    /// How the conversation has ended, once it has; the closing handshake may go on.
    pub(crate) fn conclusion(&self) -> Option<&Conclusion<T>> {
        self.conversation.is_none().then_some(&self.conclusion)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl<T: Conclude + Unpin> Future for Driver<T> {
    type Output = Conclusion<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Conclusion<T>> {
        let this = &mut *self;
        let (is_new_waker, bytes_first) = {
            let mut core = this.shared.lock();
            (core.begin_poll(cx), core.take_starved())
        };
        if is_new_waker {
            // The timer wakes whoever has polled it last.
            this.timer = Timer::default();
        }
        if bytes_first {
            // The endpoint has used the budget of the last poll up: this time the bytes come first.
            let _ = this.shared.lock().drive(cx, Budget::Left);
            this.shared.lock().begin_poll(cx);
        }
        loop {
            this.poll_conversation(cx);
            let budget = if bytes_first || coop::has_budget_remaining() {
                Budget::Left
            } else {
                Budget::Spent
            };
            let progress = this.shared.lock().drive(cx, budget);
            let next = match progress {
                Progress::Done(_) | Progress::Aborted if this.conversation.is_none() => {
                    return Poll::Ready(mem::replace(&mut this.conclusion, Conclusion::Cancelled));
                }
                Progress::Aborted => {
                    this.conclusion = Conclusion::Aborted;
                    this.end_conversation();
                    continue;
                }
                Progress::Done(next) | Progress::Until(next) => next,
            };
            if this.poll_deadline(cx, next).is_pending() {
                return Poll::Pending;
            }
            this.shared.lock().begin_poll(cx);
        }
    }
}

impl<T: Conclude> Driver<T> {
    fn poll_conversation(&mut self, cx: &mut Context<'_>) {
        let Some(conversation) = &mut self.conversation else {
            return;
        };
        match catch_panic_now(|| conversation.as_mut().poll(cx)) {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(end)) => self.conclusion = Conclusion::Finished(end),
            Err(panic) => self.conclusion = Conclusion::Panicked(Box::new(panic)),
        }
        self.end_conversation();
    }

    fn end_conversation(&mut self) {
        let conversation = self.conversation.take();
        drop_conversation(conversation);
        let close = match &self.conclusion {
            Conclusion::Finished(end) => end.close(),
            Conclusion::Panicked(_) | Conclusion::Cancelled | Conclusion::Aborted => Some(internal_error()),
        };
        self.shared.lock().end_endpoint(close.as_ref());
    }

    /// Ready if a deadline has passed and what it stands for has been done.
    fn poll_deadline(&mut self, cx: &mut Context<'_>, next: Option<Instant>) -> Poll<()> {
        let Some(next) = next else {
            return Poll::Pending;
        };
        if self.timer.wakes_by(next) {
            return Poll::Pending;
        }
        let now = ready!(self.timer.poll(cx, next));
        let expired = self.shared.lock().expire(now);
        match expired {
            Expired::Endpoint => self.end_conversation(),
            Expired::Handled => {}
        }
        Poll::Ready(())
    }
}

/// Drops an endpoint, whose panic stays here.
fn drop_conversation<T>(conversation: Option<T>) {
    if let Err(panic) = catch_panic_now(|| drop(conversation)) {
        tracing::error!(panic = %logged::text(panic), "an endpoint panicked while it was dropped");
    }
}

fn internal_error() -> Close {
    Close::from(hangup_protocol::CloseCode::INTERNAL_ERROR)
}

impl<T> Drop for Driver<T> {
    /// Where the runtime stops, the endpoint is dropped here, and its panic stays here.
    fn drop(&mut self) {
        let conversation = self.conversation.take();
        drop_conversation(conversation);
        self.shared.lock().release();
    }
}
