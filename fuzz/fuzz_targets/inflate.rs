//! permessage-deflate: any bytes as a compressed message inflate within the limits, however they are split; what we
//! compress is inflated to what it was.
#![no_main]

use hangup_protocol::{Connection, DeflateAgreement, DeflateConfig, Event, Role, Violation, extensions};
use libfuzzer_sys::fuzz_target;

/// How much compressed input one call takes at most: 4 KiB of a message, what is unmasked in one step, a header.
const MOST_AT_ONCE: usize = (5 << 10) + 14;

struct Choice {
    config: DeflateConfig,
    limit: usize,
    is_text: bool,
    piece: usize,
}

impl Choice {
    fn of(flags: u8, piece: u8) -> Self {
        let has = |bit: u8| flags & 1 << bit != 0;
        let config = DeflateConfig::new()
            .server_context_takeover(has(0))
            .client_context_takeover(has(1))
            .server_max_window_bits(if has(2) { 9 } else { 15 })
            .client_max_window_bits(if has(2) { 9 } else { 15 })
            .level(if has(3) { 9 } else { 1 })
            .min_size(0);
        Self {
            config,
            limit: if has(5) { 100 } else { 200_000 },
            is_text: has(6),
            piece: usize::from(piece).max(1),
        }
    }

    fn agreement(&self) -> DeflateAgreement {
        let offers = extensions([&b"permessage-deflate; client_max_window_bits"[..]].into_iter());
        self.config
            .negotiate(&offers.expect("the offer is well-formed"))
            .expect("the offer can be accepted")
    }

    fn server(&self) -> Connection {
        Connection::new(Role::Server, self.limit).with_deflate(&self.agreement())
    }
}

/// A masked frame whose key is all zero.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first, 0xff];
    frame.extend((payload.len() as u64).to_be_bytes());
    if let Ok(short @ 0..126) = u8::try_from(payload.len()) {
        frame = vec![first, 0x80 | short];
    } else if let Ok(long) = u16::try_from(payload.len()) {
        frame = vec![first, 0xfe];
        frame.extend(long.to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

fn receive(connection: &mut Connection, stream: &[u8], piece: usize) -> Vec<Event> {
    let (mut events, mut output) = (Vec::new(), Vec::new());
    for mut input in stream.chunks(piece) {
        loop {
            let before = input.len();
            match connection.receive(&mut input, &mut output) {
                Some(event) => events.push(event),
                None if input.is_empty() => break,
                // A pause, and no more input than what may be inflated at once, and a header.
                None => assert!(before - input.len() <= MOST_AT_ONCE, "{} bytes at once", before - input.len()),
            }
        }
    }
    events
}

/// The bytes as two compressed messages, the second in two fragments.
fn any_bytes_stay_within_the_limits(choice: &Choice, bytes: &[u8]) {
    let opcode = if choice.is_text { 1 } else { 2 };
    let (one, two) = bytes.split_at(bytes.len() / 2);
    let stream = [
        frame(0xc0 | opcode, bytes),
        frame(0x40 | opcode, one),
        frame(0x80, two),
    ]
    .concat();
    let whole = receive(&mut choice.server(), &stream, stream.len());
    let pieces = receive(&mut choice.server(), &stream, choice.piece);
    assert_eq!(
        whole, pieces,
        "the pieces in which bytes arrive make no difference"
    );
    for event in whole {
        let length = match event {
            Event::Text(text) => text.len(),
            Event::Binary(bytes) => bytes.len(),
            Event::Violation(
                Violation::CorruptDeflate
                | Violation::MessageTooBig(_)
                | Violation::TextNotUtf8,
            ) => continue,
            other => panic!("{other:?}"),
        };
        assert!(length <= choice.limit, "{length} bytes");
    }
}

/// The bytes, and twice their first half, from a client to a server of ours and back.
fn what_is_compressed_is_inflated(choice: &Choice, bytes: &[u8]) {
    let mut server = Connection::new(Role::Server, bytes.len()).with_deflate(&choice.agreement());
    let role = Role::Client { mask_seed: 1 };
    let mut client = Connection::new(role, bytes.len()).with_deflate(&choice.agreement());
    let half = &bytes[..bytes.len() / 2];
    for message in [bytes, half, half, bytes] {
        for (from, to) in [(true, false), (false, true)] {
            let mut stream = Vec::new();
            let sender = if from { &mut client } else { &mut server };
            sender.send_binary(message, &mut stream).expect("it is open");
            let receiver = if to { &mut client } else { &mut server };
            let events = receive(receiver, &stream, choice.piece);
            assert_eq!(events, [Event::Binary(message.to_vec().into())]);
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let [flags, piece, bytes @ ..] = input else { return };
    let choice = Choice::of(*flags, *piece);
    any_bytes_stay_within_the_limits(&choice, bytes);
    what_is_compressed_is_inflated(&choice, bytes);
});
