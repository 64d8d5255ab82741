//! Messages over connections that stay open, a fixed number in flight on each.

use std::io::{self, Error, Read, Write};
use std::net::TcpStream;

use super::bytes::{self, Repeated};
use super::connect::Connector;
use super::poller::{Poller, unless_blocked};
use crate::scenario::Payload;

const BUFFER: usize = 256 * 1024;

pub struct Echo {
    connections: Vec<Connection>,
    poller: Poller,
    window: usize,
    sent: Repeated,
    expected: Repeated,
    buffer: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    sent: usize,
    /// Asked for and not yet taken by the socket.
    unsent: usize,
    received: usize,
    waits: bool,
}

impl Echo {
    pub fn new(
        connector: &Connector,
        connections: usize,
        window: usize,
        payload: Payload,
    ) -> io::Result<Self> {
        let open = (0..connections).map(|number| connector.open(number));
        Self::over(connector, open.collect::<io::Result<_>>()?, window, payload)
    }

    /// Over connections that the connector has opened.
    pub fn over(
        connector: &Connector,
        open: Vec<TcpStream>,
        window: usize,
        payload: Payload,
    ) -> io::Result<Self> {
        let sent = bytes::from_client(payload);
        let expected = if connector.is_bare() {
            sent.clone()
        } else {
            bytes::from_server(payload)
        };
        let poller = Poller::new()?;
        for (id, stream) in open.iter().enumerate() {
            poller.add(stream, id)?;
        }
        let connection = |stream| Connection {
            stream,
            sent: 0,
            unsent: 0,
            received: 0,
            waits: false,
        };
        Ok(Self {
            connections: open.into_iter().map(connection).collect(),
            poller,
            window,
            sent: Repeated::new(&sent, window * sent.len()),
            expected: Repeated::new(&expected, BUFFER),
            buffer: vec![0; BUFFER],
        })
    }

    /// Sends so many messages in all, and is done when each is answered.
    pub fn run(&mut self, messages: usize) -> io::Result<usize> {
        self.poller.begin();
        let mut unstarted = messages;
        let mut unanswered = messages;
        for id in 0..self.connections.len() {
            let count = self.window.min(unstarted);
            unstarted -= count;
            self.send(id, count)?;
        }
        let mut ready = Vec::new();
        while unanswered > 0 {
            self.poller.ready(&mut ready)?;
            for &id in &ready {
                let answered = self.receive(id)?;
                unanswered -= answered;
                let count = answered.min(unstarted);
                unstarted -= count;
                self.send(id, count)?;
            }
        }
        Ok(messages)
    }

    /// Writes so many messages, and what is left of those before, with one system call.
    fn send(&mut self, id: usize, messages: usize) -> io::Result<()> {
        let connection = &mut self.connections[id];
        connection.unsent += messages * self.sent.frame;
        if connection.unsent > 0 {
            let bytes = self.sent.after(connection.sent, connection.unsent);
            let written = unless_blocked(connection.stream.write(bytes))?.unwrap_or(0);
            connection.sent += written;
            connection.unsent -= written;
        }
        let waits = connection.unsent > 0;
        if waits != connection.waits {
            connection.waits = waits;
            self.poller.also_writable(&connection.stream, id, waits)?;
        }
        Ok(())
    }

    /// Reads once; gives the number of answers that are complete now and were not before.
    fn receive(&mut self, id: usize) -> io::Result<usize> {
        let connection = &mut self.connections[id];
        let Some(count) = unless_blocked(connection.stream.read(&mut self.buffer))? else {
            return Ok(0);
        };
        if count == 0 {
            return Err(Error::other("the server hung up"));
        }
        self.expected.check(connection.received, &self.buffer[..count])?;
        let before = connection.received / self.expected.frame;
        connection.received += count;
        Ok(connection.received / self.expected.frame - before)
    }
}
