//! `Proxy`: what stands between a node and its server, and cuts, stalls or half-opens.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crate::failure::{Result, While};

/// How soon a change is noticed by a connection on which nothing comes.
const TICK: Duration = Duration::from_millis(20);

/// What it does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Line {
    /// Bytes pass.
    Whole,
    /// Connections end, and new ones end at once.
    Cut,
    /// Connections stay, and no byte passes.
    Stalled,
    /// The server's end is closed, and the node is never told.
    HalfOpen,
}

#[derive(Default)]
struct State {
    line: AtomicU8,
    ends: AtomicBool,
}

impl State {
    fn line(&self) -> Line {
        match self.line.load(Ordering::Relaxed) {
            1 => Line::Cut,
            2 => Line::Stalled,
            3 => Line::HalfOpen,
            _ => Line::Whole,
        }
    }
}

pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub(super) fn start(server: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").while_doing("listening as a proxy")?;
        let port = listener.local_addr().while_doing("listening as a proxy")?.port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for node in listener.incoming().map_while(std::result::Result::ok) {
                if shared.ends.load(Ordering::Relaxed) {
                    break;
                }
                if shared.line() != Line::Cut {
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || connection(node, server, &shared));
                }
            }
        });
        Ok(Self { port, state })
    }

    /// Once it returns, all connections have noticed.
    pub(super) fn set(&self, line: Line) {
        self.state.line.store(line as u8, Ordering::Relaxed);
        thread::sleep(3 * TICK);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ends.store(true, Ordering::Relaxed);
        self.set(Line::Cut);
        // The listener wakes up to a last connection.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn connection(node: TcpStream, server: u16, state: &Arc<State>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else {
        return;
    };
    let (Ok(node_too), Ok(server_too)) = (node.try_clone(), server.try_clone()) else {
        return;
    };
    let shared = Arc::clone(state);
    let back = thread::spawn(move || pass(&server_too, &node_too, &shared));
    pass(&node, &server, state);
    let _ = back.join();
    let _ = server.shutdown(std::net::Shutdown::Both);
    while state.line() == Line::HalfOpen {
        // The node's end stays, and nobody answers it.
        thread::sleep(TICK);
    }
}

/// Passes bytes from one to the other until either ends.
fn pass(mut from: &TcpStream, mut to: &TcpStream, state: &State) {
    let mut buffer = vec![0; 1 << 16];
    let _ = from.set_read_timeout(Some(TICK));
    loop {
        match state.line() {
            Line::Whole => {}
            Line::Cut => break,
            Line::Stalled => {
                thread::sleep(TICK);
                continue;
            }
            // Neither end is shut down: the caller closes that of the server.
            Line::HalfOpen => return,
        }
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                if to.write_all(&buffer[..length]).is_err() {
                    break;
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    let _ = from.shutdown(std::net::Shutdown::Both);
    let _ = to.shutdown(std::net::Shutdown::Both);
}
