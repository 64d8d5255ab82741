//! The closing handshake, from either side and with bad Close frames (RFC 6455, 5.5.1 and 7).

use super::*;
use crate::{Close, CloseCode, MessageKind, Violation};

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
