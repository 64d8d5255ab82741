//! How a connection is closed: the code, the reason, and the two together (RFC 6455, 5.5.1 and 7.4).

mod code;
mod frame;
mod reason;

use std::fmt;

pub use code::{CloseCode, DisconnectCode, InvalidCloseCode};
pub(crate) use frame::{BodyError, parse_body, write_body};
pub use frame::{PeerClose, SentClose};
pub use reason::Reason;

/// A code and a reason that one Close frame carries (RFC 6455, 5.5.1).
///
/// Both are valid by construction: the code may be sent, and the reason has at most 123 bytes. It is also an error type,
/// so an endpoint can return it.
///
/// ```
/// use hangup_protocol::{Close, CloseCode};
///
/// let close = Close::new(CloseCode::POLICY_VIOLATION, "Session cookie missing");
/// assert_eq!(close.to_string(), "1008: Session cookie missing");
/// assert_eq!(Close::from(CloseCode::NORMAL_CLOSURE).to_string(), "1000");
/// ```
#[doc(alias = "WebSocketException")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Close {
    code: CloseCode,
    reason: Reason,
}

impl Close {
    /// A Close frame with this code and this reason. A reason over 123 bytes is cut at a character boundary.
    pub fn new(code: CloseCode, reason: impl Into<Reason>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// The same for a `'static` reason, which is not copied.
    pub const fn from_static(code: CloseCode, reason: &'static str) -> Self {
        Self {
            code,
            reason: Reason::from_static(reason),
        }
    }

    /// The code.
    pub const fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason; may be empty.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl From<CloseCode> for Close {
    /// A Close frame with this code and an empty reason.
    fn from(code: CloseCode) -> Self {
        Self {
            code,
            reason: Reason::default(),
        }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reason.is_empty() {
            self.code.fmt(f)
        } else {
            write!(f, "{}: {}", self.code, self.reason)
        }
    }
}

impl std::error::Error for Close {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_has_the_reason_only_if_there_is_one() {
        assert_eq!(
            Close::new(CloseCode::POLICY_VIOLATION, "no").to_string(),
            "1008: no"
        );
        assert_eq!(Close::from(CloseCode::POLICY_VIOLATION).to_string(), "1008");
    }

    #[test]
    fn static_and_owned_are_equal() {
        const GONE: Close = Close::from_static(CloseCode::GOING_AWAY, "bye");
        assert_eq!(GONE, Close::new(CloseCode::GOING_AWAY, String::from("bye")));
        assert_eq!(size_of::<Close>(), 32);
    }
}
