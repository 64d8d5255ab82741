//! `HubMember`: a connection as the hub sees it. The hub's only file that uses the socket's inside.

use std::{hash::Hash, ptr, sync::Arc, time::Duration};

use hangup_protocol::Close;
use tokio::time::Instant;

use crate::{
    error::slow_consumer,
    socket::{Kickable, Message, PendingRemoval, Removal, Shared, SharedFrames, Undelivered},
};

/// A connection that takes part in a hub. Two are equal if they are one connection.
#[derive(Clone)]
pub(super) struct HubMember(Arc<Shared>);

/// What became of messages that were offered to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// How many were sent: the first ones.
    pub(super) sent: usize,
    /// Whether the connection is over, so that the others never will be.
    pub(super) is_over: bool,
}

impl HubMember {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Sends messages, and their frames, as far as the peer reads them at once: with at most so many bytes unsent before each, or as
    /// many as its settings say.
    pub(super) fn deliver(
        &self,
        messages: &[Message],
        frames: &SharedFrames,
        bound: Option<usize>,
    ) -> Delivery {
        let mut core = self.0.lock();
        let bound = bound.unwrap_or(core.options().write_buffer);
        let (missed, is_over) = match core.deliver(frames, bound) {
            Ok(()) => (0, false),
            Err(Undelivered::Full { missed }) => (missed, false),
            Err(Undelivered::Over) => (frames.messages(), true),
            Err(Undelivered::OwnContext) => {
                let sent = messages
                    .iter()
                    .take_while(|message| core.deliver_message(message, bound))
                    .count();
                (messages.len() - sent, core.over().is_some())
            }
        };
        Delivery {
            sent: frames.messages() - missed,
            is_over,
        }
    }

    /// The same for one message.
    pub(super) fn deliver_one(
        &self,
        message: &Message,
        frames: &SharedFrames,
        bound: Option<usize>,
    ) -> Delivery {
        self.deliver(std::slice::from_ref(message), frames, bound)
    }

    /// Waits until a message can be delivered with so many bytes unsent before it, or the connection is over.
    pub(super) async fn deliverable(&self, bound: usize) {
        self.0.deliverable(bound).await;
    }

    /// Closes for slowness.
    pub(super) fn close_as_slow(&self) {
        let mut core = self.0.lock();
        let close = slow_consumer(core.options().overload_code);
        core.close_from_outside(&close);
    }

    /// Closes or refuses with this Close, ahead of what is unsent, unless the connection is closed already; cut at that time.
    pub(super) fn kick(&self, close: &Close, until: Instant) -> PendingRemoval {
        self.0.kick(close, until)
    }
}

impl PartialEq for HubMember {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for HubMember {}

impl Hash for HubMember {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        ptr::hash(Arc::as_ptr(&self.0), state);
    }
}

/// Closes members and waits for them: how many were closed, and how many cut.
pub(super) async fn remove_all(members: Vec<HubMember>, close: &Close, within: Duration) -> (u64, u64) {
    /// How many members are kicked before other tasks may go on.
    const BURST: usize = 64;
    let until = crate::settings::deadline(within);
    let mut removals = Vec::with_capacity(members.len());
    for (number, member) in members.into_iter().enumerate() {
        let removal = member.kick(close, until);
        if removal.before() != Kickable::Over {
            removals.push(removal);
        }
        if number % BURST == BURST - 1 {
            tokio::task::yield_now().await;
        }
    }
    let (mut closed, mut cut) = (0, 0);
    for removal in removals {
        match (removal.before(), removal.await) {
            (Kickable::Open, Removal::Closed | Removal::Refused) => closed += 1,
            (Kickable::Open, Removal::Cut) => cut += 1,
            // It was closed for another reason, and is not to linger either.
            (_, Removal::Cut) => cut += 1,
            (_, Removal::Closed | Removal::Refused) => {}
        }
    }
    (closed, cut)
}
