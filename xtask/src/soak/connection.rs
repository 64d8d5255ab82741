//! The client side of one connection, frame by frame, which checks that the server follows the protocol.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::interop::http;

/// How long a client waits for the next byte: longer than all deadlines that the soak sets.
const LIMIT: Duration = Duration::from_secs(20);

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;

/// Why a client stops.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// There are too many connections, and the server has refused correctly.
    Full,
    /// The server violated the protocol or the expectation.
    Wrong(String),
    /// The stream has ended or failed; the client decides whether that is correct.
    Gone(String),
}

impl Stop {
    pub(crate) fn wrong<T>(what: impl Into<String>) -> Result<T, Self> {
        Err(Self::Wrong(what.into()))
    }
}

pub(crate) type Step<T = ()> = Result<T, Stop>;

pub(crate) struct Frame {
    pub(crate) first: u8,
    pub(crate) payload: Vec<u8>,
}

/// An answered handshake.
pub(crate) enum Answer {
    Open(Connection),
    /// It was refused with this status.
    Http(u16),
}

pub(crate) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    /// With what code the server has closed.
    closed: Option<u16>,
    has_closed: bool,
}

/// The head of an opening handshake.
pub(crate) fn handshake(address: &str, path: &str, more: &str) -> String {
    format!("{}{more}\r\n", http::upgrade(path, address, KEY))
}

/// A TCP connection.
pub(crate) fn connect(address: &str) -> Step<TcpStream> {
    http::connect(address, LIMIT).map_err(|failure| Stop::Wrong(failure.to_string()))
}

/// The answer to a handshake that has been sent.
pub(crate) fn answer(mut stream: TcpStream) -> Step<Answer> {
    let (response, unread) =
        http::read_response(&mut stream).map_err(|failure| Stop::Gone(failure.to_string()))?;
    match response.status {
        101 => Ok(Answer::Open(Connection {
            stream,
            unread,
            closed: None,
            has_closed: false,
        })),
        503 => Err(Stop::Full),
        status => Ok(Answer::Http(status)),
    }
}

impl Connection {
    pub(crate) fn open(address: &str, path: &str) -> Step<Self> {
        let mut stream = connect(address)?;
        send(&mut stream, handshake(address, path, "").as_bytes())?;
        match answer(stream)? {
            Answer::Open(connection) => Ok(connection),
            Answer::Http(status) => Stop::wrong(format!("HTTP {status} for {path}")),
        }
    }

    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Step {
        send(&mut self.stream, bytes)
    }

    pub(crate) fn send(&mut self, first: u8, payload: &[u8]) -> Step {
        self.has_closed |= first == CLOSE;
        self.write(&frame(first, payload))
    }

    pub(crate) fn close(&mut self, code: u16, reason: &str) -> Step {
        let payload = [&code.to_be_bytes()[..], reason.as_bytes()].concat();
        self.send(CLOSE, &payload)
    }

    /// The Close frame of this end was sent with the handshake: that of the server answers it.
    pub(crate) fn expect_close(&mut self) {
        self.has_closed = true;
    }

    pub(crate) fn end_writing(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The stream, and what was read of it already.
    pub(crate) fn into_parts(self) -> (TcpStream, Vec<u8>) {
        (self.stream, self.unread)
    }

    /// Drops the connection with bytes of the server unread, for which the system sends a reset.
    pub(crate) fn reset(self) {
        let _ = self.stream.peek(&mut [0]);
    }

    /// The next message; pings are answered on the way, and a Close frame is an error.
    pub(crate) fn message(&mut self) -> Step<Frame> {
        loop {
            let frame = self.frame()?;
            match frame.first {
                TEXT | BINARY | PONG => return Ok(frame),
                CLOSE => {
                    let code = self.closed.unwrap_or_default();
                    return Err(Stop::Gone(format!("closed with {code}")));
                }
                _ => {}
            }
        }
    }

    /// Reads to the end of the stream: one Close frame with one of these codes, and nothing after it.
    pub(crate) fn end_with(&mut self, codes: &[u16]) -> Step {
        loop {
            match self.frame() {
                Ok(_) => {}
                Err(Stop::Gone(how)) => {
                    return match self.closed {
                        Some(code) if codes.contains(&code) => Ok(()),
                        Some(code) => Stop::wrong(format!("closed with {code}, not with one of {codes:?}")),
                        None => Stop::wrong(format!("no Close frame: {how}")),
                    };
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// Reads to the end of the stream, which may come anywhere, with a Close frame or without.
    pub(crate) fn end_anyhow(&mut self) -> Step {
        loop {
            match self.frame() {
                Ok(_) => {}
                Err(Stop::Gone(_)) => return Ok(()),
                Err(stop) => return Err(stop),
            }
        }
    }

    /// The next frame. A ping is answered, and a Close frame too, unless we have closed.
    fn frame(&mut self) -> Step<Frame> {
        let frame = loop {
            if let Some(frame) = take_frame(&mut self.unread)? {
                break frame;
            }
            self.read()?;
        };
        if self.closed.is_some() {
            return Stop::wrong("a frame after the Close frame");
        }
        match frame.first {
            PING => drop(self.send(PONG, &frame.payload)),
            CLOSE => {
                self.closed = Some(code_of(&frame.payload)?);
                if !self.has_closed {
                    let _ = self.send(CLOSE, &frame.payload);
                }
                if frame.payload.ends_with(b"too many connections") {
                    return Err(Stop::Full);
                }
            }
            _ => {}
        }
        Ok(frame)
    }

    fn read(&mut self) -> Step {
        let mut buffer = [0; 16384];
        let begun = Instant::now();
        match self.stream.read(&mut buffer) {
            Ok(0) if self.unread.is_empty() => Err(Stop::Gone("the stream ended".into())),
            Ok(0) => Err(Stop::Gone("the stream ended within a frame".into())),
            Ok(length) => {
                self.unread.extend(&buffer[..length]);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Stop::wrong(format!(
                    "nothing came for {} s, not even the end",
                    begun.elapsed().as_secs()
                ))
            }
            Err(error) => Err(Stop::Gone(format!("reading: {error}"))),
        }
    }
}

pub(crate) fn send(stream: &mut TcpStream, bytes: &[u8]) -> Step {
    stream
        .write_all(bytes)
        .map_err(|error| Stop::Gone(format!("writing: {error}")))
}

/// A frame with a mask key of zero, so that the payload stays as it is.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => frame.push(0x80 | length),
        (_, Ok(length)) => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// Removes a complete frame from the front. A frame that no server may send is an error.
pub(crate) fn take_frame(bytes: &mut Vec<u8>) -> Step<Option<Frame>> {
    let &[first, second, ref rest @ ..] = bytes.as_slice() else {
        return Ok(None);
    };
    if !matches!(first, TEXT | BINARY | CLOSE | PING | PONG) || second & 0x80 != 0 {
        return Stop::wrong(format!("a frame that begins with {first:#04x} {second:#04x}"));
    }
    let (more, short) = match second {
        126 => (2, 0),
        127 => (8, 0),
        short => (0, usize::from(short)),
    };
    if first >= CLOSE && second > 125 {
        return Stop::wrong("a control frame of more than 125 bytes");
    }
    let Some(extended) = rest.get(..more) else {
        return Ok(None);
    };
    let length = extended
        .iter()
        .fold(short, |sum, byte| sum << 8 | usize::from(*byte));
    if rest.len() < more + length {
        return Ok(None);
    }
    let payload = bytes.drain(..2 + more + length).skip(2 + more).collect();
    Ok(Some(Frame { first, payload }))
}

/// The code of a Close frame; 1005 if it has none.
pub(crate) fn code_of(payload: &[u8]) -> Step<u16> {
    let code = match payload {
        [] => return Ok(1005),
        [_] => return Stop::wrong("a Close frame of one byte"),
        [high, low, ..] => u16::from_be_bytes([*high, *low]),
    };
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Stop::wrong(format!("the code {code} in a Close frame"));
    }
    if std::str::from_utf8(&payload[2..]).is_err() {
        return Stop::wrong("a reason that is not UTF-8");
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bytes: &[u8]) -> Step<Option<(u8, usize)>> {
        take_frame(&mut bytes.to_vec()).map(|frame| frame.map(|frame| (frame.first, frame.payload.len())))
    }

    #[test]
    fn a_frame_is_taken_when_it_is_whole() {
        assert_eq!(taken(b"\x81\x02ab"), Ok(Some((TEXT, 2))));
        assert_eq!(taken(b"\x81\x02a"), Ok(None));
        assert_eq!(taken(b"\x82\x7e\x00"), Ok(None));
        let long = [&b"\x82\x7e\x01\x00"[..], &[7; 256]].concat();
        assert_eq!(taken(&long), Ok(Some((BINARY, 256))));
        assert_eq!(taken(&long[..259]), Ok(None));
    }

    #[test]
    fn what_a_server_may_not_send_is_wrong() {
        for bytes in [
            &b"\x81\x82"[..],
            b"\x01\x01a",
            b"\xc1\x01a",
            b"\x83\x00",
            b"\x88\x7e",
        ] {
            assert!(matches!(taken(bytes), Err(Stop::Wrong(_))), "{bytes:?}");
        }
        for payload in [&b"\x03"[..], b"\x03\xed", b"\x03\xe8\xff"] {
            assert!(matches!(code_of(payload), Err(Stop::Wrong(_))), "{payload:?}");
        }
        assert_eq!(code_of(b"\x03\xe8bye"), Ok(1000));
    }
}
