//! The state machine of a connection: any bytes, in any pieces, give the same events, and at most one Close frame.
#![no_main]

use hangup_protocol::{Connection, Event, Role};
use libfuzzer_sys::fuzz_target;

const MAX_MESSAGE_SIZE: usize = 4096;

fn receive(bytes: &[u8], piece: usize) -> (Vec<Event>, Vec<u8>) {
    let mut connection = Connection::new(Role::Server, MAX_MESSAGE_SIZE);
    let (mut events, mut output) = (Vec::new(), Vec::new());
    for mut input in bytes.chunks(piece) {
        loop {
            match connection.receive(&mut input, &mut output) {
                Some(event) => events.push(event),
                None => break,
            }
        }
    }
    (events, output)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = receive(bytes, bytes.len().max(1));
    let pieces = receive(bytes, usize::from(piece).max(1));
    assert_eq!(
        whole, pieces,
        "the pieces in which bytes arrive make no difference"
    );

    // A client that keeps the rules understands the answers: pongs, then at most one Close frame.
    let mut client = Connection::new(Role::Client { mask_seed: 1 }, MAX_MESSAGE_SIZE);
    let (mut answers, mut closes, mut ignored) = (whole.1.as_slice(), 0, Vec::new());
    while let Some(event) = client.receive(&mut answers, &mut ignored) {
        match event {
            Event::Pong(_) => {}
            Event::Close(_) => closes += 1,
            other => panic!("an answer is {other:?}"),
        }
    }
    assert!(
        closes <= 1 && answers.is_empty(),
        "something follows the Close frame"
    );
});
