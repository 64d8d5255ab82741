//! epoll with deadlines.

use std::io::{self, Error};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::fd::OwnedFd;

/// After so many seconds without any answer, a measurement has failed.
pub const PATIENCE: u64 = 20;

/// A server that answers, but so slowly that it must be waiting for timers of its own, has failed too.
const LONGEST: Duration = Duration::from_secs(60);

pub struct Poller {
    epoll: OwnedFd,
    deadline: Instant,
    events: Vec<Event>,
}

impl Poller {
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            deadline: Instant::now() + LONGEST,
            events: Vec::with_capacity(1024),
        })
    }

    /// A run begins: from now on it may take its time.
    pub fn begin(&mut self) {
        self.deadline = Instant::now() + LONGEST;
    }

    pub fn add(&self, stream: &TcpStream, id: usize) -> io::Result<()> {
        Ok(epoll::add(
            &self.epoll,
            stream,
            EventData::new_u64(id as u64),
            EventFlags::IN,
        )?)
    }

    /// Starts or ends waiting for the connection to become writable.
    pub fn also_writable(&self, stream: &TcpStream, id: usize, also: bool) -> io::Result<()> {
        let flags = if also {
            EventFlags::IN | EventFlags::OUT
        } else {
            EventFlags::IN
        };
        Ok(epoll::modify(
            &self.epoll,
            stream,
            EventData::new_u64(id as u64),
            flags,
        )?)
    }

    /// The connections that are readable or writable.
    pub fn ready(&mut self, ids: &mut Vec<usize>) -> io::Result<()> {
        let patience = Timespec {
            tv_sec: PATIENCE as i64,
            tv_nsec: 0,
        };
        self.events.clear();
        let count = epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&patience))?;
        if count == 0 {
            return Err(Error::other(format!("no answer for {PATIENCE} s")));
        }
        if Instant::now() > self.deadline {
            return Err(Error::other(format!("not done in {} s", LONGEST.as_secs())));
        }
        ids.clear();
        ids.extend(self.events.iter().map(|event| event.data.u64() as usize));
        Ok(())
    }
}

/// A read or write that would block has moved nothing.
pub fn unless_blocked(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
