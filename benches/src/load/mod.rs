//! The load generator: one thread, epoll, and every byte of every answer compared with what it must be.

mod bytes;
mod connect;
mod echo;
mod fan_out;
mod once;
mod poller;

use std::io;

pub use bytes::{Repeated, close_from_client, from_client, from_server};
pub use connect::{Connector, Way};
pub use echo::Echo;
pub use fan_out::FanOut;
pub use once::Once;
pub use poller::{Poller, unless_blocked};

use crate::peer::Peer;
use crate::scenario::Exchange;

/// A load on one server, ready to run: connections that stay open are open already.
pub enum Load {
    Echo(Echo),
    Once(Once),
    FanOut(FanOut),
}

impl Load {
    pub fn new(exchange: Exchange, peer: &Peer, port: u16) -> io::Result<Self> {
        let way = |path| {
            if peer.is_bare() {
                Way::Bare
            } else {
                Way::WebSocket(path)
            }
        };
        Ok(match exchange {
            Exchange::Echo {
                connections,
                window,
                payload,
                ..
            } => {
                let connector = Connector::new(port, way("/echo"));
                Self::Echo(Echo::new(&connector, connections, window, payload)?)
            }
            Exchange::OneEcho { .. } => Self::Once(Once::echo(port)?),
            Exchange::Refusal { .. } => Self::Once(Once::refusal(port)?),
            Exchange::FanOut {
                connections, burst, ..
            } => Self::FanOut(FanOut::new(
                &Connector::new(port, way("/fan")),
                connections,
                burst,
            )?),
        })
    }

    /// Runs it once in full; gives the number of units.
    pub fn run(&mut self, exchange: Exchange) -> io::Result<usize> {
        match (self, exchange) {
            (Self::Echo(load), Exchange::Echo { messages, .. }) => load.run(messages),
            (Self::Once(load), Exchange::OneEcho { times } | Exchange::Refusal { times }) => load.run(times),
            (Self::FanOut(load), Exchange::FanOut { bursts, .. }) => load.run(bursts),
            _ => Err(io::Error::other("this load was made for another exchange")),
        }
    }
}
