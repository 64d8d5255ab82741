//! The connection's task: it polls the endpoint and, when that poll is over, moves the bytes.

use std::{
    future::Future,
    mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use hangup_protocol::Close;
use tokio::{
    task::coop,
    time::{Instant, Sleep, sleep_until},
};

use super::core::Shared;
use crate::{
    error::{Panic, catch_panic_now},
    logged,
    settings::deadline,
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
    /// The one timer of the connection for all its deadlines, made when the first is.
    timer: Option<Pin<Box<Sleep>>>,
    /// When an endpoint that goes on without its peer is cancelled.
    grace: Option<Instant>,
}

/// How the conversation with the peer ended for the endpoint.
pub(crate) enum Conclusion<T> {
    /// The endpoint came to its end.
    Finished(Box<T>),
    /// It panicked where no panic is expected, such as in the drop of a future.
    Panicked(Box<Panic>),
    /// It was cancelled: its peer had left, and it went on for too long.
    Cancelled,
    /// It was given up: its server had stopped, and it went on for too long.
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
            timer: None,
            grace: None,
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
            (core.set_driver(cx), mem::take(&mut core.is_starved))
        };
        if is_new_waker {
            // The timer wakes whoever has polled it last.
            this.timer = None;
        }
        if bytes_first {
            // The endpoint has used the budget of the last poll up: this time the bytes come first.
            let _ = this.poll_transport(cx, false);
            this.shared.lock().set_driver(cx);
        }
        loop {
            this.poll_conversation(cx);
            let is_starved = !bytes_first && !coop::has_budget_remaining();
            let next = match this.poll_transport(cx, is_starved) {
                Moved::Done | Moved::Aborted if this.conversation.is_none() => {
                    return Poll::Ready(mem::replace(&mut this.conclusion, Conclusion::Cancelled));
                }
                Moved::Aborted => {
                    this.conclusion = Conclusion::Aborted;
                    this.end_conversation();
                    continue;
                }
                Moved::Done => None,
                Moved::Until(deadline) => deadline,
            };
            if this.poll_deadline(cx, next).is_pending() {
                return Poll::Pending;
            }
            this.shared.lock().set_driver(cx);
        }
    }
}

/// How far the transport is.
enum Moved {
    /// Nothing more can be done before this time, unless something happens.
    Until(Option<Instant>),
    /// It is done with.
    Done,
    /// So is the endpoint.
    Aborted,
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
        if let Some(close) = close {
            self.shared.lock().close(&close);
        }
    }

    /// Writes what is unsent, reads ahead, and takes the closing on. `is_starved` says that no budget is left for it.
    fn poll_transport(&mut self, cx: &mut Context<'_>, is_starved: bool) -> Moved {
        let mut core = self.shared.lock();
        core.end_poll();
        core.is_starved = is_starved;
        if core.is_aborted {
            return Moved::Aborted;
        }
        let closed = core.poll_transport(cx);
        if core.is_closed_by_endpoint {
            self.grace = None;
        } else if self.grace.is_none() && self.conversation.is_some() && core.over().is_some() {
            self.grace = Some(deadline(core.settings.disconnect_grace));
        }
        core.settle_traffic();
        match closed {
            Poll::Ready(()) => Moved::Done,
            Poll::Pending => Moved::Until(core.deadline()),
        }
    }

    /// Ready if a deadline has passed and what it stands for has been done.
    fn poll_deadline(&mut self, cx: &mut Context<'_>, next: Option<Instant>) -> Poll<()> {
        let grace = self.grace.filter(|_| self.conversation.is_some());
        let Some(next) = next.into_iter().chain(grace).min() else {
            return Poll::Pending;
        };
        let now = ready!(self.poll_timer(cx, next));
        if grace.is_some_and(|grace| grace <= now) {
            self.end_conversation();
        } else {
            self.shared.lock().expire(now);
        }
        Poll::Ready(())
    }

    /// Waits until then. A timer that is set to an earlier time stays so: most deadlines are put off again and again,
    /// and none of them costs more than a look at the timer then.
    fn poll_timer(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<Instant> {
        let timer = match &mut self.timer {
            Some(timer) if timer.deadline() <= next => {
                if !timer.is_elapsed() {
                    return Poll::Pending;
                }
                timer
            }
            Some(timer) => {
                timer.as_mut().reset(next);
                timer
            }
            timer => timer.insert(Box::pin(sleep_until(next))),
        };
        loop {
            // Without a budget, which a peer that floods uses up.
            match pin!(coop::unconstrained(timer.as_mut())).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => {
                    let now = Instant::now();
                    if now >= next {
                        return Poll::Ready(now);
                    }
                    timer.as_mut().reset(next);
                }
            }
        }
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
        let mut core = self.shared.lock();
        if core.over().is_none() {
            core.vanish();
        }
        core.abandon_traffic();
        core.release();
    }
}
