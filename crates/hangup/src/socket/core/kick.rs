//! A kick: the connection is closed at once, ahead of what is unsent, and cut if that takes too long.

use std::task::{Context, Poll};

use hangup_protocol::Close;
use tokio::time::Instant;

use super::{
    super::{
        closing::Closing,
        environment::{Environment, Observer as _},
        opening::OpeningHandshake,
        waiting::{Awaited, Ticket},
    },
    Core,
};

/// How a connection was when it was kicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kickable {
    Open,
    /// It was closed before, and its transport is not dropped yet.
    Closing,
    /// Its transport was dropped.
    Over,
}

/// What has come of a kick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// Both Close frames were exchanged.
    Closed,
    /// The transport was dropped without, at the latest at the time that was given: the peer did not answer in time, or
    /// had vanished.
    Cut,
    /// The 101 had not been asked for: the handshake is refused, or answered and closed at once, with the code of the kick.
    Refused,
}

impl<E: Environment> Core<E> {
    /// Closes at once, from any task: what is unsent is dropped, but for the rest of a frame that is written in part,
    /// and nothing can be sent or received any more. If a Close frame was sent or received before, it stays the one.
    ///
    /// The closing handshake ends at `until`, whatever the peer takes or sends: the connection's task drops the transport
    /// then. Of several kicks the earliest time holds.
    pub(crate) fn kick(&mut self, close: &Close, until: Instant) -> Kickable {
        if matches!(self.closing, Closing::Done) {
            return Kickable::Over;
        }
        let before = match self.over {
            Some(_) => Kickable::Closing,
            None => Kickable::Open,
        };
        self.opening.refuse(close);
        let dropped = self.output.drop_frames();
        if dropped > 0 {
            self.limits().drop_messages(dropped);
            self.observer.dropped(dropped);
        }
        self.close(close);
        if self.is_accepted() {
            self.limits().cut_at(until);
        }
        if self.opening.is_open() {
            self.flush_now();
        }
        self.waiting.wake_driver();
        before
    }

    /// Waits until a kick has come to its end.
    pub(crate) fn poll_kicked(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<Removal> {
        if self.closing.is_past_handshake() {
            return Poll::Ready(if self.is_clean() {
                Removal::Closed
            } else {
                Removal::Cut
            });
        }
        if !self.is_accepted() {
            return Poll::Ready(Removal::Refused);
        }
        self.waiting.add(Awaited::Stage, ticket, cx);
        Poll::Pending
    }

    /// Drops the transport of a connection that was kicked, where its task cannot: it may be blocked in its endpoint, or
    /// have no transport yet.
    pub(crate) fn cut(&mut self) {
        if self.closing.is_past_handshake() {
            return;
        }
        self.opening = OpeningHandshake::Open;
        self.end_transport();
        self.waiting.wake_driver();
    }
}
