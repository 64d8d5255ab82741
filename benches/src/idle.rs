//! The memory of an idle connection: resident bytes of the server, before and after many are opened.

use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::command_line::Options;
use crate::load::{Connector, Echo, Way};
use crate::peer::Peer;
use crate::scenario::Payload;
use crate::server::Server;
use crate::threads;

/// After the last exchange, until the memory is read.
const REST: Duration = Duration::from_millis(1500);

pub fn measure(connections: usize, options: &Options) -> io::Result<()> {
    threads::pin(threads::LOAD)?;
    threads::open_files(connections + 200)?;
    println!("{connections} connections, resident bytes per connection");
    println!(
        "  {:<20} {:>12} {:>22}",
        "", "after opening", "after one echo on each"
    );
    let mut failed = false;
    for peer in options.peers.iter().filter(|peer| !peer.is_bare()) {
        if !Server::is_there(peer, options) {
            println!("  {:<20} {:>12}", peer.title(), "not installed");
            continue;
        }
        match one(peer, connections, options) {
            Ok((opened, echoed)) => println!("  {:<20} {opened:>12.0} {echoed:>22.0}", peer.title()),
            Err(error) => {
                failed = true;
                println!("  {:<20} {error}", peer.title());
            }
        }
    }
    if failed {
        return Err(io::Error::other("not everything could be measured"));
    }
    Ok(())
}

fn one(peer: &Peer, connections: usize, options: &Options) -> io::Result<(f64, f64)> {
    let server = Server::start(peer, options)?;
    let connector = Connector::new(server.port, Way::WebSocket("/echo"));
    // What the first connections bring into memory is code, not connections.
    Echo::new(&connector, 50, 1, Payload::Text(125))?.run(500)?;
    thread::sleep(REST);
    let before = server.resident()?;
    let open = (0..connections).map(|number| connector.open(number));
    let open = open.collect::<io::Result<Vec<TcpStream>>>()?;
    thread::sleep(REST);
    let opened = server.resident()?;
    let mut echo = Echo::over(&connector, open, 1, Payload::Text(125))?;
    echo.run(connections)?;
    thread::sleep(REST);
    let echoed = server.resident()?;
    let per = |after: u64| (after as f64 - before as f64) / connections as f64;
    Ok((per(opened), per(echoed)))
}
