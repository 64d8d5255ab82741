//! A kick of many connections, of which a tenth does not answer: each that reads gets one Close frame, and all are closed
//! or cut in time.

use std::io::{self, Error, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::command_line::Options;
use crate::load::{Connector, Poller, Way, close_from_client, from_client, unless_blocked};
use crate::peer::PEERS;
use crate::scenario::Payload;
use crate::server::Server;

/// The Close frame with 4001 "session revoked".
const CLOSE: &[u8] = b"\x88\x11\x0f\xa1session revoked";
/// The time that a kick has, and what the answer may take to come.
const WITHIN: Duration = Duration::from_millis(1100);
const TIMES: usize = 3;

pub fn measure(connections: usize, options: &Options) -> io::Result<()> {
    let peer = PEERS.iter().find(|peer| peer.name == "hangup");
    let Some(peer) = peer.filter(|peer| options.peers.iter().any(|one| one.name == peer.name)) else {
        return Ok(());
    };
    for _ in 0..TIMES {
        let server = Server::start(peer, options)?;
        let kicked = kick(&server, connections)?;
        println!(
            "  {:<20} {} (closed, cut); the last Close frame after {} ms, all gone after {} ms",
            peer.title(),
            kicked.outcome,
            kicked.last_close.as_millis(),
            kicked.all.as_millis()
        );
        let silent = connections / 10;
        let expected = format!("{} {silent}", connections - silent);
        if kicked.outcome != expected || kicked.all > WITHIN {
            return Err(Error::other(format!(
                "expected are {expected} within {} ms",
                WITHIN.as_millis()
            )));
        }
    }
    Ok(())
}

struct Kicked {
    outcome: String,
    last_close: Duration,
    all: Duration,
}

fn kick(server: &Server, connections: usize) -> io::Result<Kicked> {
    let connector = Connector::new(server.port, Way::WebSocket("/tagged"));
    let mut poller = Poller::new()?;
    let silent = connections / 10;
    let mut open: Vec<TcpStream> = Vec::with_capacity(connections);
    for number in 0..connections {
        let stream = connector.open(number)?;
        if number >= silent {
            poller.add(&stream, number)?;
        }
        open.push(stream);
    }
    let mut kicker = Connector::new(server.port, Way::WebSocket("/kick")).open(0)?;
    poller.add(&kicker, connections)?;
    poller.begin();
    let begun = Instant::now();
    kicker.write_all(&from_client(Payload::Text(1)))?;
    let (mut ready, mut read) = (Vec::new(), [0; 256]);
    let mut last_close = Duration::ZERO;
    let mut heard = vec![0; connections];
    loop {
        poller.ready(&mut ready)?;
        for &id in &ready {
            if id == connections {
                let count = kicker.read(&mut read)?;
                let outcome = String::from_utf8_lossy(read.get(2..count).unwrap_or_default()).into_owned();
                if let Some(number) = (silent..connections).find(|number| heard[*number] < CLOSE.len()) {
                    return Err(Error::other(format!("connection {number} got no Close frame")));
                }
                return Ok(Kicked {
                    outcome,
                    last_close,
                    all: begun.elapsed(),
                });
            }
            let Some(count) = unless_blocked(open[id].read(&mut read))? else {
                continue;
            };
            if CLOSE.get(heard[id]..heard[id] + count) != Some(&read[..count]) {
                return Err(Error::other("something else than one Close frame was sent"));
            }
            heard[id] += count;
            if count > 0 && heard[id] == CLOSE.len() {
                last_close = begun.elapsed();
                open[id].write_all(&close_from_client(4001))?;
            }
        }
    }
}
