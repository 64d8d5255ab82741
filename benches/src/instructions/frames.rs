//! The frames of each case, masked as a client masks them.

/// How many messages arrive with one read.
pub(crate) const BURST: usize = 16;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What arrives with one read, and how many bytes answer it.
pub(crate) fn of(case: &str) -> Option<(Vec<u8>, usize)> {
    let (message, answer) = match case {
        "text-125" => (frame(0x81, 125), 2 + 125),
        "text-4096" => (frame(0x81, 4096), 4 + 4096),
        "binary-4096" => (frame(0x82, 4096), 4 + 4096),
        "fragments-125" => ([frame(0x01, 60), frame(0x80, 65)].concat(), 2 + 125),
        _ => return None,
    };
    Some((message.repeat(BURST), answer * BURST))
}

pub(crate) fn frame(first: u8, length: u16) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(length) {
        Ok(short @ 0..=125) => frame.push(0x80 | short),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend(MASK);
    let payload = (b'a'..=b'z').cycle().take(length.into());
    frame.extend(payload.zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A Close frame with 1000.
pub(crate) fn close() -> Vec<u8> {
    let code = [0x03 ^ MASK[0], 0xe8 ^ MASK[1]];
    [[0x88, 0x80 | 2].as_slice(), &MASK, &code].concat()
}
