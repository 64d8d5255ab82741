//! How far the closing handshake is, and how it went.

use hangup_protocol::PeerClose;
use tokio::time::Instant;

use crate::error::Manner;

/// How far the closing of a connection is. It goes on while the endpoint still runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Closing {
    /// No Close frame has been written or received.
    Not,
    /// Our Close is to be written, and the peer's awaited (RFC 6455, 7.1.2).
    Handshake { until: Instant },
    /// Nothing more is to come from the protocol: the write side is shut down (7.1.1: the server closes first).
    Shutdown { until: Instant },
    /// What still comes is read and discarded, so that no reset overtakes the Close frame.
    Drain { until: Instant },
    /// The transport is dropped.
    Done,
}

impl Closing {
    /// When the present step ends, though the peer has not done its part: the transport is dropped.
    pub(super) const fn deadline(self) -> Option<Instant> {
        match self {
            Self::Handshake { until } | Self::Shutdown { until } | Self::Drain { until } => Some(until),
            Self::Not | Self::Done => None,
        }
    }

    /// Whether both Close frames are out, or will not be.
    pub(super) const fn is_past_handshake(self) -> bool {
        match self {
            Self::Not | Self::Handshake { .. } => false,
            Self::Shutdown { .. } | Self::Drain { .. } | Self::Done => true,
        }
    }

    /// Gives the handshake until then, and no longer than to the latest time.
    pub(super) fn prolong(&mut self, until: Instant, latest: Instant) {
        if let Self::Handshake { until: present } = self {
            *present = until.min(latest);
        }
    }
}

/// How the closing handshake went after [`WebSocket::close`](crate::WebSocket::close).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    received: Option<PeerClose>,
    manner: Manner,
}

impl Closed {
    pub(super) fn new(received: Option<PeerClose>, manner: Manner) -> Self {
        Self { received, manner }
    }

    /// What the peer's Close frame said; `None` if it sent none in time.
    #[must_use]
    pub fn received(&self) -> Option<&PeerClose> {
        self.received.as_ref()
    }

    /// Whether both Close frames were exchanged, and the peer broke no rule (RFC 6455, 7.1.4).
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.manner == Manner::Clean
    }
}
