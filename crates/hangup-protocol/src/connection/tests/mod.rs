//! Tests of whole connections. The frames are built and read by hand, not by the code under test.

mod closing;
#[cfg(feature = "deflate")]
mod deflate;
#[cfg(feature = "deflate")]
mod deflate_properties;
#[cfg(feature = "deflate")]
mod distances;
#[cfg(feature = "deflate")]
mod inflation;
mod messages;
mod pieces;
mod properties;

use super::*;
use crate::Event;

/// A frame of a client, masked. `first` is the first byte: FIN, reserved bits and opcode.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x11, 0x22, 0x33, 0x44];
    let mut frame = unmasked(first, payload);
    frame[1] |= 0x80;
    let start = frame.len() - payload.len();
    frame.splice(start..start, key);
    for (i, byte) in frame[start + 4..].iter_mut().enumerate() {
        *byte ^= key[i % 4];
    }
    frame
}

/// A frame of a server.
fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        n @ 0..126 => frame.push(n as u8),
        n @ 126..65536 => frame.extend([126, (n >> 8) as u8, n as u8]),
        n => {
            frame.push(127);
            frame.extend((n as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// Parts the frames of a server: the first byte and the payload of each.
fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        let (length, rest) = match second {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            127 => (
                u64::from_be_bytes(rest[..8].try_into().unwrap()) as usize,
                &rest[8..],
            ),
            n => (usize::from(*n), rest),
        };
        frames.push((*first, rest[..length].to_vec()));
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty());
    frames
}

fn server() -> Connection {
    Connection::new(Role::Server, 1000)
}

/// All events of an input, and what was written.
fn run(connection: &mut Connection, mut input: &[u8]) -> (Vec<Event>, Vec<u8>) {
    let (mut events, mut output) = (Vec::new(), Vec::new());
    loop {
        match connection.receive(&mut input, &mut output) {
            Some(event) => events.push(event),
            None if input.is_empty() => break,
            // Enough was inflated at once.
            None => {}
        }
    }
    (events, output)
}

fn text(text: &str) -> Event {
    Event::Text(text.to_owned().into())
}

fn binary(bytes: &[u8]) -> Event {
    Event::Binary(bytes.to_vec().into())
}
