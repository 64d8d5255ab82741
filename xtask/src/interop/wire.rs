//! The bare wire: a TCP connection, frames read byte by byte, and exactly one Close frame at the end of them.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::case::{Case, Do, long_text, signed};
use super::client::{Client, Deflate, Got, Seen, in_parallel};
use super::http::{self, Response};
use crate::failure::{Result, While};

const NAME: &str = "wire";
const LIMIT: Duration = Duration::from_secs(20);
const AT_A_TIME: usize = 8;

/// The key and its answer that RFC 6455 has in section 1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ANSWER: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

pub(crate) struct Wire;

impl Client for Wire {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cannot(&self, _: &Case) -> Option<&'static str> {
        None
    }

    fn deflate(&self) -> Deflate {
        Deflate::Never("it writes frames as they are")
    }

    fn run(&mut self, address: &str, cases: &[&Case]) -> Result<Vec<Seen>> {
        Ok(in_parallel(cases, AT_A_TIME, |case| run_case(address, case)))
    }
}

fn run_case(address: &str, case: &Case) -> Result<Seen> {
    let (mut connection, response) = WireConnection::open(address, case.path, &case.headers)?;
    if response.status != 101 {
        return Ok(Seen {
            status: Some(response.status),
            headers: Some(response.headers),
            body: Some(response.body),
            ..Seen::default()
        });
    }
    connection.seen.opened = true;
    if response.header("sec-websocket-accept") != Some(ANSWER) {
        connection.seen.trouble = Some("Sec-WebSocket-Accept is not the answer to the key".into());
    }
    for step in &case.script {
        if connection.step(*step)? {
            return Ok(connection.seen);
        }
    }
    connection.read_to_the_end();
    Ok(connection.seen)
}

/// An open WebSocket.
pub(crate) struct WireConnection {
    stream: TcpStream,
    pending: Vec<u8>,
    we_closed: bool,
    deadline: Instant,
    pub(crate) seen: Seen,
}

struct Frame {
    first: u8,
    second: u8,
    payload: Vec<u8>,
}

impl WireConnection {
    pub(crate) fn open(address: &str, path: &str, headers: &[(&str, &str)]) -> Result<(Self, Response)> {
        let deadline = Instant::now() + LIMIT;
        let mut stream = http::connect(address, LIMIT)?;
        let mut request = http::upgrade(path, address, KEY);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream
            .write_all(request.as_bytes())
            .while_doing("sending the handshake")?;
        let (response, pending) = http::read_response(&mut stream)?;
        Ok((
            Self {
                stream,
                pending,
                we_closed: false,
                deadline,
                seen: Seen::default(),
            },
            response,
        ))
    }

    /// Gives `true` when the connection is gone and there is nothing more to see.
    fn step(&mut self, step: Do) -> Result<bool> {
        match step {
            Do::Text(text) => self.send(0x81, text.as_bytes()),
            Do::LongText(length) => self.send(0x81, long_text(length).as_bytes()),
            Do::Binary(bytes) => self.send(0x82, bytes),
            Do::Raw(bytes) => self.write(bytes),
            Do::Await(count) => while self.seen.messages.len() < count && self.read_one() {},
            Do::Close(code, reason) => {
                self.we_closed = true;
                self.send(
                    0x88,
                    &[&code.to_be_bytes()[..], signed(reason, NAME).as_bytes()].concat(),
                );
            }
            Do::Vanish => {
                self.stream
                    .shutdown(std::net::Shutdown::Both)
                    .while_doing("ending the connection")?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// With a mask key of zero, so that the payload stays as it is.
    fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match payload.len() {
            length @ 0..=125 => frame.push(0x80 | u8::try_from(length).unwrap_or_default()),
            length => {
                frame.push(0x80 | 127);
                frame.extend(u64::try_from(length).unwrap_or_default().to_be_bytes());
                if let Ok(short) = u16::try_from(length) {
                    frame.truncate(1);
                    frame.push(0x80 | 126);
                    frame.extend(short.to_be_bytes());
                }
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.write(&frame);
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = self.stream.write_all(bytes) {
            self.trouble(format!("writing: {error}"));
        }
    }

    fn trouble(&mut self, what: impl Into<String>) {
        self.seen.trouble.get_or_insert(what.into());
    }

    /// Sends a text to an endpoint that echoes, and waits for it to come back.
    pub(crate) fn echo(&mut self, text: &str) -> Result<()> {
        self.send(0x81, text.as_bytes());
        let came_back = self.read_one() && self.seen.messages.last() == Some(&Got::Text(text.to_owned()));
        if came_back {
            Ok(())
        } else {
            Err(format!("{text:?} did not come back").into())
        }
    }

    /// Reads until the server has ended the TCP connection.
    pub(crate) fn read_to_the_end(&mut self) {
        while self.read_one() {}
    }

    /// Reads one frame and takes note of it; `false` at the end.
    fn read_one(&mut self) -> bool {
        let Some(frame) = self.next_frame() else {
            return false;
        };
        if self.seen.close.is_some() {
            self.trouble("a frame behind the Close frame");
            return false;
        }
        if frame.second & 0x80 != 0 {
            self.trouble("a masked frame from the server");
        }
        match frame.first {
            0x81 => match String::from_utf8(frame.payload) {
                Ok(text) => self.seen.messages.push(Got::Text(text)),
                Err(_) => self.trouble("a text message that is not UTF-8"),
            },
            0x82 => self.seen.messages.push(Got::Binary(frame.payload)),
            0x88 => self.take_close(&frame.payload),
            0x89 => self.send(0x8a, &frame.payload),
            0x8a => {}
            other => self.trouble(format!("a frame that begins with {other:#04x}")),
        }
        true
    }

    fn take_close(&mut self, payload: &[u8]) {
        if payload.len() > 125 {
            self.trouble(format!("a Close frame of {} bytes", payload.len()));
        }
        let close = match payload {
            [] => (1005, String::new()),
            [_] => {
                self.trouble("a Close frame of one byte");
                (1005, String::new())
            }
            [high, low, reason @ ..] => {
                let code = u16::from_be_bytes([*high, *low]);
                if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                    self.trouble(format!("the code {code} in a Close frame"));
                }
                if std::str::from_utf8(reason).is_err() {
                    self.trouble("a reason that is not UTF-8");
                }
                (code, String::from_utf8_lossy(reason).into_owned())
            }
        };
        self.seen.close = Some(close);
        if !self.we_closed {
            self.send(0x88, payload);
        }
    }

    fn next_frame(&mut self) -> Option<Frame> {
        let head = self.take(2)?;
        let (first, second) = (head[0], head[1]);
        let length = match second & 0x7f {
            126 => self
                .take(2)?
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            127 => self
                .take(8)?
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            short => usize::from(short),
        };
        let payload = self.take(length)?;
        Some(Frame {
            first,
            second,
            payload,
        })
    }

    /// So many bytes, or `None` at the end of the stream, which is noted unless it is the proper end.
    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut buffer = [0; 16384];
        while self.pending.len() < count {
            let left = self
                .deadline
                .saturating_duration_since(Instant::now())
                .max(Duration::from_millis(1));
            let _ = self.stream.set_read_timeout(Some(left));
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    if !self.pending.is_empty() {
                        self.trouble("the stream ends within a frame");
                    } else if self.seen.close.is_none() {
                        self.trouble("the TCP connection ended without a Close frame");
                    }
                    return None;
                }
                Ok(length) => self.pending.extend(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    let what = if self.seen.close.is_some() {
                        "the end of the TCP connection"
                    } else {
                        "a Close frame"
                    };
                    self.trouble(format!("waited {} s for {what}", LIMIT.as_secs()));
                    return None;
                }
                Err(error) => {
                    self.trouble(format!("reading: {error}"));
                    return None;
                }
            }
        }
        Some(self.pending.drain(..count).collect())
    }
}
