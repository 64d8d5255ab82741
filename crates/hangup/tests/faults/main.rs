//! Faults of the transport, at every byte of the life of a connection, with paused time: nothing leaks, nothing hangs,
//! there is one event, and never a second Close frame.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something is missing"
)]

#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../life/errors.rs"]
mod errors;
#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../life/log.rs"]
mod log;
#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../life/wire.rs"]
mod wire;

mod endpoints;
mod lives;
mod meeting;
mod stream;
mod watch;

use lives::{Life, long, short};
use meeting::{Met, meet};
use stream::{Fault, Plan};

const WHOLE: Plan = Plan {
    fault: Fault::Nothing,
    at: 0,
    piece: usize::MAX,
    is_reluctant: false,
};

/// Seven bytes at a time, and every other call is not ready.
const IN_PIECES: Plan = Plan {
    piece: 7,
    is_reluctant: true,
    ..WHOLE
};

#[test]
fn short_reads_and_writes_change_nothing() {
    for life in short() {
        for piece in [1, 7] {
            for is_reluctant in [false, true] {
                meet(
                    &life,
                    Plan {
                        piece,
                        is_reluctant,
                        ..WHOLE
                    },
                );
            }
        }
    }
    for life in long() {
        for is_reluctant in [false, true] {
            meet(
                &life,
                Plan {
                    piece: 997,
                    is_reluctant,
                    ..WHOLE
                },
            );
        }
    }
}

/// Leads the lives under each of the faults, each at these places of what has gone through without one.
fn with_faults(lives: Vec<Life>, faults: &[Fault], plan: Plan, places: impl Fn(Met) -> Vec<usize>) {
    for life in lives {
        let places = places(meet(&life, plan));
        for fault in faults {
            for at in &places {
                meet(
                    &life,
                    Plan {
                        fault: *fault,
                        at: *at,
                        ..plan
                    },
                );
            }
        }
    }
}

/// Every byte behind the head, and every 29th of the head, which hyper reads and writes.
fn places(head: usize, all: usize) -> Vec<usize> {
    (0..head.saturating_sub(4))
        .step_by(29)
        .chain(head.saturating_sub(4)..=all)
        .collect()
}

/// The length of the request's head.
fn request() -> usize {
    wire::handshake("/ws", "").len()
}

#[test]
fn a_fault_of_reading_at_any_byte() {
    with_faults(short(), &Fault::READING, WHOLE, |met| places(request(), met.read));
}

#[test]
fn a_fault_of_reading_at_any_byte_of_a_transport_in_pieces() {
    with_faults(short(), &Fault::READING, IN_PIECES, |met| {
        places(request(), met.read)
    });
}

#[test]
fn a_fault_of_writing_at_any_byte() {
    with_faults(short(), &Fault::WRITING, WHOLE, |met| {
        places(met.head, met.written)
    });
}

#[test]
fn a_fault_of_writing_at_any_byte_of_a_transport_in_pieces() {
    with_faults(short(), &Fault::WRITING, IN_PIECES, |met| {
        places(met.head, met.written)
    });
}

#[test]
fn a_fault_of_the_shutdown() {
    for plan in [WHOLE, IN_PIECES] {
        with_faults(short(), &Fault::SHUTDOWN, plan, |_| vec![0]);
    }
    with_faults(long(), &Fault::SHUTDOWN, WHOLE, |_| vec![0]);
}

/// Each byte of the heads of requests and responses.
#[test]
fn a_fault_at_any_byte_of_the_opening() {
    let echo = || short().into_iter().take(1).collect();
    with_faults(echo(), &Fault::READING, WHOLE, |_| (0..=request()).collect());
    with_faults(echo(), &Fault::WRITING, WHOLE, |met| (0..=met.head).collect());
}

/// About forty places of a large message, and the edges of the buffers.
fn strided(all: usize) -> Vec<usize> {
    let edges = [65_535, 65_536, 65_537, 131_072];
    (150..all)
        .step_by(all / 40 + 1)
        .chain(edges)
        .filter(|at| *at < all)
        .collect()
}

#[test]
fn a_fault_within_large_messages() {
    with_faults(long(), &Fault::READING, WHOLE, |met| strided(met.read));
    with_faults(long(), &Fault::WRITING, WHOLE, |met| strided(met.written));
}
