//! The connection's task: it polls the endpoint and, when that poll is over, moves the bytes.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hangup_protocol::Close;
use tokio::time::{Instant, Sleep};

use super::core::Shared;
use crate::error::{Panic, catch_panic_now};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Polls an endpoint on an open connection to its end, and takes the connection through its closing handshake.
///
/// All that was sent in one poll is written after it with one system call (a cork per poll), so nothing that
/// was sent ever waits for another `await`.
pub(crate) struct Driver<T> {
    shared: Arc<Shared>,
    conversation: Option<Boxed<Box<T>>>,
    conclude: fn(&T) -> Option<Close>,
    conclusion: Conclusion<T>,
    /// The one timer of the connection, made when the first deadline is.
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
}

impl<T> Driver<T> {
    /// `conclude` says with what Close frame a conclusion ends the connection.
    pub(crate) fn new(
        shared: Arc<Shared>,
        conversation: Boxed<Box<T>>,
        conclude: fn(&T) -> Option<Close>,
    ) -> Self {
        Self {
            shared,
            conversation: Some(conversation),
            conclude,
            conclusion: Conclusion::Cancelled,
            timer: None,
            grace: None,
        }
    }
}

impl<T: Unpin> Future for Driver<T> {
    type Output = Conclusion<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Conclusion<T>> {
        let this = &mut *self;
        this.shared.lock().set_driver(cx);
        loop {
            this.poll_conversation(cx);
            if this.poll_transport(cx).is_ready() && this.conversation.is_none() {
                return Poll::Ready(std::mem::replace(&mut this.conclusion, Conclusion::Cancelled));
            }
            if this.poll_deadline(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl<T> Driver<T> {
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
        if let Err(panic) = catch_panic_now(|| drop(conversation)) {
            tracing::error!(%panic, "an endpoint panicked while it was dropped");
        }
        let close = match &self.conclusion {
            Conclusion::Finished(end) => (self.conclude)(end),
            Conclusion::Panicked(_) | Conclusion::Cancelled => Some(internal_error()),
        };
        if let Some(close) = close {
            self.shared.lock().close(&close);
        }
    }

    /// Writes what is unsent, reads ahead, and takes the closing on: ready once the transport is done with.
    fn poll_transport(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut core = self.shared.lock();
        if core.over().is_none() {
            let _ = core.poll_flush(cx);
            core.poll_read_ahead(cx);
            // What was read may have been a ping, or the end.
            let _ = core.poll_flush(cx);
        }
        let closed = core.poll_closing(cx);
        core.settle_traffic();
        closed
    }

    /// Ready if a deadline has passed and what it stands for has been done.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let closing = {
            let core = self.shared.lock();
            if self.grace.is_none() && self.conversation.is_some() && core.over().is_some() {
                self.grace = Some(Instant::now() + core.disconnect_grace());
            }
            core.closing_deadline()
        };
        let grace = self.grace.filter(|_| self.conversation.is_some());
        let Some(next) = closing.into_iter().chain(grace).min() else {
            return Poll::Pending;
        };
        let timer = match &mut self.timer {
            Some(timer) => {
                if timer.deadline() != next {
                    timer.as_mut().reset(next);
                }
                timer
            }
            timer => timer.insert(Box::pin(tokio::time::sleep_until(next))),
        };
        // The timer takes part in tokio's budget, which a peer that floods uses up.
        if timer.as_mut().poll(cx).is_pending() && Instant::now() < next {
            return Poll::Pending;
        }
        if closing == Some(next) {
            self.shared.lock().expire_closing();
        } else {
            self.end_conversation();
        }
        Poll::Ready(())
    }
}

fn internal_error() -> Close {
    Close::from(hangup_protocol::CloseCode::INTERNAL_ERROR)
}

impl<T> Drop for Driver<T> {
    /// Where the runtime stops, the endpoint is dropped here, and its panic stays here.
    fn drop(&mut self) {
        let conversation = self.conversation.take();
        if let Err(panic) = catch_panic_now(|| drop(conversation)) {
            tracing::error!(%panic, "an endpoint panicked while it was dropped");
        }
        self.shared.lock().abandon_traffic();
    }
}
