//! When the last of many subscribers hears a message: with all reading, and with a hundredth that never reads.

use std::io::{self, Error, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::command_line::Options;
use crate::load::{Connector, Poller, Repeated, Way, from_client, from_server, unless_blocked};
use crate::peer::{PEERS, Peer};
use crate::rounds::Spread;
use crate::scenario::{BUN, Payload};
use crate::server::Server;

const PAYLOAD: Payload = Payload::Text(125);
/// Some times, of which the median is told.
const TIMES: usize = 25;
const BUFFER: usize = 64 * 1024;
/// What those get who never read, so that neither the system nor the server takes more for them.
const FILLING: Payload = Payload::Binary(60_000);
const FILLINGS: usize = 100;

pub fn measure(connections: usize, options: &Options) -> io::Result<()> {
    println!("  {:<20} {:>14} {:>22}", "", "all read", "1 % never read");
    let peers = PEERS.iter().filter(|peer| {
        matches!(peer.name, "hangup" | BUN) && options.peers.iter().any(|one| one.name == peer.name)
    });
    for peer in peers.filter(|peer| Server::is_there(peer, options)) {
        let all = times(peer, connections, 0, options)?;
        let some = times(peer, connections, connections / 100, options)?;
        println!(
            "  {:<20} {:>6.1} ({:.1} to {:.1}) {:>10.1} ({:.1} to {:.1})",
            peer.title(),
            all.median,
            all.min,
            all.max,
            some.median,
            some.min,
            some.max
        );
    }
    Ok(())
}

/// Milliseconds.
fn times(peer: &Peer, connections: usize, silent: usize, options: &Options) -> io::Result<Spread> {
    let server = Server::start(peer, options)?;
    let silent = silence(&server, silent)?;
    let mut room = Room::new(&server, connections - silent.len())?;
    for _ in 0..TIMES / 5 {
        room.say()?;
    }
    let times = (0..TIMES).map(|_| Ok(room.say()?.as_secs_f64() * 1000.0));
    Spread::of(times.collect::<io::Result<_>>()?).ok_or_else(|| Error::other("nothing was measured"))
}

/// Subscribers who never read, and for whom the system takes nothing more.
fn silence(server: &Server, count: usize) -> io::Result<Vec<TcpStream>> {
    let connector = Connector::new(server.port, Way::WebSocket("/silent"));
    let silent = (0..count).map(|number| connector.open(number));
    let silent = silent.collect::<io::Result<Vec<_>>>()?;
    if let Some(mut speaker) = silent.first() {
        speaker.set_nonblocking(false)?;
        for _ in 0..FILLINGS {
            speaker.write_all(&from_client(FILLING))?;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(silent)
}

struct Room {
    /// Each with the number of bytes that it has heard.
    connections: Vec<(TcpStream, usize)>,
    poller: Poller,
    message: Vec<u8>,
    expected: Repeated,
    buffer: Vec<u8>,
}

impl Room {
    fn new(server: &Server, connections: usize) -> io::Result<Self> {
        let connector = Connector::new(server.port, Way::WebSocket("/fan"));
        let poller = Poller::new()?;
        let mut open = Vec::with_capacity(connections);
        for number in 0..connections {
            let stream = connector.open(number)?;
            poller.add(&stream, number)?;
            open.push((stream, 0));
        }
        Ok(Self {
            connections: open,
            poller,
            message: from_client(PAYLOAD),
            expected: Repeated::new(&from_server(PAYLOAD), BUFFER),
            buffer: vec![0; BUFFER],
        })
    }

    /// Says one message, and waits until all have heard it.
    fn say(&mut self) -> io::Result<Duration> {
        self.poller.begin();
        let mut ready = Vec::new();
        let mut unheard = self.connections.len() * self.expected.frame;
        let begun = Instant::now();
        self.connections[0].0.write_all(&self.message)?;
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
        Ok(begun.elapsed())
    }
}
