//! What holds for every connection: splits do not matter, and at most one Close frame is written.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Close, CloseCode, MessageKind};

/// Bytes of a client: mostly valid frames, some broken ones.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        4 => any::<String>().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..140),
        1 => (120..140usize).prop_map(|n| vec![b'x'; n]),
        1 => (2000..2200usize).prop_map(|n| "é".repeat(n).into_bytes()),
    ];
    let short = any::<[char; 20]>().prop_map(|text| text.iter().collect::<String>().into_bytes());
    let close = (
        prop_oneof![3 => 990..1020u16, 1 => any::<u16>()],
        any::<[char; 5]>(),
    )
        .prop_map(|(code, text)| {
            let text: String = text.iter().collect();
            masked(0x88, &[&code.to_be_bytes()[..], text.as_bytes()].concat())
        });
    let frame = prop_oneof![
        6 => (prop_oneof![Just(0x81u8), Just(0x82), Just(0x02)], payload.clone()).prop_map(|(f, p)| masked(f, &p)),
        6 => (prop_oneof![Just(0x01u8), Just(0x00), Just(0x80)], payload).prop_map(|(f, p)| masked(f, &p)),
        4 => (prop_oneof![Just(0x89u8), Just(0x8a)], short).prop_map(|(f, p)| masked(f, &p)),
        1 => close,
        1 => (any::<u8>(), vec(any::<u8>(), 0..10)).prop_map(|(first, p)| masked(first, &p)),
        1 => (any::<u8>(), vec(any::<u8>(), 0..10)).prop_map(|(first, p)| unmasked(first, &p)),
        1 => vec(any::<u8>(), 0..30),
    ];
    (
        vec(frame, 0..10),
        any::<prop::sample::Index>(),
        prop::option::weighted(0.3, any::<prop::sample::Index>()),
    )
        .prop_map(|(frames, flip, cut)| {
            let mut bytes = frames.concat();
            if let (Some(cut), false) = (cut, bytes.is_empty()) {
                let at = flip.index(bytes.len());
                bytes[at] ^= 1 << (at % 8);
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        })
}

/// Whole messages with the places where they are split into fragments, and pings between those.
fn messages() -> impl Strategy<Value = Vec<(MessageKind, Vec<u8>, Vec<usize>)>> {
    let text = any::<String>().prop_map(|text| (MessageKind::Text, text.into_bytes()));
    let binary = vec(any::<u8>(), 0..300).prop_map(|bytes| (MessageKind::Binary, bytes));
    vec(
        (prop_oneof![text, binary], vec(0..60usize, 0..4)).prop_map(|((k, b), s)| (k, b, s)),
        0..6,
    )
}

fn state(connection: &Connection) -> String {
    format!("{connection:?}")
}

/// Reads the input in pieces of these sizes, over and over.
fn run_in(connection: &mut Connection, input: &[u8], sizes: &[usize]) -> (Vec<Event>, Vec<u8>) {
    let (mut events, mut output, mut rest) = (Vec::new(), Vec::new(), input);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        rest = after;
        let (more, written) = run(connection, piece);
        events.extend(more);
        output.extend(written);
    }
    (events, output)
}

/// At most one Close frame, valid, and the last.
fn check_output(output: &[u8]) {
    let frames = frames(output);
    for (n, (first, body)) in frames.iter().enumerate() {
        assert!(matches!(first, 0x81 | 0x82 | 0x88 | 0x89 | 0x8a), "{first:02x}");
        if first & 8 != 0 {
            assert!(body.len() <= 125);
        }
        if *first == 0x88 {
            assert_eq!(n + 1, frames.len(), "something follows the Close frame");
            match &body[..] {
                [] => {}
                [_] => panic!("a body of one byte"),
                [a, b, reason @ ..] => {
                    let code = u16::from_be_bytes([*a, *b]);
                    assert!(matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999), "{code}");
                    assert!(std::str::from_utf8(reason).is_ok());
                }
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Operation {
    Receive(Vec<u8>),
    Eof,
    Text(String),
    Binary(Vec<u8>),
    Header(usize),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => stream().prop_map(Operation::Receive),
        1 => Just(Operation::Eof),
        2 => any::<String>().prop_map(Operation::Text),
        2 => vec(any::<u8>(), 0..300).prop_map(Operation::Binary),
        1 => (0..70000usize).prop_map(Operation::Header),
        1 => vec(any::<u8>(), 0..140).prop_map(Operation::Ping),
        1 => vec(any::<u8>(), 0..140).prop_map(Operation::Pong),
        2 => (any::<u16>(), any::<String>()).prop_map(|(code, text)| Operation::Close(code, text.repeat(5))),
    ]
}

/// Runs one operation; whether it must not have written anything.
fn apply(connection: &mut Connection, operation: Operation, output: &mut Vec<u8>) -> bool {
    match operation {
        Operation::Receive(bytes) => {
            let mut input = &bytes[..];
            while connection.receive(&mut input, output).is_some() {}
            false
        }
        Operation::Eof => {
            connection.receive_eof();
            true
        }
        Operation::Text(text) => connection.send_text(&text, output).is_err(),
        Operation::Binary(bytes) => connection.send_binary(&bytes, output).is_err(),
        Operation::Header(length) => {
            let refused = connection
                .send_header(MessageKind::Binary, length, output)
                .is_err();
            output.extend(vec![0; if refused { 0 } else { length }]);
            refused
        }
        Operation::Ping(payload) => connection.ping(&payload, output).is_err(),
        Operation::Pong(payload) => connection.pong(&payload, output).is_err(),
        Operation::Close(code, reason) => {
            let code = CloseCode::new(code).unwrap_or(CloseCode::POLICY_VIOLATION);
            connection.close(&Close::new(code, reason), output).is_err()
        }
    }
}

proptest! {
    #[test]
    fn splits_do_not_matter(input in stream(), sizes in vec(1usize..50, 1..6), limit in 0usize..6000, closed: bool) {
        let start = || {
            let mut connection = Connection::new(Role::Server, limit);
            if closed {
                connection.close(&Close::from(CloseCode::NORMAL_CLOSURE), &mut Vec::new()).unwrap();
            }
            connection
        };
        let mut whole = start();
        let expected = run(&mut whole, &input);
        for sizes in [&sizes[..], &[1]] {
            let mut split = start();
            let found = run_in(&mut split, &input, sizes);
            prop_assert_eq!(&found, &expected);
            if whole.reading_is_over() {
                prop_assert_eq!(state(&split), state(&whole));
            }
        }
    }

    #[test]
    fn messages_arrive_as_they_were_sent(messages in messages(), sizes in vec(1usize..200, 1..6)) {
        let (mut input, mut expected) = (Vec::new(), Vec::new());
        for (kind, bytes, splits) in messages {
            let mut opcode = if kind == MessageKind::Text { 1 } else { 2 };
            let mut rest = &bytes[..];
            for at in splits {
                let (fragment, after) = rest.split_at(at.min(rest.len()));
                input.extend(masked(opcode, fragment));
                input.extend(masked(0x89, b"between"));
                expected.push(Event::Ping("between".into()));
                (rest, opcode) = (after, 0);
            }
            input.extend(masked(0x80 | opcode, rest));
            expected.push(match kind {
                MessageKind::Text => Event::Text(String::from_utf8(bytes).unwrap().into()),
                MessageKind::Binary => Event::Binary(bytes.into()),
            });
        }
        let mut connection = Connection::new(Role::Server, 1 << 20);
        prop_assert_eq!(run_in(&mut connection, &input, &sizes).0, expected);
    }

    #[test]
    fn at_most_one_close_frame_and_nothing_after_it(operations in vec(operation(), 0..12)) {
        let mut connection = Connection::new(Role::Server, 5000);
        let mut output = Vec::new();
        for operation in operations {
            let (before, open) = (output.len(), connection.can_send());
            let refused = apply(&mut connection, operation, &mut output);
            if refused || !open {
                prop_assert_eq!(output.len(), before);
            }
        }
        check_output(&output);
        let closes = frames(&output).iter().filter(|(first, _)| *first == 0x88).count();
        prop_assert_eq!(closes == 1, connection.close_sent().is_some());
        if connection.is_closed() {
            prop_assert!(connection.close_sent().is_some() && connection.close_received().is_some());
            prop_assert!(connection.reading_is_over() && !connection.can_send());
        }
        if connection.violation().is_some() {
            prop_assert!(connection.reading_is_over() && connection.close_sent().is_some());
        }
    }

    /// A client and a server of ours, both with any reason, always end with both Close frames.
    #[test]
    fn two_connections_close_cleanly(code in 3000..5000u16, reason: String, both: bool) {
        let mut client = Connection::new(Role::Client { mask_seed: 7 }, 100);
        let mut server = Connection::new(Role::Server, 100);
        let close = Close::new(CloseCode::new(code).unwrap(), reason.repeat(7));
        let mut from_server = Vec::new();
        server.close(&close, &mut from_server).unwrap();
        let mut from_client = Vec::new();
        if both {
            client.close(&Close::from(CloseCode::GOING_AWAY), &mut from_client).unwrap();
        }
        let (events, echo) = run(&mut client, &from_server);
        from_client.extend(echo);
        prop_assert!(matches!(&events[..], [Event::Close(said)] if said.code() == code && said.reason() == close.reason()));
        prop_assert_eq!(run(&mut server, &from_client).1, b"");
        prop_assert!(client.is_closed() && server.is_closed());
        prop_assert_eq!(server.close_received().unwrap().code(), if both { 1001 } else { code });
    }
}
