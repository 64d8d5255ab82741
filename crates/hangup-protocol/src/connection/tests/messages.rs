//! Messages and pings in both directions, and the frames that break a rule (RFC 6455, 5 and 8.1).

use super::*;
use crate::{MessageKind, Violation};

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
            Assembler::Binary { bytes, .. } => bytes.capacity(),
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
