//! Messages in pieces: what is taken and what is sent.

use proptest::prelude::*;

use super::*;
use crate::{Closing, MessageKind, Violation};

/// The bytes of all pieces, and the events that are no messages.
fn run_in_pieces(
    connection: &mut Connection,
    input: &[u8],
    pieces: &[usize],
) -> (Vec<u8>, Vec<Event>, usize) {
    let (mut bytes, mut others, mut largest) = (Vec::new(), Vec::new(), 0);
    let mut output = Vec::new();
    let mut take = |event: Event, others: &mut Vec<Event>| match event {
        Event::Text(text) => bytes.extend_from_slice(text.as_bytes()),
        Event::Binary(piece) => bytes.extend_from_slice(&piece),
        other => others.push(other),
    };
    let (mut rest, mut sizes) = (input, pieces.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().map_or(1, |size| (*size).clamp(1, rest.len()));
        let (mut part, behind) = rest.split_at(size);
        rest = behind;
        loop {
            let event = connection.receive(&mut part, &mut output);
            let is_event = event.is_some();
            if let Some(event) = event {
                take(event, &mut others);
            }
            largest = largest.max(connection.incoming_held());
            if let Some(piece) = connection.take_piece() {
                take(piece, &mut others);
            }
            assert_eq!(connection.incoming_held(), 0);
            if !is_event && part.is_empty() {
                break;
            }
        }
    }
    (bytes, others, largest)
}

#[test]
fn a_message_is_taken_as_it_comes_and_its_rest_is_the_message() {
    let mut connection = server();
    assert_eq!(connection.incoming_kind(), None);
    // The euro sign has three bytes, of which two are in the first fragment.
    let (events, _) = run(&mut connection, &masked(0x01, b"price: \xe2\x82"));
    assert!(events.is_empty());
    assert_eq!(connection.incoming_kind(), Some(MessageKind::Text));
    assert_eq!(connection.incoming_held(), 7);
    assert_eq!(connection.take_piece(), Some(text("price: ")));
    assert_eq!(connection.take_piece(), None);
    let (events, _) = run(&mut connection, &masked(0x80, b"\xac"));
    assert_eq!(events, [text("\u{20ac}")]);
    assert_eq!(connection.incoming_kind(), None);
}

#[test]
fn what_was_taken_counts_for_the_bound() {
    let mut connection = server();
    run(&mut connection, &masked(0x02, &[1; 600]));
    assert!(connection.take_piece().is_some());
    let (events, _) = run(&mut connection, &masked(0x80, &[1; 401]));
    assert_eq!(events, [Event::Violation(Violation::MessageTooBig(1000))]);
}

#[test]
fn a_bound_holds_for_the_message_that_arrives() {
    let mut connection = server();
    connection.set_max_message_size(10_000);
    let frame = masked(0x82, &[1; 5000]);
    let (events, _) = run(&mut connection, &frame[..2000]);
    assert!(events.is_empty() && connection.incoming_held() > 1900);
    connection.set_max_message_size(1000);
    let (events, output) = run(&mut connection, &frame[2000..]);
    assert_eq!(events, [Event::Violation(Violation::MessageTooBig(1000))]);
    assert_eq!(frames(&output)[0].1[..2], 1009_u16.to_be_bytes());
}

#[test]
fn control_frames_and_the_close_stand_between_fragments() {
    let (mut connection, mut output) = (server(), Vec::new());
    let send = |connection: &mut Connection, payload: &[u8], is_last, output: &mut Vec<u8>| {
        connection.send_fragment(MessageKind::Text, payload, is_last, output)
    };
    send(&mut connection, b"a", false, &mut output).unwrap();
    assert!(connection.sends_fragments());
    connection.ping(b"p", &mut output).unwrap();
    send(&mut connection, b"", false, &mut output).unwrap();
    send(&mut connection, b"b", true, &mut output).unwrap();
    assert!(!connection.sends_fragments());
    connection.send_text("whole", &mut output).unwrap();
    send(&mut connection, b"c", false, &mut output).unwrap();
    connection
        .close(&crate::CloseCode::NORMAL_CLOSURE.into(), &mut output)
        .unwrap();
    assert_eq!(send(&mut connection, b"d", true, &mut output), Err(Closing));
    let expected: [(u8, &[u8]); 7] = [
        (0x01, b"a"),
        (0x89, b"p"),
        (0x00, b""),
        (0x80, b"b"),
        (0x81, b"whole"),
        (0x01, b"c"),
        (0x88, &[3, 232]),
    ];
    let written = frames(&output);
    let written: Vec<_> = written
        .iter()
        .map(|(first, payload)| (*first, &payload[..]))
        .collect();
    assert_eq!(written, expected);
}

proptest! {
    #[test]
    fn pieces_are_the_message_however_it_was_sent_and_split(
        content in "(\\PC|[a-z€🦀]){0,200}",
        fragments in prop::collection::vec(0_usize..40, 1..8),
        pieces in prop::collection::vec(1_usize..60, 1..8),
        is_text: bool,
    ) {
        let kind = if is_text { MessageKind::Text } else { MessageKind::Binary };
        let mut client = Connection::new(Role::Client { mask_seed: 7 }, 1000);
        let (mut sent, mut rest) = (Vec::new(), content.as_bytes());
        for size in fragments {
            let (fragment, behind) = rest.split_at(size.min(rest.len()));
            rest = behind;
            client.send_fragment(kind, fragment, false, &mut sent).unwrap();
            client.ping(b"between", &mut sent).unwrap();
        }
        client.send_fragment(kind, rest, true, &mut sent).unwrap();
        client.close(&crate::CloseCode::NORMAL_CLOSURE.into(), &mut sent).unwrap();

        let mut connection = Connection::new(Role::Server, 4 * content.len().max(1));
        let (bytes, others, largest) = run_in_pieces(&mut connection, &sent, &pieces);
        prop_assert_eq!(bytes, content.as_bytes());
        prop_assert!(others.iter().all(|event| matches!(event, Event::Ping(_) | Event::Close(_))));
        // No more is held than came at once, but for the bytes of a character.
        prop_assert!(largest <= 60 + 3, "{}", largest);
    }

    #[test]
    fn a_text_that_is_no_utf8_is_a_violation_in_pieces_too(
        before in "[a-z€]{0,20}",
        pieces in prop::collection::vec(1_usize..9, 1..4),
    ) {
        let mut content = before.into_bytes();
        content.push(0xff);
        content.extend_from_slice(b"behind");
        let (bytes, others, _) = run_in_pieces(&mut server(), &masked(0x81, &content), &pieces);
        prop_assert!(content.starts_with(&bytes) && !bytes.contains(&0xff));
        prop_assert_eq!(others, [Event::Violation(Violation::TextNotUtf8)]);
    }
}

#[cfg(feature = "deflate")]
proptest! {
    #[test]
    fn pieces_of_a_compressed_message_are_the_message(
        content in "[a-c]{0,900}",
        pieces in prop::collection::vec(1_usize..60, 1..8),
    ) {
        let offers = crate::extensions(["permessage-deflate".as_bytes()].into_iter()).unwrap();
        let agreement = crate::DeflateConfig::new().negotiate(&offers).unwrap();
        let mut client = Connection::new(Role::Client { mask_seed: 7 }, 1000).with_deflate(&agreement);
        let mut sent = Vec::new();
        client.send_text(&content, &mut sent).unwrap();
        let mut connection = server().with_deflate(&agreement);
        let (bytes, others, _) = run_in_pieces(&mut connection, &sent, &pieces);
        prop_assert_eq!(bytes, content.as_bytes());
        prop_assert!(others.is_empty());
    }
}
