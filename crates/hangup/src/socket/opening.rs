//! How far the opening handshake is.

use std::mem;

use hangup_protocol::Close;

/// The state of the opening handshake, and what of it waits for whoever answers the request.
#[derive(Debug)]
pub(super) enum OpeningHandshake<A, D> {
    /// The endpoint has said nothing yet.
    Waiting,
    /// The endpoint has accepted; the 101 is to be sent.
    Accepted(Box<A>),
    /// The 101 is on its way.
    Answering,
    /// The endpoint has denied with this response.
    Denied(Box<D>),
    /// The endpoint has ended without an answer: it can accept and deny no more. Its error handlers may ask for the 101.
    Unanswered,
    /// Kicked before the endpoint has accepted: whoever answers the request refuses it with this.
    Refused(Box<Close>),
    /// The 101 is out (or failed to go out, and then the connection is over).
    Open,
}

impl<A, D> OpeningHandshake<A, D> {
    pub(super) const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether the 101 is asked for and not on its way.
    pub(super) const fn is_requested(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Whether the 101 is asked for, on its way or out.
    pub(super) const fn is_accepted(&self) -> bool {
        match self {
            Self::Waiting | Self::Denied(_) | Self::Unanswered | Self::Refused(_) => false,
            Self::Accepted(_) | Self::Answering | Self::Open => true,
        }
    }

    /// Whether the endpoint may still accept or deny.
    pub(super) const fn may_accept(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    /// Whether a message of an error handler may still ask for the 101.
    pub(super) const fn may_request_refusal(&self) -> bool {
        matches!(self, Self::Waiting | Self::Unanswered)
    }

    /// Refuses in place of the endpoint, unless that has accepted.
    pub(super) fn refuse(&mut self, close: &Close) {
        if !self.is_accepted() {
            *self = Self::Refused(Box::new(close.clone()));
        }
    }

    /// With what the handshake is refused, once the connection was kicked.
    pub(super) fn refusal(&self) -> Option<&Close> {
        match self {
            Self::Refused(close) => Some(close),
            _ => None,
        }
    }

    pub(super) fn deny(&mut self, denial: D) {
        if self.may_accept() {
            *self = Self::Denied(Box::new(denial));
        }
    }

    /// The acceptance that waits for its 101; once.
    pub(super) fn take_acceptance(&mut self) -> Option<A> {
        match mem::replace(self, Self::Answering) {
            Self::Accepted(acceptance) => Some(*acceptance),
            other => {
                *self = other;
                None
            }
        }
    }

    /// The endpoint has ended: what it has denied with, if it has.
    pub(super) fn take_denial(&mut self) -> Option<D> {
        match mem::replace(self, Self::Unanswered) {
            Self::Waiting => None,
            Self::Denied(denial) => Some(*denial),
            other @ (Self::Accepted(_)
            | Self::Answering
            | Self::Unanswered
            | Self::Refused(_)
            | Self::Open) => {
                *self = other;
                None
            }
        }
    }
}
