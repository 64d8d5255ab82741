//! One connection sends in bursts, and all receive every message.

use std::io::{self, Error, Read, Write};
use std::net::TcpStream;

use super::bytes::{self, Repeated};
use super::connect::Connector;
use super::poller::{Poller, unless_blocked};
use crate::scenario::Payload;

const BUFFER: usize = 64 * 1024;
const PAYLOAD: Payload = Payload::Text(125);

pub struct FanOut {
    /// Each with the number of bytes that it has heard.
    connections: Vec<(TcpStream, usize)>,
    poller: Poller,
    burst: Vec<u8>,
    expected: Repeated,
    /// What all must hear for one burst.
    bytes_per_burst: usize,
    deliveries_per_burst: usize,
    buffer: Vec<u8>,
}

impl FanOut {
    pub fn new(connector: &Connector, connections: usize, burst: usize) -> io::Result<Self> {
        let poller = Poller::new()?;
        let mut open = Vec::with_capacity(connections);
        for number in 0..connections {
            let stream = connector.open(number)?;
            poller.add(&stream, number)?;
            open.push((stream, 0));
        }
        let expected = Repeated::new(&bytes::from_server(PAYLOAD), BUFFER);
        Ok(Self {
            connections: open,
            poller,
            burst: bytes::from_client(PAYLOAD).repeat(burst),
            bytes_per_burst: connections * burst * expected.frame,
            deliveries_per_burst: connections * burst,
            expected,
            buffer: vec![0; BUFFER],
        })
    }

    /// Speaks so many bursts, each when all have heard the one before; gives the number of deliveries.
    pub fn run(&mut self, bursts: usize) -> io::Result<usize> {
        self.poller.begin();
        let mut ready = Vec::new();
        for _ in 0..bursts {
            self.connections[0].0.write_all(&self.burst)?;
            let mut unheard = self.bytes_per_burst;
            while unheard > 0 {
                self.poller.ready(&mut ready)?;
                for &id in &ready {
                    let (stream, heard) = &mut self.connections[id];
                    let Some(count) = unless_blocked(stream.read(&mut self.buffer))? else {
                        continue;
                    };
                    if count == 0 || count > unheard {
                        return Err(Error::other(
                            "the server hung up, or says more than was said to it",
                        ));
                    }
                    self.expected.check(*heard, &self.buffer[..count])?;
                    *heard += count;
                    unheard -= count;
                }
            }
        }
        Ok(bursts * self.deliveries_per_burst)
    }
}
