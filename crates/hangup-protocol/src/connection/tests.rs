//! Each rule of a connection, one by one. The frames are built and read by hand, not by the code under test.

use super::*;
use crate::{Close, CloseCode, Event, MessageKind, Violation};

/// A frame of a client, masked. `first` is the first byte: FIN, reserved bits and opcode.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
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
pub(crate) fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
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
pub(crate) fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
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

pub(crate) fn server() -> Connection {
    Connection::new(Role::Server, 1000)
}

/// All events of an input, and what was written.
pub(crate) fn run(connection: &mut Connection, mut input: &[u8]) -> (Vec<Event>, Vec<u8>) {
    let (mut events, mut output) = (Vec::new(), Vec::new());
    while let Some(event) = connection.receive(&mut input, &mut output) {
        events.push(event);
    }
    assert!(input.is_empty());
    (events, output)
}

fn text(text: &str) -> Event {
    Event::Text(text.to_owned().into())
}

fn binary(bytes: &[u8]) -> Event {
    Event::Binary(bytes.to_vec().into())
}

/// A server that reads `input` must end with this violation and tell the peer `code`.
fn breaks(input: &[u8], violation: Violation, code: u16) {
    for size in [1, 2, 3, usize::MAX] {
        let mut connection = server();
        let (mut last, mut written) = (None, Vec::new());
        for piece in input.chunks(size) {
            let (events, output) = run(&mut connection, piece);
            last = events.last().cloned().or(last);
            written.extend(output);
        }
        assert_eq!(last, Some(Event::Violation(violation)));
        assert_eq!(connection.violation(), Some(&violation));
        assert!(connection.reading_is_over() && !connection.can_send() && !connection.is_closed());
        assert_eq!(connection.close_begun_by(), Some(Side::Local));
        let (first, body) = frames(&written).pop().unwrap();
        assert_eq!((first, &body[..2]), (0x88, &code.to_be_bytes()[..]));
        assert_eq!(connection.close_sent().unwrap().code(), code);
        assert_eq!(&body[2..], connection.close_sent().unwrap().reason().as_bytes());
    }
}

#[test]
fn is_small() {
    assert!(size_of::<Connection>() <= 120, "{}", size_of::<Connection>());
    assert!(size_of::<Option<Event>>() <= 64, "{}", size_of::<Option<Event>>());
}

#[test]
fn messages_are_read_whole_and_in_fragments() {
    let mut connection = server();
    let input = [
        masked(0x81, "h\u{e9}llo".as_bytes()),
        masked(0x82, b"\xff\x00"),
        masked(0x01, b"caf\xc3"),
        masked(0x89, b"are you there"),
        masked(0x00, b""),
        masked(0x8a, b"unasked"),
        masked(0x80, b"\xa9"),
        masked(0x82, b""),
        masked(0x81, &[b'x'; 1000]),
    ];
    let (events, output) = run(&mut connection, &input.concat());
    let expected = [
        text("h\u{e9}llo"),
        binary(b"\xff\x00"),
        Event::Ping("are you there".into()),
        Event::Pong("unasked".into()),
        text("caf\u{e9}"),
        binary(b""),
        text(&"x".repeat(1000)),
    ];
    assert_eq!(events, expected);
    assert_eq!(frames(&output), [(0x8a, b"are you there".to_vec())]);
}

#[test]
fn a_client_reads_what_a_server_writes_and_masks_what_it_writes() {
    let mut client = Connection::new(Role::Client { mask_seed: 0 }, 1 << 20);
    let mut server = Connection::new(Role::Server, 1 << 20);
    for length in [0, 1, 125, 126, 127, 65535, 65536, 70000] {
        let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
        let payload = vec![b'p'; length];
        client.send_binary(&payload, &mut to_server).unwrap();
        client
            .send_header(MessageKind::Binary, length, &mut to_server)
            .unwrap();
        to_server.extend(&payload);
        assert_eq!(
            run(&mut server, &to_server).0,
            [binary(&payload), binary(&payload)]
        );
        server.send_text(&"p".repeat(length), &mut to_client).unwrap();
        assert_eq!(to_client, unmasked(0x81, &payload));
        server
            .send_header(MessageKind::Text, length, &mut to_client)
            .unwrap();
        to_client.extend(&payload);
        assert_eq!(
            run(&mut client, &to_client).0,
            [text(&"p".repeat(length)), text(&"p".repeat(length))]
        );
    }
    let mut output = Vec::new();
    client.send_text("same", &mut output).unwrap();
    client.send_text("same", &mut output).unwrap();
    assert_ne!(output[..10], output[10..], "the key changes");
}

#[test]
fn the_peers_close_is_echoed() {
    for body in [
        &b""[..],
        b"\x03\xe8",
        b"\x03\xf0Session cookie missing",
        b"\x0f\xa1caf\xc3\xa9",
    ] {
        let mut connection = server();
        let input = [masked(0x88, body), masked(0x81, b"too late")].concat();
        let (events, output) = run(&mut connection, &input);
        let [Event::Close(said)] = &events[..] else {
            panic!("{events:?}")
        };
        let code = body.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
        assert_eq!(
            (said.code().get(), said.reason().as_bytes()),
            (code, body.get(2..).unwrap_or_default())
        );
        assert_eq!(frames(&output), [(0x88, body.to_vec())]);
        assert!(connection.is_closed() && connection.reading_is_over() && !connection.can_send());
        assert_eq!(connection.close_received(), Some(said));
        assert_eq!(connection.close_sent().unwrap().code(), code);
        assert_eq!(connection.close_begun_by(), Some(Side::Peer));
        assert_eq!(connection.violation(), None);
    }
}

#[test]
fn a_close_frame_goes_out_once_and_nothing_after_it() {
    let mut connection = server();
    let mut output = Vec::new();
    let close = Close::new(CloseCode::POLICY_VIOLATION, "no");
    assert_eq!(connection.close(&close, &mut output), Ok(()));
    assert_eq!(output, unmasked(0x88, b"\x03\xf0no"));
    output.clear();
    assert_eq!(connection.close(&close, &mut output), Err(Closing));
    assert_eq!(connection.send_text("x", &mut output), Err(Closing));
    assert_eq!(connection.send_binary(b"x", &mut output), Err(Closing));
    assert_eq!(
        connection.send_header(MessageKind::Text, 1, &mut output),
        Err(Closing)
    );
    assert_eq!(connection.ping(b"x", &mut output), Err(ControlError::Closing));
    assert_eq!(connection.pong(b"x", &mut output), Err(ControlError::Closing));
    let input = [
        masked(0x89, b"ping"),
        masked(0x81, b"\xff"),
        masked(0x01, &[b'x'; 5000]),
        masked(0x80, b""),
        masked(0x88, b"\x03\xf0no"),
        masked(0x81, b"after"),
    ];
    let (events, written) = run(&mut connection, &input.concat());
    assert!(
        matches!(&events[..], [Event::Close(said)] if said.code() == 1008),
        "{events:?}"
    );
    assert!(output.is_empty() && written.is_empty());
    assert!(connection.is_closed());
    assert_eq!(connection.close_begun_by(), Some(Side::Local));
}

#[test]
fn closing_inside_a_message_drops_it_and_keeps_the_rules() {
    let start = masked(0x01, b"begin");
    let (begun, rest) = start.split_at(8);
    let close = Close::from(CloseCode::GOING_AWAY);
    for (then, violation) in [
        (masked(0x80, b"end"), None),
        (masked(0x81, b"new"), Some(Violation::ExpectedContinuation)),
        (unmasked(0x80, b"end"), Some(Violation::Unmasked)),
        (masked(0x83, b"end"), Some(Violation::ReservedOpCode(3))),
        (
            masked(0x88, b"\x03\xee"),
            Some(Violation::IllegalCloseCode(1006.into())),
        ),
    ] {
        let mut connection = server();
        assert_eq!(run(&mut connection, begun), (vec![], vec![]));
        connection.close(&close, &mut Vec::new()).unwrap();
        assert!(connection.message.is_none());
        let (events, output) = run(&mut connection, &[rest, &then].concat());
        assert_eq!(
            events,
            violation.map(Event::Violation).into_iter().collect::<Vec<_>>()
        );
        assert!(output.is_empty());
        assert_eq!(connection.reading_is_over(), violation.is_some());
        assert_eq!(connection.close_sent().unwrap().code(), 1001);
    }
}

#[test]
fn broken_frames_are_answered_with_1002() {
    breaks(&[0xc1, 0x80], Violation::ReservedBits, 1002);
    breaks(&[0xf1, 0x80], Violation::ReservedBits, 1002);
    breaks(&[0x83, 0x80], Violation::ReservedOpCode(3), 1002);
    breaks(&[0x8b, 0x80], Violation::ReservedOpCode(11), 1002);
    breaks(&[0x81, 0x01], Violation::Unmasked, 1002);
    breaks(&[0x81, 0xfe, 0, 125], Violation::NonMinimalLength, 1002);
    breaks(
        &[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0],
        Violation::LengthTopBit,
        1002,
    );
    breaks(&[0x09, 0x80], Violation::FragmentedControl, 1002);
    breaks(&[0x88, 0xfe], Violation::LongControl, 1002);
    breaks(&masked(0x80, b""), Violation::UnexpectedContinuation, 1002);
    breaks(
        &[masked(0x01, b"a"), masked(0x81, b"b")].concat(),
        Violation::ExpectedContinuation,
        1002,
    );
    breaks(
        &[masked(0x81, b"a"), masked(0x00, b"b")].concat(),
        Violation::UnexpectedContinuation,
        1002,
    );
}

#[test]
fn broken_close_frames_are_violations_and_can_still_be_read() {
    for (body, violation, answer, code) in [
        (&b"\x03"[..], Violation::ShortCloseBody, 1002, 1005),
        (
            b"\x03\xedwhy",
            Violation::IllegalCloseCode(1005.into()),
            1002,
            1005,
        ),
        (b"\x00\x00", Violation::IllegalCloseCode(0.into()), 1002, 0),
        (
            b"\xff\xff",
            Violation::IllegalCloseCode(65535.into()),
            1002,
            65535,
        ),
        (b"\x03\xe8\xff", Violation::ReasonNotUtf8, 1007, 1000),
    ] {
        let mut connection = server();
        let (events, output) = run(&mut connection, &masked(0x88, body));
        assert_eq!(events, [Event::Violation(violation)]);
        assert_eq!(connection.close_received().unwrap().code(), code);
        assert_eq!(connection.close_sent().unwrap().code(), answer);
        assert_eq!(frames(&output).len(), 1);
    }
}

#[test]
fn every_close_code_from_the_peer_is_echoed_or_refused() {
    for code in 0..=u16::MAX {
        let mut connection = server();
        let (_, output) = run(&mut connection, &masked(0x88, &code.to_be_bytes()));
        let answer = if CloseCode::new(code).is_ok() { code } else { 1002 };
        let body = frames(&output).pop().unwrap().1;
        assert_eq!(body[..2], answer.to_be_bytes(), "{code}");
        assert_eq!(connection.close_received().unwrap().code(), code);
    }
}

#[test]
fn bad_utf8_fails_at_its_first_byte() {
    breaks(&masked(0x81, b"\xff"), Violation::TextNotUtf8, 1007);
    breaks(&masked(0x81, b"caf\xc3"), Violation::TextNotUtf8, 1007);
    breaks(
        &[masked(0x01, b"caf\xc3"), masked(0x80, b"x")].concat(),
        Violation::TextNotUtf8,
        1007,
    );
    breaks(
        &[masked(0x01, b"caf\xc3"), masked(0x80, b"")].concat(),
        Violation::TextNotUtf8,
        1007,
    );
}

/// The rest of the frame is never sent.
#[test]
fn bad_utf8_fails_before_its_frame_has_arrived() {
    let mut frame = masked(0x81, &[&b"abc\xed\xa0"[..], &[b'x'; 500]].concat());
    frame.truncate(8 + 5);
    breaks(&frame, Violation::TextNotUtf8, 1007);
    frame.truncate(8 + 4);
    assert_eq!(run(&mut server(), &frame).0, []);
}

#[test]
fn too_large_is_refused_from_the_header_alone() {
    let limit = Violation::MessageTooBig(1000);
    breaks(&masked(0x82, &[0; 1001])[..8], limit, 1009);
    breaks(
        &[masked(0x02, &[0; 600]), masked(0x80, &[0; 401])[..8].to_vec()].concat(),
        limit,
        1009,
    );
    breaks(
        &[0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4],
        limit,
        1009,
    );
    let mut connection = Connection::new(Role::Server, 0);
    assert_eq!(run(&mut connection, &masked(0x82, b"")).0, [binary(b"")]);
    assert_eq!(
        run(&mut connection, &masked(0x82, b"x")).0,
        [Event::Violation(Violation::MessageTooBig(0))]
    );
}

#[test]
fn a_large_claim_costs_nothing() {
    for kind in [0x81, 0x82] {
        let mut connection = Connection::new(Role::Server, usize::MAX);
        let header = [&[kind, 0xff, 0x7f][..], &[255; 7], &[0; 4], b"x"].concat();
        assert_eq!(run(&mut connection, &header).0, []);
        let capacity = match connection.message.as_ref().unwrap() {
            Assembler::Text { text, .. } => text.capacity(),
            Assembler::Binary(bytes) => bytes.capacity(),
        };
        assert!(capacity <= 64, "{capacity}");
    }
}

#[test]
fn long_pings_are_not_sent() {
    let (mut connection, mut output) = (server(), Vec::new());
    assert_eq!(
        connection.ping(&[0; 126], &mut output),
        Err(ControlError::TooLong(126))
    );
    assert!(output.is_empty());
    connection.ping(&[1; 125], &mut output).unwrap();
    connection.pong(b"", &mut output).unwrap();
    assert_eq!(frames(&output), [(0x89, vec![1; 125]), (0x8a, vec![])]);
}

#[test]
fn the_end_of_the_stream_ends_everything() {
    let mut connection = server();
    run(&mut connection, &masked(0x81, b"unfinished")[..9]);
    connection.receive_eof();
    assert!(connection.reading_is_over() && !connection.can_send() && !connection.is_closed());
    assert_eq!(run(&mut connection, b"more"), (vec![], vec![]));
    let mut output = Vec::new();
    assert_eq!(
        connection.close(&Close::from(CloseCode::GOING_AWAY), &mut output),
        Err(Closing)
    );
    assert!(output.is_empty() && connection.close_sent().is_none());
}
