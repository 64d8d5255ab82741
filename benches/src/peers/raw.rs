//! The limit: a bare epoll loop that writes back the bytes that it reads, and knows nothing of WebSockets.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

const LISTENER: u64 = u64::MAX;
const BUFFER: usize = 128 * 1024;

struct Echo {
    stream: TcpStream,
    /// What the socket did not take at once.
    unsent: Vec<u8>,
}

pub fn serve() -> io::Result<()> {
    let listener = super::listener::bind()?;
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    let mut connections: HashMap<u64, Echo> = HashMap::new();
    let mut next = 0;
    let mut buffer = vec![0; BUFFER];
    let mut events = Vec::with_capacity(1024);
    loop {
        epoll::wait(&epoll, spare_capacity(&mut events), None)?;
        for event in events.drain(..) {
            let id = event.data.u64();
            if id == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    stream.set_nonblocking(true)?;
                    epoll::add(&epoll, &stream, EventData::new_u64(next), EventFlags::IN)?;
                    let unsent = Vec::new();
                    connections.insert(next, Echo { stream, unsent });
                    next += 1;
                }
                continue;
            }
            let Some(echo) = connections.get_mut(&id) else {
                continue;
            };
            let waited = !echo.unsent.is_empty();
            if echo.turn(&mut buffer).is_err() {
                connections.remove(&id);
                continue;
            }
            let waits = !echo.unsent.is_empty();
            if waits != waited {
                // Nothing more is read from a peer that does not read.
                let wanted = if waits { EventFlags::OUT } else { EventFlags::IN };
                epoll::modify(&epoll, &echo.stream, EventData::new_u64(id), wanted)?;
            }
        }
    }
}

impl Echo {
    /// One read and one write; an error when the connection is over.
    fn turn(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if !self.unsent.is_empty() {
            let sent = unless_blocked(self.stream.write(&self.unsent))?;
            self.unsent.drain(..sent);
            return Ok(());
        }
        let read = match self.stream.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        let sent = unless_blocked(self.stream.write(&buffer[..read]))?;
        self.unsent.extend_from_slice(&buffer[sent..read]);
        Ok(())
    }
}

fn unless_blocked(outcome: io::Result<usize>) -> io::Result<usize> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        outcome => outcome,
    }
}
