//! Frames and handshakes as bytes, and answers that repeat.

use std::io::{self, Error};

use crate::scenario::Payload;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// The accept value of that key, from RFC 6455, section 1.3.
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub fn request(port: u16, path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .into_bytes()
}

/// The length of the head of the response, when all of it is there; an error if it is no 101 with the right accept.
pub fn response_head(read: &[u8]) -> io::Result<Option<usize>> {
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&read[..end]);
    if head.starts_with("HTTP/1.1 101") && head.contains(ACCEPT) {
        return Ok(Some(end + 4));
    }
    Err(Error::other(format!(
        "the handshake failed: {}",
        head.lines().next().unwrap_or_default()
    )))
}

pub fn from_client(payload: Payload) -> Vec<u8> {
    let mut frame = head(payload, 0x80);
    frame.extend(MASK);
    frame.extend(
        payload
            .bytes()
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    frame
}

pub fn from_server(payload: Payload) -> Vec<u8> {
    let mut frame = head(payload, 0);
    frame.extend(payload.bytes());
    frame
}

fn head(payload: Payload, masked: u8) -> Vec<u8> {
    let (opcode, length) = match payload {
        Payload::Text(length) => (1, length),
        Payload::Binary(length) => (2, length),
    };
    let mut head = vec![0x80 | opcode];
    match length {
        0..=125 => head.push(masked | length as u8),
        126..=0xffff => {
            head.push(masked | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(masked | 127);
            head.extend((length as u64).to_be_bytes());
        }
    }
    head
}

/// A Close frame of a client, without a reason.
pub fn close_from_client(code: u16) -> Vec<u8> {
    let [high, low] = code.to_be_bytes();
    let mut frame = vec![0x88, 0x82];
    frame.extend(MASK);
    frame.extend([high ^ MASK[0], low ^ MASK[1]]);
    frame
}

/// One frame again and again: what is sent, or what must come.
pub struct Repeated {
    bytes: Vec<u8>,
    pub frame: usize,
}

impl Repeated {
    /// As many frames as it takes to have this many bytes from anywhere in the first one.
    pub fn new(frame: &[u8], bytes: usize) -> Self {
        Self {
            bytes: frame.repeat(bytes.div_ceil(frame.len()) + 1),
            frame: frame.len(),
        }
    }

    /// The bytes that follow after so many.
    pub fn after(&self, passed: usize, length: usize) -> &[u8] {
        let at = passed % self.frame;
        let end = (at + length).min(self.bytes.len());
        &self.bytes[at..end]
    }

    pub fn check(&self, passed: usize, read: &[u8]) -> io::Result<()> {
        if self.after(passed, read.len()) == read {
            return Ok(());
        }
        Err(Error::other("the answer is not an echo of what was sent"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_length_that_their_head_says() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let payload = Payload::Binary(length);
            let extended = match length {
                ..126 => 0,
                ..65_536 => 2,
                _ => 8,
            };
            assert_eq!(from_server(payload).len(), 2 + extended + length);
            assert_eq!(from_client(payload).len(), 6 + extended + length);
        }
    }

    #[test]
    fn what_repeats_is_checked_from_anywhere() {
        let repeated = Repeated::new(b"abc", 10);
        assert!(repeated.check(4, b"bcabca").is_ok());
        assert!(repeated.check(4, b"bcabcb").is_err());
    }
}
