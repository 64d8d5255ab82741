//! The header of a frame (RFC 6455, 5.2).

use crate::violation::Violation;

/// What a frame is (RFC 6455, 5.2 and 11.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OpCode {
    /// 0: the next part of a message.
    Continuation = 0,
    /// 1: a text message, or its first part.
    Text = 1,
    /// 2: a binary message, or its first part.
    Binary = 2,
    /// 8: the Close frame.
    Close = 8,
    /// 9: a ping.
    Ping = 9,
    /// 10: a pong.
    Pong = 10,
}

impl OpCode {
    /// The opcode with this number, unless it is reserved.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Continuation),
            1 => Some(Self::Text),
            2 => Some(Self::Binary),
            8 => Some(Self::Close),
            9 => Some(Self::Ping),
            10 => Some(Self::Pong),
            _ => None,
        }
    }

    /// Whether it is a control frame: Close, ping or pong (5.5).
    pub const fn is_control(self) -> bool {
        self as u8 & 8 != 0
    }
}

/// What a message holds (RFC 6455, 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// UTF-8.
    Text,
    /// Any bytes.
    Binary,
}

impl From<MessageKind> for OpCode {
    fn from(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Text => Self::Text,
            MessageKind::Binary => Self::Binary,
        }
    }
}

/// The rules for the header of a frame, which depend on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRules {
    /// Whether frames must be masked (from a client), or must not be (RFC 6455, 5.1).
    pub masked: bool,
    /// Whether the first frame of a message may have RSV1 set, which permessage-deflate allows (RFC 7692, 6).
    pub rsv1: bool,
}

/// The header of a frame (RFC 6455, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Whether it is the last frame of its message.
    pub fin: bool,
    /// Whether the message is compressed (RFC 7692, 6).
    pub rsv1: bool,
    /// The opcode.
    pub opcode: OpCode,
    /// The masking key.
    pub mask: Option<[u8; 4]>,
    /// The length of the payload in bytes; under 2^63.
    pub length: u64,
}

impl FrameHeader {
    /// The most bytes that a header can have.
    pub const MAX_BYTES: usize = 14;

    /// Reads a header from the front of `bytes`: it and its length in bytes, or `None` if its end is missing.
    ///
    /// # Errors
    ///
    /// The first rule that the header violates, as soon as the bytes show it.
    #[inline]
    pub fn parse(bytes: &[u8], rules: FrameRules) -> Result<Option<(Self, usize)>, Violation> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (fin, rsv1) = (first & 0x80 != 0, first & 0x40 != 0);
        let number = first & 0x0f;
        let opcode = OpCode::new(number).ok_or(Violation::ReservedOpCode(number))?;
        // RFC 7692, 6.1: RSV1 is for the first frame of a message only.
        let may_compress = rules.rsv1 && matches!(opcode, OpCode::Text | OpCode::Binary);
        if first & 0x30 != 0 || (rsv1 && !may_compress) {
            return Err(Violation::ReservedBits);
        }
        let masked = second & 0x80 != 0;
        if masked != rules.masked {
            return Err(if masked {
                Violation::Masked
            } else {
                Violation::Unmasked
            });
        }
        let short = second & 0x7f;
        if opcode.is_control() {
            if !fin {
                return Err(Violation::FragmentedControl);
            }
            if short > 125 {
                return Err(Violation::LongControl);
            }
        }
        let (length, rest, size) = match short {
            126 => {
                let Some((length, rest)) = rest.split_first_chunk() else {
                    return Ok(None);
                };
                let length = u64::from(u16::from_be_bytes(*length));
                if length < 126 {
                    return Err(Violation::NonMinimalLength);
                }
                (length, rest, 4)
            }
            127 => {
                let Some((length, rest)) = rest.split_first_chunk() else {
                    return Ok(None);
                };
                let length = u64::from_be_bytes(*length);
                if length >> 63 != 0 {
                    return Err(Violation::LengthTopBit);
                }
                if length <= 0xffff {
                    return Err(Violation::NonMinimalLength);
                }
                (length, rest, 10)
            }
            short => (u64::from(short), rest, 2),
        };
        if !masked {
            return Ok(Some((
                Self {
                    fin,
                    rsv1,
                    opcode,
                    mask: None,
                    length,
                },
                size,
            )));
        }
        let Some(key) = rest.first_chunk() else {
            return Ok(None);
        };
        Ok(Some((
            Self {
                fin,
                rsv1,
                opcode,
                mask: Some(*key),
                length,
            },
            size + 4,
        )))
    }

    /// Appends the header to `output`, with the shortest form of the length.
    #[inline]
    pub fn write(&self, output: &mut Vec<u8>) {
        let first = u8::from(self.fin) << 7 | u8::from(self.rsv1) << 6 | self.opcode as u8;
        let mask = u8::from(self.mask.is_some()) << 7;
        match self.length {
            0..=125 => output.extend_from_slice(&[first, mask | self.length as u8]),
            126..=0xffff => {
                let [a, b] = (self.length as u16).to_be_bytes();
                output.extend_from_slice(&[first, mask | 126, a, b]);
            }
            _ => {
                let [a, b, c, d, e, f, g, h] = self.length.to_be_bytes();
                output.extend_from_slice(&[first, mask | 127, a, b, c, d, e, f, g, h]);
            }
        }
        if let Some(key) = self.mask {
            output.extend_from_slice(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CLIENT: FrameRules = FrameRules {
        masked: true,
        rsv1: false,
    };
    const SERVER: FrameRules = FrameRules {
        masked: false,
        rsv1: false,
    };
    const DEFLATE: FrameRules = FrameRules {
        masked: false,
        rsv1: true,
    };

    #[test]
    fn the_rfc_examples_are_read() {
        let (header, size) = FrameHeader::parse(b"\x81\x85\x37\xfa\x21\x3d...", CLIENT)
            .unwrap()
            .unwrap();
        assert_eq!(
            (header.fin, header.opcode, header.length, size),
            (true, OpCode::Text, 5, 6)
        );
        assert_eq!(header.mask, Some([0x37, 0xfa, 0x21, 0x3d]));
        let (header, size) = FrameHeader::parse(b"\x82\x7f\0\0\0\0\0\x01\0\0", SERVER)
            .unwrap()
            .unwrap();
        assert_eq!((header.opcode, header.length, size), (OpCode::Binary, 65536, 10));
        let (header, _) = FrameHeader::parse(b"\x01\x03Hel", SERVER).unwrap().unwrap();
        assert!(!header.fin);
    }

    #[test]
    fn broken_rules_are_named() {
        let cases: [(&[u8], FrameRules, Violation); 20] = [
            (b"\xc1\x80", CLIENT, Violation::ReservedBits),
            (b"\xa1\x80", CLIENT, Violation::ReservedBits),
            (b"\x91\x80", CLIENT, Violation::ReservedBits),
            (b"\xa1\x00", DEFLATE, Violation::ReservedBits),
            (b"\xc0\x00", DEFLATE, Violation::ReservedBits),
            (b"\xc9\x00", DEFLATE, Violation::ReservedBits),
            (b"\x83\x80", CLIENT, Violation::ReservedOpCode(3)),
            (b"\x87\x80", CLIENT, Violation::ReservedOpCode(7)),
            (b"\x8b\x80", CLIENT, Violation::ReservedOpCode(11)),
            (b"\x8f\x80", CLIENT, Violation::ReservedOpCode(15)),
            (b"\x81\x00", CLIENT, Violation::Unmasked),
            (b"\x81\x80", SERVER, Violation::Masked),
            (b"\x09\x80", CLIENT, Violation::FragmentedControl),
            (b"\x89\xfe", CLIENT, Violation::LongControl),
            (b"\x88\xff", CLIENT, Violation::LongControl),
            (b"\x81\x7e\x00\x7d", SERVER, Violation::NonMinimalLength),
            (b"\x81\x7e\x00\x00", SERVER, Violation::NonMinimalLength),
            (
                b"\x81\x7f\0\0\0\0\0\0\xff\xff",
                SERVER,
                Violation::NonMinimalLength,
            ),
            (b"\x81\x7f\x80\0\0\0\0\0\0\0", SERVER, Violation::LengthTopBit),
            (
                b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                CLIENT,
                Violation::LengthTopBit,
            ),
        ];
        for (bytes, rules, violation) in cases {
            assert_eq!(FrameHeader::parse(bytes, rules), Err(violation), "{bytes:02x?}");
        }
        assert!(FrameHeader::parse(b"\xc1\x00", DEFLATE).unwrap().unwrap().0.rsv1);
    }

    fn headers() -> impl Strategy<Value = FrameHeader> {
        let lengths = prop_oneof![0..130u64, 65530..65540u64, 0..(1u64 << 63)];
        (
            any::<bool>(),
            any::<bool>(),
            0..6usize,
            any::<Option<[u8; 4]>>(),
            lengths,
        )
            .prop_map(|(fin, rsv1, opcode, mask, length)| {
                use OpCode::*;
                let opcode = [Continuation, Text, Binary, Close, Ping, Pong][opcode];
                let data = matches!(opcode, Text | Binary);
                let control = opcode.is_control();
                let length = if control { length % 126 } else { length };
                FrameHeader {
                    fin: fin || control,
                    rsv1: rsv1 && data,
                    opcode,
                    mask,
                    length,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(header in headers()) {
            let mut bytes = b"before".to_vec();
            header.write(&mut bytes);
            let bytes = &bytes[6..];
            let rules = FrameRules { masked: header.mask.is_some(), rsv1: header.rsv1 };
            prop_assert_eq!(FrameHeader::parse(bytes, rules), Ok(Some((header, bytes.len()))));
            for end in 0..bytes.len() {
                prop_assert_eq!(FrameHeader::parse(&bytes[..end], rules), Ok(None));
            }
        }

        #[test]
        fn any_header_that_is_read_is_the_only_form(
            bytes in proptest::collection::vec(any::<u8>(), 0..20), masked: bool, rsv1: bool,
        ) {
            if let Ok(Some((header, size))) = FrameHeader::parse(&bytes, FrameRules { masked, rsv1 }) {
                let mut again = Vec::new();
                header.write(&mut again);
                prop_assert_eq!(&again[..], &bytes[..size]);
            }
        }
    }
}
