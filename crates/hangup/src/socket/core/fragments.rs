//! Messages that are sent in fragments: one at a time, and no other message in between.

use std::task::{Context, Poll, ready};

use hangup_protocol::MessageKind;
use tokio::task::coop;

use super::{
    super::{
        environment::{Environment, Observer as _, Options as _},
        waiting::{Awaited, Ticket},
    },
    Core,
};
use crate::{
    error::{Disconnect, slow_consumer},
    settings::SlowConsumer,
};

/// A fragment that is to be sent.
pub(crate) struct Fragment<'a> {
    pub(crate) kind: MessageKind,
    pub(crate) payload: &'a [u8],
    pub(crate) is_first: bool,
    /// The length of the message, with its last fragment.
    pub(crate) whole: Option<usize>,
}

/// What the next message meets of one that is sent in fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interleaving {
    None,
    /// It waits for the last fragment.
    Wait,
    /// There will be no last fragment.
    Never,
}

impl<E: Environment> Core<E> {
    pub(super) fn interleaving(&self) -> Interleaving {
        match (self.protocol.sends_fragments(), self.has_unfinished_message) {
            (false, _) => Interleaving::None,
            (true, false) => Interleaving::Wait,
            (true, true) => Interleaving::Never,
        }
    }

    /// Waits until a fragment may be sent.
    pub(crate) fn poll_fragment(
        &mut self,
        cx: &mut Context<'_>,
        ticket: &mut Ticket,
        fragment: &Fragment<'_>,
    ) -> Poll<Result<(), Disconnect>> {
        ready!(self.poll_opened(cx, ticket));
        let mut is_blocked = fragment.is_first && self.interleaving() == Interleaving::Wait;
        if !is_blocked && self.is_full() {
            ready!(coop::poll_proceed(cx)).made_progress();
            is_blocked = !self.flush_now();
            if is_blocked && self.options.slow_consumer() == SlowConsumer::Close {
                let close = slow_consumer(self.options.overload_code());
                self.close_from_outside(&close);
            }
        }
        if let Some(over) = self.over() {
            return Poll::Ready(Err(over.clone()));
        }
        if is_blocked {
            self.poll_in_place(cx);
            if self.over().is_none() {
                self.waiting.add(Awaited::Capacity, ticket, cx);
                return Poll::Pending;
            }
        }
        Poll::Ready(self.over().map_or(Ok(()), |over| Err(over.clone())))
    }

    /// Nothing is sent behind a message that has no end.
    pub(crate) fn enqueue_fragment(&mut self, fragment: &Fragment<'_>) {
        if fragment.is_first && self.interleaving() == Interleaving::Never {
            self.drop_message();
            return;
        }
        let is_last = fragment.whole.is_some();
        let output = self.output.buffer();
        if self
            .protocol
            .send_fragment(fragment.kind, fragment.payload, is_last, output)
            .is_err()
        {
            return;
        }
        self.is_active = true;
        self.has_unsent_message = true;
        if let Some(length) = fragment.whole {
            self.observer.sent(length);
            self.release_held();
            self.waiting.wake(Awaited::Capacity);
        }
    }

    /// The writer of the fragments is gone before the last.
    pub(crate) fn abandon_fragments(&mut self) {
        self.has_unfinished_message = self.protocol.sends_fragments();
        if self.has_unfinished_message {
            self.drop_held();
        }
        self.waiting.wake(Awaited::Capacity);
    }

    pub(super) fn drop_message(&mut self) {
        self.limits().drop_messages(1);
        self.observer.dropped(1);
    }
}
