//! Connections that live for one exchange: handshake, an echo or a refusal, closing handshake, end of the stream.

use std::io::{self, Error, Read, Write};
use std::net::TcpStream;

use super::bytes;
use super::connect::dial;
use super::poller::{Poller, unless_blocked};
use crate::scenario::Payload;

/// How many live at a time.
const AT_ONCE: usize = 32;
const PAYLOAD: Payload = Payload::Text(125);
const NORMAL: u16 = 1000;
const REFUSED: u16 = 1008;

pub struct Once {
    port: u16,
    poller: Poller,
    request: Vec<u8>,
    frame: Vec<u8>,
    answer: Vec<u8>,
    first: Stage,
    buffer: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// The 101 is awaited; an echo follows.
    Opening,
    /// The 101 is awaited; a Close frame follows.
    OpeningRefused,
    Echo,
    /// The server's Close frame is awaited: the answer to ours.
    Answer,
    /// The same, but it comes first.
    Refusal,
    End,
}

struct Connection {
    stream: TcpStream,
    stage: Stage,
    read: Vec<u8>,
}

impl Once {
    pub fn echo(port: u16) -> io::Result<Self> {
        Self::new(port, "/echo", Stage::Opening)
    }

    pub fn refusal(port: u16) -> io::Result<Self> {
        Self::new(port, "/refused", Stage::OpeningRefused)
    }

    fn new(port: u16, path: &str, first: Stage) -> io::Result<Self> {
        Ok(Self {
            port,
            poller: Poller::new()?,
            request: bytes::request(port, path),
            frame: bytes::from_client(PAYLOAD),
            answer: bytes::from_server(PAYLOAD),
            first,
            buffer: vec![0; 4096],
        })
    }

    /// Does so many exchanges, some of them at a time.
    pub fn run(&mut self, times: usize) -> io::Result<usize> {
        self.poller.begin();
        let mut unstarted = times;
        let mut unfinished = times;
        let mut connections = Vec::new();
        while unstarted > 0 && connections.len() < AT_ONCE {
            unstarted -= 1;
            connections.push(Some(self.start(connections.len())?));
        }
        let mut ready = Vec::new();
        while unfinished > 0 {
            self.poller.ready(&mut ready)?;
            for &id in &ready {
                let Some(connection) = &mut connections[id] else {
                    continue;
                };
                if !self.step(connection)? {
                    continue;
                }
                unfinished -= 1;
                connections[id] = None;
                if unstarted > 0 {
                    unstarted -= 1;
                    connections[id] = Some(self.start(id)?);
                }
            }
        }
        Ok(times)
    }

    fn start(&self, id: usize) -> io::Result<Connection> {
        let mut stream = dial(self.port, 0)?;
        stream.set_nonblocking(true)?;
        self.poller.add(&stream, id)?;
        stream.write_all(&self.request)?;
        Ok(Connection {
            stream,
            stage: self.first,
            read: Vec::with_capacity(512),
        })
    }

    /// Whether the connection has ended, as it should.
    fn step(&mut self, connection: &mut Connection) -> io::Result<bool> {
        let Some(count) = unless_blocked(connection.stream.read(&mut self.buffer))? else {
            return Ok(false);
        };
        if count == 0 {
            if connection.stage == Stage::End {
                return Ok(true);
            }
            return Err(Error::other("the server hung up before the exchange was over"));
        }
        connection.read.extend_from_slice(&self.buffer[..count]);
        while self.advance(connection)? {}
        Ok(false)
    }

    /// Goes one stage on if all of it is there.
    fn advance(&self, connection: &mut Connection) -> io::Result<bool> {
        let Connection { stream, stage, read } = connection;
        match *stage {
            Stage::Opening | Stage::OpeningRefused => {
                let Some(end) = bytes::response_head(read)? else {
                    return Ok(false);
                };
                read.drain(..end);
                if *stage == Stage::Opening {
                    stream.write_all(&self.frame)?;
                    *stage = Stage::Echo;
                } else {
                    *stage = Stage::Refusal;
                }
            }
            Stage::Echo => {
                if read.len() < self.answer.len() {
                    return Ok(false);
                }
                if *read != self.answer {
                    return Err(Error::other("the answer is not an echo of what was sent"));
                }
                read.clear();
                stream.write_all(&bytes::close_from_client(NORMAL))?;
                *stage = Stage::Answer;
            }
            Stage::Answer | Stage::Refusal => {
                let is_refusal = *stage == Stage::Refusal;
                let code = if is_refusal { REFUSED } else { NORMAL };
                let [first, length, payload @ ..] = read.as_slice() else {
                    return Ok(false);
                };
                if payload.len() < usize::from(*length) {
                    return Ok(false);
                }
                if *first != 0x88 || !payload.starts_with(&code.to_be_bytes()) {
                    return Err(Error::other(format!("a Close frame with {code} was expected")));
                }
                read.clear();
                if is_refusal {
                    stream.write_all(&bytes::close_from_client(code))?;
                }
                *stage = Stage::End;
            }
            Stage::End if read.is_empty() => return Ok(false),
            Stage::End => return Err(Error::other("the server speaks behind its Close frame")),
        }
        Ok(true)
    }
}
