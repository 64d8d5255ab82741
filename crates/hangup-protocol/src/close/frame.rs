//! The body of a Close frame: the code and the reason (RFC 6455, 5.5.1).

use super::{CloseCode, DisconnectCode, Reason};

/// The content of the peer's Close frame.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeerClose {
    code: DisconnectCode,
    reason: Reason,
}

impl PeerClose {
    /// The code as received, also one that may not be sent; [`DisconnectCode::NO_STATUS`] if there was none.
    pub const fn code(&self) -> DisconnectCode {
        self.code
    }

    /// The reason; empty if there was none, and cut before the first byte that is not UTF-8.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

/// The content of our Close frame.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SentClose {
    code: DisconnectCode,
    reason: Reason,
}

impl SentClose {
    pub(crate) fn new(code: Option<CloseCode>, reason: Reason) -> Self {
        Self {
            code: code.map_or(DisconnectCode::NO_STATUS, DisconnectCode::from),
            reason,
        }
    }

    /// The code; [`DisconnectCode::NO_STATUS`] if an empty Close frame was echoed.
    pub const fn code(&self) -> DisconnectCode {
        self.code
    }

    /// The reason; may be empty.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

/// What is wrong with a Close frame's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// 5.5.1: a body is empty or begins with a two-byte code.
    OneByte,
    /// 7.4: the code may not be in a Close frame.
    IllegalCode(DisconnectCode),
    /// 5.5.1: the reason is UTF-8.
    ReasonNotUtf8,
}

/// Reads a body of at most 125 bytes: its content as far as it is readable, and its first mistake.
pub(crate) fn parse_body(body: &[u8]) -> (PeerClose, Option<BodyError>) {
    let (code, rest) = match body {
        [] => {
            return (
                PeerClose {
                    code: DisconnectCode::NO_STATUS,
                    reason: Reason::default(),
                },
                None,
            );
        }
        [_] => {
            let said = PeerClose {
                code: DisconnectCode::NO_STATUS,
                reason: Reason::default(),
            };
            return (said, Some(BodyError::OneByte));
        }
        [high, low, rest @ ..] => (DisconnectCode::from(u16::from_be_bytes([*high, *low])), rest),
    };
    let text = rest.utf8_chunks().next();
    let reason = text.as_ref().map_or("", |chunk| chunk.valid());
    let error = if code.close_code().is_none() {
        Some(BodyError::IllegalCode(code))
    } else if reason.len() < rest.len() {
        Some(BodyError::ReasonNotUtf8)
    } else {
        None
    };
    (
        PeerClose {
            code,
            reason: Reason::from(reason),
        },
        error,
    )
}

/// Writes a body: nothing, or the code and the reason.
pub(crate) fn write_body<'a>(code: Option<CloseCode>, reason: &str, space: &'a mut [u8; 125]) -> &'a [u8] {
    let Some(code) = code else { return &[] };
    let (head, tail) = space.split_at_mut(2);
    head.copy_from_slice(&code.get().to_be_bytes());
    let length = reason.len().min(tail.len());
    tail[..length].copy_from_slice(&reason.as_bytes()[..length]);
    &space[..2 + length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read() {
        let (said, error) = parse_body(b"");
        assert_eq!(
            (said.code().get(), said.reason().as_str(), error),
            (1005, "", None)
        );
        let (said, error) = parse_body(b"\x03");
        assert_eq!((said.code().get(), error), (1005, Some(BodyError::OneByte)));
        let (said, error) = parse_body(b"\x03\xf0no");
        assert_eq!(
            (said.code().get(), said.reason().as_str(), error),
            (1008, "no", None)
        );
        let (said, error) = parse_body(b"\x03\xeeno");
        assert_eq!((said.code().get(), said.reason().as_str()), (1006, "no"));
        assert_eq!(error, Some(BodyError::IllegalCode(1006.into())));
        let (said, error) = parse_body(b"\x03\xf0n\xc3");
        assert_eq!(
            (said.reason().as_str(), error),
            ("n", Some(BodyError::ReasonNotUtf8))
        );
    }

    #[test]
    fn every_code_is_judged_as_it_is_for_sending() {
        for code in 0..=u16::MAX {
            let (said, error) = parse_body(&code.to_be_bytes());
            assert_eq!(said.code(), code);
            assert_eq!(error.is_none(), CloseCode::new(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut space = [0; 125];
        assert_eq!(write_body(None, "ignored", &mut space), b"");
        let reason = Reason::from("é".repeat(70));
        let body = write_body(Some(CloseCode::TIMEOUT), &reason, &mut space);
        assert_eq!(body.len(), 124);
        let (said, error) = parse_body(body);
        assert_eq!((said.code(), said.reason(), error), (3008.into(), &reason, None));
    }
}
