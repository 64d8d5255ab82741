//! What a subscription adds to the memory of an idle connection.

use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::command_line::Options;
use crate::load::{Connector, Way};
use crate::peer::{PEERS, Peer};
use crate::scenario::BUN;
use crate::server::Server;

const REST: Duration = Duration::from_millis(1500);

pub fn measure(connections: usize, options: &Options) -> io::Result<()> {
    println!("  {:<20} {:>12} {:>14}", "per connection", "idle", "subscribed");
    let peers = PEERS.iter().filter(|peer| {
        matches!(peer.name, "hangup" | BUN) && options.peers.iter().any(|one| one.name == peer.name)
    });
    for peer in peers.filter(|peer| Server::is_there(peer, options)) {
        let idle = one(peer, "/echo", connections, options)?;
        let subscribed = one(peer, "/fan", connections, options)?;
        println!("  {:<20} {idle:>12.0} {subscribed:>14.0}", peer.title());
    }
    Ok(())
}

fn one(peer: &Peer, path: &'static str, connections: usize, options: &Options) -> io::Result<f64> {
    let server = Server::start(peer, options)?;
    let connector = Connector::new(server.port, Way::WebSocket(path));
    let open = |count: usize| -> io::Result<Vec<TcpStream>> {
        (0..count).map(|number| connector.open(number)).collect()
    };
    // What the first connections bring into memory is code, not connections.
    drop(open(50)?);
    thread::sleep(REST);
    let before = server.resident()?;
    let _open = open(connections)?;
    thread::sleep(REST);
    Ok((server.resident()? as f64 - before as f64) / connections as f64)
}
