//! Violations of the protocol, and the Close frame for each (RFC 6455, 7.1.7 and 7.4.1).

use std::fmt;

use crate::close::{BodyError, Close, CloseCode, DisconnectCode};

/// A rule of the protocol, or a limit of ours, that the peer violated.
///
/// [`Display`](fmt::Display) is for the log; [`close`](Self::close) is for the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// 5.2: a reserved bit is set that no negotiated extension defines for this frame.
    ReservedBits,
    /// 5.2: opcodes 3-7 and 11-15 are reserved.
    ReservedOpCode(u8),
    /// 5.1: a client masks every frame.
    Unmasked,
    /// 5.1: a server masks no frame.
    Masked,
    /// 5.2: a length is written in as few bytes as possible.
    NonMinimalLength,
    /// 5.2: the highest bit of a length of eight bytes is 0.
    LengthTopBit,
    /// 5.5: a control frame is not fragmented.
    FragmentedControl,
    /// 5.5: a control frame has at most 125 bytes.
    LongControl,
    /// 5.4: a continuation belongs to a message that has begun.
    UnexpectedContinuation,
    /// 5.4: a message ends before the next one begins.
    ExpectedContinuation,
    /// 5.5.1: the body of a Close frame is empty or begins with a code of two bytes.
    ShortCloseBody,
    /// 7.4: this code may not be in a Close frame.
    IllegalCloseCode(DisconnectCode),
    /// 5.5.1: the reason of a Close frame is UTF-8.
    ReasonNotUtf8,
    /// 8.1: a text message is UTF-8.
    TextNotUtf8,
    /// 10.4: a message is larger than this limit, in bytes. A compressed one is larger than any compressor would make a
    /// message within the limit.
    MessageTooBig(usize),
    /// RFC 7692, 7.2.2: a compressed message is a DEFLATE stream.
    CorruptDeflate,
    /// 10.4: a message has too many empty fragments: more than its limit in bytes plus 1,024.
    TooManyFragments,
}

impl Violation {
    /// The Close frame for it: 1002, 1007 for bad data (8.1), or 1009 for too much of it (7.4.1).
    pub const fn close(&self) -> Close {
        let (code, reason) = match self {
            Self::ReservedBits => (CloseCode::PROTOCOL_ERROR, "reserved bits are set"),
            Self::ReservedOpCode(_) => (CloseCode::PROTOCOL_ERROR, "reserved opcode"),
            Self::Unmasked => (CloseCode::PROTOCOL_ERROR, "frame is not masked"),
            Self::Masked => (CloseCode::PROTOCOL_ERROR, "frame is masked"),
            Self::NonMinimalLength => (CloseCode::PROTOCOL_ERROR, "length is not minimal"),
            Self::LengthTopBit => (CloseCode::PROTOCOL_ERROR, "length is out of range"),
            Self::FragmentedControl => (CloseCode::PROTOCOL_ERROR, "control frame is fragmented"),
            Self::LongControl => (CloseCode::PROTOCOL_ERROR, "control frame is too long"),
            Self::UnexpectedContinuation => (CloseCode::PROTOCOL_ERROR, "continuation without a message"),
            Self::ExpectedContinuation => (CloseCode::PROTOCOL_ERROR, "message inside a message"),
            Self::ShortCloseBody => (CloseCode::PROTOCOL_ERROR, "close body has one byte"),
            Self::IllegalCloseCode(_) => (CloseCode::PROTOCOL_ERROR, "illegal close code"),
            Self::ReasonNotUtf8 => (CloseCode::INVALID_PAYLOAD, "close reason is not UTF-8"),
            Self::TextNotUtf8 => (CloseCode::INVALID_PAYLOAD, "text is not UTF-8"),
            Self::MessageTooBig(_) => (CloseCode::MESSAGE_TOO_BIG, "message is too big"),
            Self::CorruptDeflate => (CloseCode::INVALID_PAYLOAD, "compressed data is corrupt"),
            Self::TooManyFragments => (CloseCode::MESSAGE_TOO_BIG, "message has too many fragments"),
        };
        Close::from_static(code, reason)
    }
}

impl From<BodyError> for Violation {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::OneByte => Self::ShortCloseBody,
            BodyError::IllegalCode(code) => Self::IllegalCloseCode(code),
            BodyError::ReasonNotUtf8 => Self::ReasonNotUtf8,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedOpCode(opcode) => {
                write!(f, "the peer sent a frame with the reserved opcode {opcode}")
            }
            Self::IllegalCloseCode(code) => {
                write!(f, "the peer sent the close code {code}, which is illegal")
            }
            Self::MessageTooBig(limit) => write!(f, "the peer sent a message of more than {limit} bytes"),
            other => write!(f, "the peer broke the protocol: {}", other.close().reason()),
        }
    }
}

impl std::error::Error for Violation {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_the_figures_and_the_peer_has_not() {
        let violation = Violation::IllegalCloseCode(1006.into());
        assert!(violation.to_string().contains("1006"));
        assert_eq!(violation.close().to_string(), "1002: illegal close code");
        assert_eq!(Violation::TextNotUtf8.close().code(), 1007);
        assert_eq!(Violation::MessageTooBig(5).close().code(), 1009);
        assert!(Violation::MessageTooBig(5).to_string().contains(" 5 "));
        assert!(Violation::Unmasked.to_string().contains("not masked"));
    }
}
