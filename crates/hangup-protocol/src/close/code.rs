//! Close codes: those that may be sent, and those that a connection can end with (RFC 6455, 7.4).

use std::fmt;
use std::num::NonZeroU16;

/// Whether a Close frame may carry this code, in either direction.
///
/// RFC 6455, 7.4.1: 1004 is reserved; 1005, 1006 and 1015 must not be set by an endpoint. 7.4.2: 0-999 are not
/// used; 1000-2999 are for the protocol, of which 1000-1003 and 1007-1011 are defined by the RFC and 1012-1014
/// by IANA's registry; 3000-3999 are for libraries and frameworks, 4000-4999 for private use.
const fn is_on_the_wire(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// A close code that may be sent: 1000-1003, 1007-1014 or 3000-4999 (RFC 6455, 7.4).
///
/// ```
/// use hangup_protocol::CloseCode;
///
/// const ROOM_FULL: CloseCode = CloseCode::of::<4001>();
/// assert_eq!(ROOM_FULL.get(), 4001);
/// assert!(CloseCode::new(1006).is_err());
/// ```
///
/// A literal that may not be sent does not compile:
///
/// ```compile_fail,E0080
/// let _ = hangup_protocol::CloseCode::of::<1006>();
/// ```
///
/// ```compile_fail,E0080
/// const RESERVED: hangup_protocol::CloseCode = match hangup_protocol::CloseCode::new(1005) {
///     Ok(code) => code,
///     Err(_) => panic!("1005 may not be sent"),
/// };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(NonZeroU16);

impl CloseCode {
    /// 1000: the purpose for which the connection was made has been fulfilled.
    #[doc(alias = "WS_1000_NORMAL_CLOSURE")]
    pub const NORMAL_CLOSURE: Self = Self::of::<1000>();
    /// 1001: the endpoint goes away: a server shuts down, or a browser leaves the page.
    #[doc(alias = "WS_1001_GOING_AWAY")]
    pub const GOING_AWAY: Self = Self::of::<1001>();
    /// 1002: the peer violated the protocol.
    #[doc(alias = "WS_1002_PROTOCOL_ERROR")]
    pub const PROTOCOL_ERROR: Self = Self::of::<1002>();
    /// 1003: data of a kind that the endpoint cannot accept.
    #[doc(alias = "WS_1003_UNSUPPORTED_DATA")]
    pub const UNSUPPORTED_DATA: Self = Self::of::<1003>();
    /// 1007: the content of a message does not fit its type, such as text that is not UTF-8.
    #[doc(alias = "WS_1007_INVALID_FRAME_PAYLOAD_DATA")]
    pub const INVALID_PAYLOAD: Self = Self::of::<1007>();
    /// 1008: a message violates the policy of the endpoint; also the code if no other fits.
    #[doc(alias = "WS_1008_POLICY_VIOLATION")]
    pub const POLICY_VIOLATION: Self = Self::of::<1008>();
    /// 1009: a message is too big to be processed.
    #[doc(alias = "WS_1009_MESSAGE_TOO_BIG")]
    pub const MESSAGE_TOO_BIG: Self = Self::of::<1009>();
    /// 1010: the client expected an extension that the server did not negotiate. Servers do not send it.
    #[doc(alias = "WS_1010_MANDATORY_EXT")]
    pub const MANDATORY_EXTENSION: Self = Self::of::<1010>();
    /// 1011: the server met an unexpected condition.
    #[doc(alias = "WS_1011_INTERNAL_ERROR")]
    pub const INTERNAL_ERROR: Self = Self::of::<1011>();
    /// 1012: the service restarts (IANA registry).
    ///
    /// Some clients do not know it. libwebsockets, faye, Qt, Tomcat and WebKitGTK answer each of 1012, 1013 and 1014 with
    /// 1002, or end without a Close frame; they report 1002 or 1006 (some with the reason). Older .NET aborts. Most
    /// libraries and all browsers except WebKitGTK know it. All clients know [`GOING_AWAY`](Self::GOING_AWAY).
    #[doc(alias = "WS_1012_SERVICE_RESTART")]
    pub const SERVICE_RESTART: Self = Self::of::<1012>();
    /// 1013: the service is overloaded, come back later (IANA registry).
    ///
    /// The clients that do not know [`SERVICE_RESTART`](Self::SERVICE_RESTART) do not know it either.
    #[doc(alias = "WS_1013_TRY_AGAIN_LATER")]
    pub const TRY_AGAIN_LATER: Self = Self::of::<1013>();
    /// 1014: a gateway got an invalid answer from the server behind it (IANA registry).
    ///
    /// Avoid it: in addition to the clients that do not know [`SERVICE_RESTART`](Self::SERVICE_RESTART), tungstenite and
    /// others answer it with 1002. All clients know [`INTERNAL_ERROR`](Self::INTERNAL_ERROR).
    #[doc(alias = "WS_1014_BAD_GATEWAY")]
    pub const BAD_GATEWAY: Self = Self::of::<1014>();
    /// 3000: the client is not authenticated, as HTTP 401 (IANA registry).
    pub const UNAUTHORIZED: Self = Self::of::<3000>();
    /// 3003: the client is not authorized, as HTTP 403 (IANA registry).
    pub const FORBIDDEN: Self = Self::of::<3003>();
    /// 3008: the client took too long, as HTTP 408 (IANA registry).
    pub const TIMEOUT: Self = Self::of::<3008>();

    /// The code with this number.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] if a Close frame may not carry the number.
    pub const fn new(code: u16) -> Result<Self, InvalidCloseCode> {
        match NonZeroU16::new(code) {
            Some(number) if is_on_the_wire(code) => Ok(Self(number)),
            _ => Err(InvalidCloseCode(code as i64)),
        }
    }

    /// The code with a number that is known at compile time; an illegal one does not compile.
    pub const fn of<const CODE: u16>() -> Self {
        const {
            match Self::new(CODE) {
                Ok(code) => code,
                Err(_) => {
                    panic!(
                        "this close code may not be sent: use 1000-1003, 1007-1014 or 3000-4999 (RFC 6455, 7.4)"
                    )
                }
            }
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.get()
    }
}

impl PartialEq<u16> for CloseCode {
    fn eq(&self, other: &u16) -> bool {
        self.get() == *other
    }
}

impl TryFrom<u16> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: u16) -> Result<Self, InvalidCloseCode> {
        Self::new(code)
    }
}

impl TryFrom<i64> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: i64) -> Result<Self, InvalidCloseCode> {
        u16::try_from(code)
            .map_err(|_| InvalidCloseCode(code))
            .and_then(Self::new)
    }
}

impl TryFrom<i32> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: i32) -> Result<Self, InvalidCloseCode> {
        Self::try_from(i64::from(code))
    }
}

impl TryFrom<u32> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: u32) -> Result<Self, InvalidCloseCode> {
        Self::try_from(i64::from(code))
    }
}

/// A number that may not be sent as a close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCloseCode(i64);

impl InvalidCloseCode {
    /// The number that was refused.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for InvalidCloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "close code {} may not be sent (1000-1003, 1007-1014 and 3000-4999 may)",
            self.0
        )
    }
}

impl std::error::Error for InvalidCloseCode {}

/// The code that a connection ended with: any number that a peer sent, or a code that is only reported locally.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisconnectCode(u16);

impl DisconnectCode {
    /// 1005: the peer's Close frame had no code; never on the wire.
    #[doc(alias = "WS_1005_NO_STATUS_RCVD")]
    pub const NO_STATUS: Self = Self(1005);
    /// 1006: the connection ended without a Close frame; never on the wire.
    #[doc(alias = "WS_1006_ABNORMAL_CLOSURE")]
    pub const ABNORMAL: Self = Self(1006);
    /// 1015: the TLS handshake failed; never on the wire.
    #[doc(alias = "WS_1015_TLS_HANDSHAKE")]
    pub const TLS_HANDSHAKE: Self = Self(1015);

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The same as a code that may be sent, if it is one.
    pub const fn close_code(self) -> Option<CloseCode> {
        match CloseCode::new(self.0) {
            Ok(code) => Some(code),
            Err(_) => None,
        }
    }
}

impl fmt::Display for DisconnectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for DisconnectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DisconnectCode({})", self.0)
    }
}

impl From<u16> for DisconnectCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl From<CloseCode> for DisconnectCode {
    fn from(code: CloseCode) -> Self {
        Self(code.get())
    }
}

impl From<DisconnectCode> for u16 {
    fn from(code: DisconnectCode) -> Self {
        code.0
    }
}

impl PartialEq<u16> for DisconnectCode {
    fn eq(&self, other: &u16) -> bool {
        self.0 == *other
    }
}

impl PartialEq<CloseCode> for DisconnectCode {
    fn eq(&self, other: &CloseCode) -> bool {
        self.0 == other.get()
    }
}

impl PartialEq<DisconnectCode> for CloseCode {
    fn eq(&self, other: &DisconnectCode) -> bool {
        self.get() == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455, 7.4.1 and 7.4.2, and IANA's registry, written as ranges that cover every number once.
    const TABLE: [(u16, u16, bool); 10] = [
        (0, 999, false),      // not used
        (1000, 1003, true),   // 7.4.1
        (1004, 1004, false),  // reserved
        (1005, 1006, false),  // never in a Close frame
        (1007, 1011, true),   // 7.4.1
        (1012, 1014, true),   // IANA
        (1015, 1015, false),  // never in a Close frame
        (1016, 2999, false),  // for future versions
        (3000, 4999, true),   // registered with IANA, and private
        (5000, 65535, false), // no meaning
    ];

    #[test]
    fn all_codes_follow_the_table() {
        let mut next = 0u32;
        for (first, last, legal) in TABLE {
            assert_eq!(u32::from(first), next);
            for code in first..=last {
                assert_eq!(CloseCode::new(code).is_ok(), legal, "{code}");
                assert_eq!(CloseCode::try_from(i64::from(code)).is_ok(), legal, "{code}");
                assert_eq!(DisconnectCode::from(code).close_code().is_some(), legal, "{code}");
                if let Ok(valid) = CloseCode::new(code) {
                    assert_eq!((valid.get(), valid.to_string()), (code, code.to_string()));
                }
            }
            next = u32::from(last) + 1;
        }
        assert_eq!(next, 65536);
    }

    #[test]
    fn numbers_outside_of_two_bytes_are_refused_with_themselves() {
        for number in [-1i64, 65536, 66536, i64::MIN, i64::MAX] {
            assert_eq!(CloseCode::try_from(number), Err(InvalidCloseCode(number)));
        }
        assert_eq!(CloseCode::try_from(1000 + 65536), Err(InvalidCloseCode(66536)));
        assert_eq!(InvalidCloseCode(7).to_string().find('7'), Some(11));
    }

    #[test]
    fn an_optional_code_costs_nothing() {
        assert_eq!(size_of::<Option<CloseCode>>(), 2);
    }

    #[test]
    fn codes_compare_across_types() {
        assert_eq!(DisconnectCode::from(1008), CloseCode::POLICY_VIOLATION);
        assert_eq!(DisconnectCode::NO_STATUS, 1005);
        assert_eq!(CloseCode::TIMEOUT, 3008);
        assert_ne!(CloseCode::TIMEOUT, DisconnectCode::ABNORMAL);
    }
}
