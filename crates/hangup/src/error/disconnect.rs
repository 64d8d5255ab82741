//! The peer's leaving: what a receive or a send reports when there is nobody left to talk to.

use std::fmt;

use hangup_protocol::{DisconnectCode, Reason};

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
}

impl Disconnect {
    pub(crate) fn new(code: DisconnectCode, reason: Reason) -> Self {
        Self { code, reason }
    }

    pub(crate) fn vanished() -> Self {
        Self::new(DisconnectCode::ABNORMAL, Reason::default())
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

    /// Whether a Close frame came with it: `false` where the peer vanished (1006).
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.code != DisconnectCode::ABNORMAL
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
