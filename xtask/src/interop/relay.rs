//! A TCP relay in front of the tour: it counts what was negotiated, and can merge all that the server sends into one
//! segment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::http;
use crate::failure::{Result, While};

/// Bytes are held back no longer than this, and a connection lives no longer than the other.
const HOLD: Duration = Duration::from_secs(3);
const LIFE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Passing {
    AsItComes,
    /// The server's bytes are held until its Close frame has come, and then written at once.
    Merged,
}

/// What has passed: opening handshakes that were completed, those with permessage-deflate, those that were merged. Of
/// bytes that pass as they come, a handshake counts whose first frame is no Close frame: a refusal agrees on nothing.
#[derive(Default)]
struct Counts {
    completed: AtomicUsize,
    deflated: AtomicUsize,
    merged: AtomicUsize,
    ends: AtomicBool,
}

pub(super) struct Relay {
    pub(super) address: String,
    counts: Arc<Counts>,
}

impl Relay {
    pub(super) fn start(server: &str, passing: Passing) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").while_doing("listening as a relay")?;
        let address = listener
            .local_addr()
            .while_doing("listening as a relay")?
            .to_string();
        let counts = Arc::new(Counts::default());
        let (server, shared) = (server.to_owned(), Arc::clone(&counts));
        thread::spawn(move || {
            for client in listener.incoming().map_while(std::result::Result::ok) {
                if shared.ends.load(Ordering::Relaxed) {
                    break;
                }
                let (server, counts) = (server.clone(), Arc::clone(&shared));
                // What goes wrong here the client sees as an end without a Close frame.
                thread::spawn(move || drop(connection(client, &server, passing, &counts)));
            }
        });
        Ok(Self { address, counts })
    }

    pub(super) fn completed(&self) -> usize {
        self.counts.completed.load(Ordering::Relaxed)
    }

    pub(super) fn deflated(&self) -> usize {
        self.counts.deflated.load(Ordering::Relaxed)
    }

    pub(super) fn merged(&self) -> usize {
        self.counts.merged.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.counts.ends.store(true, Ordering::Relaxed);
        // The listener wakes up to a last connection.
        drop(TcpStream::connect(&self.address));
    }
}

fn connection(client: TcpStream, server: &str, passing: Passing, counts: &Counts) -> std::io::Result<()> {
    let Ok(server) = http::connect(server, LIFE) else {
        return Ok(());
    };
    client.set_nodelay(true)?;
    client.set_read_timeout(Some(LIFE))?;
    client.set_write_timeout(Some(LIFE))?;
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || copy(from_client, to_server));
    let mut held = Held::default();
    let until = Instant::now() + HOLD;
    let mut from_server = server.try_clone()?;
    let mut buffer = [0; 16384];
    while !held.is_enough(passing) {
        let left = until
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1));
        from_server.set_read_timeout(Some(if held.has_head() { left } else { LIFE }))?;
        match from_server.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => held.take(&buffer[..length]),
        }
    }
    (&client).write_all(&held.bytes)?;
    from_server.set_read_timeout(Some(LIFE))?;
    if passing == Passing::AsItComes && held.is_completed() && held.first_frame().is_none() {
        let length = from_server.read(&mut buffer)?;
        (&client).write_all(&buffer[..length])?;
        held.take(&buffer[..length]);
    }
    counts.take(&held, passing);
    copy(from_server, client);
    Ok(())
}

impl Counts {
    fn take(&self, held: &Held, passing: Passing) {
        let count = |counter: &AtomicUsize, holds: bool| {
            counter.fetch_add(usize::from(holds), Ordering::Relaxed);
        };
        let is_counted = held.is_completed()
            && (passing == Passing::Merged || held.first_frame().is_some_and(|first| first & 0x0f != 8));
        count(&self.completed, is_counted);
        count(
            &self.deflated,
            is_counted && held.head().contains("permessage-deflate"),
        );
        count(
            &self.merged,
            passing == Passing::Merged && held.is_completed() && held.has_close(),
        );
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

/// The server's bytes from the first on.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    head: Option<usize>,
}

impl Held {
    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n");
        self.head = end.map(|at| at + 4);
    }

    const fn has_head(&self) -> bool {
        self.head.is_some()
    }

    fn head(&self) -> String {
        let head = &self.bytes[..self.head.unwrap_or_default()];
        String::from_utf8_lossy(head).to_ascii_lowercase()
    }

    /// The first byte of the first frame.
    fn first_frame(&self) -> Option<u8> {
        self.bytes.get(self.head?).copied()
    }

    fn is_completed(&self) -> bool {
        self.head().starts_with("http/1.1 101 ")
    }

    fn is_enough(&self, passing: Passing) -> bool {
        self.has_head() && (passing == Passing::AsItComes || !self.is_completed() || self.has_close())
    }

    /// Whether a whole Close frame is among the frames behind the head, none of which is masked.
    fn has_close(&self) -> bool {
        let mut rest = &self.bytes[self.head.unwrap_or(self.bytes.len())..];
        while let [first, second, after @ ..] = rest {
            let (size, width) = match second & 0x7f {
                126 => (None, 2),
                127 => (None, 8),
                short => (Some(usize::from(short)), 0),
            };
            let Some((extended, payload)) = after.split_at_checked(width) else {
                return false;
            };
            let size =
                size.unwrap_or_else(|| extended.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)));
            let Some((_, next)) = payload.split_at_checked(size) else {
                return false;
            };
            if first & 0x0f == 8 {
                return true;
            }
            rest = next;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    #[test]
    fn bytes_are_held_until_the_close_frame_is_whole() {
        let mut held = Held::default();
        held.take(HEAD);
        assert!(held.is_enough(Passing::AsItComes));
        for part in [
            &b"\x81\x02hi"[..],
            b"\x81\x7e\0\x81",
            &[b'x'; 129],
            b"\x88\x04\x03\xf0",
        ] {
            held.take(part);
            assert!(!held.is_enough(Passing::Merged));
        }
        held.take(b"no");
        assert!(held.is_enough(Passing::Merged));
    }

    #[test]
    fn a_refusal_by_http_is_not_held() {
        let mut held = Held::default();
        held.take(b"HTTP/1.1 403 Forbidden\r\n\r\n");
        assert!(held.is_enough(Passing::Merged) && !held.is_completed());
    }
}
