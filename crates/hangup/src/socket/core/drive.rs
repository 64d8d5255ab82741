//! Moving the bytes and keeping the deadlines: by the connection's task, or by a wait in its place.

use std::task::{Context, Poll};

use hangup_protocol::Close;
use tokio::time::Instant;

use super::{
    super::environment::{Environment, Observer as _, Options as _},
    Core,
    deadlines::Expired,
};
use crate::settings::deadline;

/// What is left of a task's budget for the bytes after a poll of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Budget {
    Left,
    /// Next time the bytes come first.
    Spent,
}

/// How far the connection is when its task has moved the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Progress {
    /// Nothing more can be done before this time, unless something happens.
    Until(Option<Instant>),
    /// The transport is done with. An endpoint that still runs is cancelled at this time.
    Done(Option<Instant>),
    /// So is the endpoint.
    Aborted,
}

impl<E: Environment> Core<E> {
    /// Notes that the connection's task begins to poll the endpoint. Whether it is another task than before.
    pub(crate) fn begin_poll(&mut self, cx: &Context<'_>) -> bool {
        self.waiting.begin_poll(cx)
    }

    /// Whether the bytes come before the endpoint this time; once.
    pub(crate) fn take_starved(&mut self) -> bool {
        std::mem::take(&mut self.is_starved)
    }

    /// The connection's task has polled the endpoint: writes what is unsent, reads ahead, and takes the closing on.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>, budget: Budget) -> Progress {
        self.end_poll();
        self.is_starved = budget == Budget::Spent;
        if self.is_aborted {
            return Progress::Aborted;
        }
        let closed = self.poll_transport(cx);
        if self.is_closed_by_endpoint || self.is_endpoint_over {
            self.grace = None;
        } else if self.grace.is_none() && self.over.is_some() {
            self.grace = Some(deadline(self.options.disconnect_grace()));
        }
        self.observer.settle(self.output.unsent());
        let next = self.deadline();
        match closed {
            Poll::Ready(()) => Progress::Done(next),
            Poll::Pending => Progress::Until(next),
        }
    }

    /// The endpoint has ended or is cancelled; it closes with this, unless a Close frame has been sent or received.
    pub(crate) fn end_endpoint(&mut self, close: Option<&Close>) {
        self.is_endpoint_over = true;
        if let Some(close) = close {
            self.close(close);
        }
    }

    /// Moves the bytes and keeps the deadlines with this waker, while the connection's task polls the endpoint and
    /// cannot: the endpoint may be blocked until this very wait is over, as in `block_on`. Whatever comes first wakes
    /// the wait; when the poll of the endpoint has returned, the connection's task goes on with its own waker.
    pub(super) fn poll_in_place(&mut self, cx: &mut Context<'_>) {
        if !self.waiting.is_polling() || self.waiting.is_driver(cx) || !self.opening.is_open() {
            return;
        }
        loop {
            let _ = self.poll_transport(cx);
            let Some(next) = self.deadline() else {
                return;
            };
            let Poll::Ready(now) = self.timer.poll(cx, next) else {
                return;
            };
            let expired = self.expire(now);
            debug_assert_eq!(
                expired,
                Expired::Handled,
                "an endpoint is not cancelled within its poll"
            );
        }
    }

    /// Writes what is unsent, reads ahead, and takes the closing on: ready when the transport is done with.
    fn poll_transport(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.over.is_none() {
            let _ = self.poll_flush(cx);
            self.poll_read_ahead(cx);
            // What was read may have been a ping, or the end.
            let _ = self.poll_flush(cx);
        }
        self.note_activity();
        self.poll_closing(cx)
    }

    /// Takes note of the messages that came and went in a poll of the connection's task.
    pub(super) fn note_activity(&mut self) {
        if std::mem::take(&mut self.is_active) && self.options.idle_timeout().is_some() {
            self.limits().touch();
        }
    }
}
