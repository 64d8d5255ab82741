//! `HubMember`: a connection as the hub sees it. The hub's only file that uses the socket's inside.

use std::{hash::Hash, ptr, sync::Arc, time::Duration};

use hangup_protocol::Close;
use tokio::time::{Instant, timeout_at};

use crate::{
    error::slow_consumer,
    socket::{Delivery, Kickable, Message, Shared},
};

/// A connection that takes part in a hub. Two are equal if they are one connection.
#[derive(Clone)]
pub(super) struct HubMember(Arc<Shared>);

/// How the closing of a member went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// With the Close frame, and the peer's answer.
    Closed,
    /// The transport was dropped before that.
    Cut,
}

impl HubMember {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Sends a message if the peer takes it at once: with at most so many bytes unsent before it, or as many as its settings
    /// say.
    pub(super) fn deliver(&self, message: &Message, bound: Option<usize>) -> Delivery {
        self.0.lock().deliver(message, bound)
    }

    /// Waits until a message can be delivered with so many bytes unsent before it, or the connection is over.
    pub(super) async fn deliverable(&self, bound: usize) {
        self.0.deliverable(bound).await;
    }

    /// Closes for slowness.
    pub(super) fn close_as_slow(&self) {
        let mut core = self.0.lock();
        let close = slow_consumer(core.settings().overload_code);
        core.close_from_outside(&close);
    }

    /// Closes or refuses with this Close, unless the connection is closed already; how it was before.
    pub(super) fn kick(&self, close: &Close) -> Kickable {
        self.0.lock().kick(close)
    }

    /// Waits until the closing handshake of a kicked member is over; cuts the transport where it is not by then.
    pub(super) async fn removed(&self, by: Instant) -> Removal {
        let is_closed = match timeout_at(by, self.0.closing_handshake()).await {
            Ok(is_clean) => is_clean || self.0.lock().is_refused(),
            Err(_) => {
                self.0.lock().cut();
                false
            }
        };
        if is_closed { Removal::Closed } else { Removal::Cut }
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
    let by = crate::settings::deadline(within);
    let (mut kicked, mut closing) = (Vec::with_capacity(members.len()), Vec::new());
    for (number, member) in members.into_iter().enumerate() {
        match member.kick(close) {
            Kickable::Open => kicked.push(member),
            Kickable::Closing => closing.push(member),
            Kickable::Over => {}
        }
        if number % BURST == BURST - 1 {
            tokio::task::yield_now().await;
        }
    }
    let (mut closed, mut cut) = (0, 0);
    for member in kicked {
        match member.removed(by).await {
            Removal::Closed => closed += 1,
            Removal::Cut => cut += 1,
        }
    }
    // They were closed for another reason, and are not to linger either.
    for member in closing {
        cut += u64::from(member.removed(by).await == Removal::Cut);
    }
    (closed, cut)
}
