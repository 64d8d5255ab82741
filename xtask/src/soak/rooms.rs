//! Clients of the soak in rooms of the hub: they publish, listen, kick and are kicked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::connection::{Connection, Step, Stop, TEXT, frame};
use crate::interop::http;

/// How many kicks were answered.
static KICKS: AtomicU64 = AtomicU64::new(0);

pub(super) fn kicks() -> u64 {
    KICKS.load(Ordering::Relaxed)
}

fn name(chance: &mut Chance) -> String {
    format!("{:016x}", chance.next())
}

/// Hears itself in order, in a room with others that speak.
pub(super) fn speaks_in_a_room(address: &str, chance: &mut Chance) -> Step {
    let name = name(chance);
    let path = format!("/rooms/soak{}/ws?name={name}", chance.below(8));
    let mut connection = Connection::open(address, &path)?;
    let count = 1 + chance.below(10);
    for number in 0..count {
        connection.send(TEXT, number.to_string().as_bytes())?;
    }
    for number in 0..count {
        loop {
            let heard = connection.message()?.payload;
            if heard.strip_prefix(name.as_bytes()).is_none() {
                continue;
            }
            if heard != format!("{name}: {number}").as_bytes() {
                return Stop::wrong(format!("{} in place of {number}", heard.escape_ascii()));
            }
            break;
        }
    }
    connection.close(1000, "")?;
    connection.end_with(&[1000])
}

fn kick(address: &str, query: &str) -> Step<String> {
    let begun = Instant::now();
    loop {
        match http::post(address, &format!("/kick?{query}")) {
            Ok(response) if response.status == 200 => {
                KICKS.fetch_add(1, Ordering::Relaxed);
                return Ok(response.body);
            }
            // There are too many connections for one more request.
            _ if begun.elapsed() < Duration::from_secs(3) => std::thread::sleep(Duration::from_millis(50)),
            Ok(response) => return Stop::wrong(format!("HTTP {} for a kick", response.status)),
            Err(_) => return Err(Stop::Full),
        }
    }
}

/// Is closed with the code of its kick, and nothing else.
pub(super) fn is_kicked(address: &str, chance: &mut Chance) -> Step {
    let name = name(chance);
    let mut connection = Connection::open(address, &format!("/rooms/kicked/ws?name={name}"))?;
    // What it says comes back only when it carries its tag.
    connection.send(TEXT, b"here")?;
    while !connection.message()?.payload.starts_with(name.as_bytes()) {}
    let code = chance.one_of(4001, &[1008, 3000, 4999]);
    let (address, query) = (
        address.to_owned(),
        format!("name={name}&code={code}&reason=kicked"),
    );
    let kicking = std::thread::spawn(move || kick(&address, &query));
    let ended = connection.end_with(&[code]);
    match kicking.join() {
        Ok(Ok(answer)) if answer.starts_with("{\"closed\":1,\"cut\":0") => ended,
        Ok(Ok(answer)) => Stop::wrong(format!("a kick of one gave {answer}")),
        Ok(Err(stop)) => Err(stop),
        Err(_) => Stop::wrong("the kicking thread panicked"),
    }
}

/// Comes while a kick is in force.
pub(super) fn comes_while_it_is_blocked(address: &str, chance: &mut Chance) -> Step {
    let name = name(chance);
    kick(address, &format!("name={name}&code=4003&block=20"))?;
    Connection::open(address, &format!("/rooms/kicked/ws?name={name}"))?.end_with(&[4003])
}

/// Speaks without end and never hears anything, until it is closed for it.
pub(super) fn does_not_hear_its_room(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, &format!("/rooms/deaf/ws?name={}", name(chance)))?;
    let message = frame(TEXT, &[b'x'; 60_000]);
    for _ in 0..200 {
        let timeout = Some(Duration::from_millis(500));
        let _ = connection.stream().set_write_timeout(timeout);
        if connection.write(&message).is_err() {
            break;
        }
    }
    Ok(())
}
