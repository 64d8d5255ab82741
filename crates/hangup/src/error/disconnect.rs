//! The peer's leaving: what a receive or a send reports when there is nobody left to talk to.

use std::fmt;

use hangup_protocol::{DisconnectCode, Reason, Side};

/// The connection is over, and this is how it ended: not an error of the endpoint.
///
/// An endpoint that passes it on with `?` ends, and nothing is logged as an error.
///
/// `code` is what the peer's Close frame said (1005 where it held none), 1006 where the peer vanished
/// without one, or the code that this side sent because the peer broke the protocol or because the
/// connection was closed from elsewhere (RFC 6455, section 7.1.5).
#[doc(alias = "WebSocketDisconnect")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disconnect {
    code: DisconnectCode,
    reason: Reason,
    initiator: Option<Side>,
    manner: Manner,
}

/// Whether a connection has ended as RFC 6455, 7.1.4 calls clean: both Close frames were exchanged, and the peer broke no
/// rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Clean,
    Unclean,
}

impl Disconnect {
    pub(crate) fn new(code: DisconnectCode, reason: Reason, initiator: Option<Side>, manner: Manner) -> Self {
        Self {
            code,
            reason,
            initiator,
            manner,
        }
    }

    pub(crate) fn vanished() -> Self {
        Self::new(DisconnectCode::ABNORMAL, Reason::default(), None, Manner::Unclean)
    }

    /// The close code: any number that the peer sent, or 1005 or 1006.
    #[must_use]
    pub fn code(&self) -> DisconnectCode {
        self.code
    }

    /// The reason that came with the code; empty where there was none.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who closed first: [`Side::Peer`] where the peer's Close frame came before ours was sent, [`Side::Local`] where this
    /// side closed, also because the peer broke the protocol, `None` where the peer vanished (1006).
    #[must_use]
    pub fn initiator(&self) -> Option<Side> {
        self.initiator
    }

    /// Whether both Close frames were exchanged and the peer broke no rule (RFC 6455, section 7.1.4), as far as that is
    /// known when the endpoint learns of the end: `true` where the peer closed, `false` where it vanished or broke the
    /// protocol, and where this side closed first, as the peer has not answered yet. How that goes on is in the event of
    /// the connection, and for the endpoint that closes in [`Closed::is_clean`](crate::close::Closed::is_clean).
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.manner == Manner::Clean
    }
}

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connection is closed: {}", self.code)?;
        if !self.reason.is_empty() {
            write!(f, " {:?}", &*self.reason)?;
        }
        Ok(())
    }
}

impl std::error::Error for Disconnect {}
