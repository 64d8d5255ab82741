//! Clients of endpoints that do not receive, and clients that send when they should read.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::connection::{BINARY, Connection, PING, PONG, Step, Stop, TEXT};

/// How long a ping may be unanswered (RFC 6455, 5.5.2: "as soon as is practical").
const PONG_WITHIN: Duration = Duration::from_secs(3);

/// Says more than 64 KiB that nobody receives: its ping and its Close are answered all the same.
pub(super) fn talks_to_a_push_only_endpoint(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/ticks/ws")?;
    let count = 3 + chance.below(4);
    let length = 30_000 + chance.below(30_000) as usize;
    for _ in 0..count {
        connection.send(chance.one_of(TEXT, &[BINARY]), &vec![b'a'; length])?;
    }
    connection.send(PING, b"there?")?;
    let sent = Instant::now();
    loop {
        let frame = connection.message()?;
        match frame.first {
            PONG if frame.payload == b"there?" => break,
            PONG => return Stop::wrong("a pong that answers no ping"),
            _ if sent.elapsed() > PONG_WITHIN => {
                return Stop::wrong(format!(
                    "{count} messages of {length} bytes that nobody receives, and no pong for {} s",
                    PONG_WITHIN.as_secs()
                ));
            }
            _ => {}
        }
    }
    connection.close(4000, "enough")?;
    connection.end_with(&[4000])
}

/// Sends a message above the limit to its end before it reads: the Close frame is there for it.
pub(super) fn reads_late(address: &str, chance: &mut Chance) -> Step {
    const PIECE: usize = 16 * 1024;
    let pieces = 100 + chance.below(100);
    let mut connection = Connection::open(address, "/echo")?;
    let mut head = vec![BINARY, 0x80 | 127];
    head.extend((pieces * PIECE as u64).to_be_bytes());
    head.extend([0; 4]);
    connection.write(&head)?;
    for number in 0..pieces {
        if let Err(Stop::Gone(how)) = connection.write(&[7; PIECE]) {
            return Stop::wrong(format!(
                "no end could be read, after {number} of {pieces} pieces: {how}"
            ));
        }
        sleep(Duration::from_millis(12));
    }
    connection.end_with(&[1009])
}
