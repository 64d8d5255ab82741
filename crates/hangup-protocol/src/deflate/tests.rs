//! permessage-deflate through whole connections, rule by rule, with the RFC's examples.

use super::distances::distances;
use super::*;
use crate::connection::tests::{frames, masked, run};
use crate::handshake::extensions;
use crate::{Close, CloseCode, Connection, Event, FrameRules, Role, Side, mask};

pub(super) const OFFER: &str = "permessage-deflate; client_max_window_bits";

pub(super) fn agree(config: &DeflateConfig, offer: &str) -> DeflateAgreement {
    config
        .negotiate(&extensions([offer.as_bytes()].into_iter()).unwrap())
        .unwrap()
}

pub(super) fn takeover() -> DeflateConfig {
    DeflateConfig::new()
        .server_context_takeover(true)
        .client_context_takeover(true)
        .min_size(0)
}

pub(super) fn server(config: &DeflateConfig, limit: usize) -> Connection {
    Connection::new(Role::Server, limit).with_deflate(&agree(config, OFFER))
}

fn text(text: &str) -> Event {
    Event::Text(text.to_owned().into())
}

/// All events of an input that comes in pieces of these sizes, over and over.
pub(super) fn run_in(connection: &mut Connection, mut input: &[u8], sizes: &[usize]) -> Vec<Event> {
    let (mut events, mut sizes) = (Vec::new(), sizes.iter().cycle());
    while !input.is_empty() {
        let (piece, rest) = input.split_at((*sizes.next().unwrap()).min(input.len()));
        events.extend(run(connection, piece).0);
        input = rest;
    }
    events
}

/// The payload of one compressed message.
fn compressed(message: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    let direction = negotiation::Direction {
        no_context_takeover: false,
        window_bits: 15,
    };
    assert!(Compressor::new(9, direction).compress(message, &mut output));
    output
}

/// Bytes that cannot be compressed.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// 7.2.3, the payloads masked and without the frames around them.
#[test]
fn the_rfc_examples_are_inflated() {
    let hello = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
    let mut connection = server(&takeover(), 100);
    let input = [
        masked(0xc1, hello),
        masked(0x41, &hello[..3]),
        masked(0x89, b""),
        masked(0x80, &hello[3..]),
        masked(0xc1, b"\xf2\x00\x11\x00\x00"),
        masked(0xc1, b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"),
        masked(0xc1, b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"),
        masked(0xc1, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"),
        masked(0x81, b"Hello"),
        masked(0xc1, hello),
    ];
    let (events, _) = run(&mut connection, &input.concat());
    let messages: Vec<_> = events
        .into_iter()
        .filter(|event| !matches!(event, Event::Ping(_)))
        .collect();
    assert_eq!(messages, vec![text("Hello"); 8]);
    for empty in [&b"\x00"[..], b"", b"\x03\x00", b"\x02\x00"] {
        let input = [masked(0xc1, empty), masked(0xc1, hello)].concat();
        assert_eq!(
            run(&mut server(&takeover(), 100), &input).0,
            [text(""), text("Hello")],
            "{empty:02x?}"
        );
    }
    // 7.2.3.4 demands an empty block behind a final one; it is not missed.
    let input = [masked(0xc1, b"\xf3\x48\xcd\xc9\xc9\x07\x00"), masked(0xc1, hello)].concat();
    assert_eq!(
        run(&mut server(&takeover(), 100), &input).0,
        [text("Hello"), text("Hello")]
    );
}

#[test]
fn messages_are_compressed_as_agreed() {
    let long = "the same words ".repeat(100);
    for (config, smaller) in [(takeover(), true), (DeflateConfig::new(), false)] {
        let (mut connection, mut first, mut second) = (server(&config, 100), Vec::new(), Vec::new());
        connection.send_text(&long, &mut first).unwrap();
        connection.send_text(&long, &mut second).unwrap();
        assert_eq!(first[0], 0xc1);
        assert!(first.len() < 100 && !first.ends_with(&compressor::TAIL));
        assert_eq!(second.len() < first.len(), smaller);
        assert_eq!(frames(&first).len(), 1);
    }
}

#[test]
fn small_messages_and_those_that_do_not_shrink_go_out_as_they_are() {
    let mut connection = server(&DeflateConfig::new(), 100);
    let mut output = Vec::new();
    connection.send_text(&"x".repeat(127), &mut output).unwrap();
    connection.send_text(&"x".repeat(128), &mut output).unwrap();
    let noise = noise(300);
    connection.send_binary(&noise, &mut output).unwrap();
    let sent = frames(&output);
    assert_eq!(
        sent.iter().map(|(first, _)| *first).collect::<Vec<_>>(),
        [0x81, 0xc1, 0x82]
    );
    assert_eq!(sent[2].1, noise);
    assert_eq!(
        (connection.compresses(127), connection.compresses(128)),
        (false, true)
    );
    assert!(!server(&takeover(), 100).compresses(0));
    assert!(!Connection::new(Role::Server, 100).compresses(1000));
}

#[test]
fn rsv1_is_for_the_first_frame_of_a_message() {
    for bad in [
        [masked(0x41, b"\xf2\x48"), masked(0xc0, b"")].concat(),
        [masked(0x01, b"a"), masked(0xc0, b"")].concat(),
        masked(0xc9, b""),
        masked(0xc8, b"\x03\xe8"),
        masked(0xa1, b""),
    ] {
        let mut connection = server(&takeover(), 100);
        let (events, output) = run(&mut connection, &bad);
        assert_eq!(events, [Event::Violation(Violation::ReservedBits)]);
        assert_eq!(frames(&output)[0].1[..2], 1002u16.to_be_bytes());
    }
}

#[test]
fn what_cannot_be_inflated_is_refused_with_1007() {
    let cut = compressed(&"abcdefghijklmnopqrstuvwxyz".repeat(9).into_bytes());
    for bad in [
        &b"\xff\xff\xff"[..],
        b"\x07",
        &[cut.as_slice(), b"\xff\xff"].concat(),
    ] {
        let mut connection = server(&takeover(), 1 << 20);
        let (events, output) = run(&mut connection, &masked(0xc2, bad));
        assert_eq!(
            events,
            [Event::Violation(Violation::CorruptDeflate)],
            "{bad:02x?}"
        );
        assert_eq!(frames(&output)[0].1[..2], 1007u16.to_be_bytes());
    }
}

#[test]
fn inflated_text_is_checked_as_it_comes() {
    let mut bad = vec![b'x'; 20_000];
    bad[10_000] = 0xff;
    let frame = masked(0xc1, &compressed(&bad));
    let (events, _) = run(&mut server(&takeover(), 1 << 20), &frame);
    assert_eq!(events, [Event::Violation(Violation::TextNotUtf8)]);
    assert_eq!(
        run(&mut server(&takeover(), 10_000), &frame).0,
        [Event::Violation(Violation::MessageTooBig(10_000))]
    );
    let cut = masked(0xc1, &compressed(b"caf\xc3"));
    assert_eq!(
        run(&mut server(&takeover(), 100), &cut).0,
        [Event::Violation(Violation::TextNotUtf8)]
    );
}

#[test]
fn a_bomb_is_refused_at_the_limit() {
    let bomb = masked(0xc2, &compressed(&vec![0; 64 << 20]));
    assert!(bomb.len() < 100_000);
    let limit = 1 << 20;
    let mut connection = server(&takeover(), limit);
    assert_eq!(
        run(&mut connection, &bomb).0,
        [Event::Violation(Violation::MessageTooBig(limit))]
    );
    assert_eq!(
        connection.close_sent().unwrap().code(),
        CloseCode::MESSAGE_TOO_BIG
    );
    assert_eq!(connection.close_begun_by(), Some(Side::Local));

    let exact = masked(0xc2, &compressed(&vec![0; limit]));
    assert_eq!(
        run(&mut server(&takeover(), limit), &exact).0,
        [Event::Binary(vec![0; limit].into())]
    );
    let over = masked(0xc2, &compressed(&vec![0; limit + 1]));
    assert!(matches!(
        run(&mut server(&takeover(), limit), &over).0[..],
        [Event::Violation(_)]
    ));

    let config = takeover().max_expansion(Some(100));
    let expected = [Event::Violation(Violation::ExpansionTooBig(100))];
    assert_eq!(run(&mut server(&config, 64 << 20), &bomb).0, expected);
    let small = masked(0xc2, &compressed(&vec![0; 64 << 10]));
    assert_eq!(run(&mut server(&config, 64 << 20), &small).0.len(), 1);
    assert!(matches!(
        run(&mut server(&config, 64 << 20), &small).0[..],
        [Event::Binary(_)]
    ));
}

/// A message is measured by its own frames, not by those of the messages before it.
#[test]
fn the_expansion_of_each_message_counts() {
    let mut connection = server(&takeover().max_expansion(Some(2)), 1 << 20);
    let noise = noise(200_000);
    assert!(matches!(
        run(&mut connection, &masked(0xc2, &compressed(&noise))).0[..],
        [Event::Binary(_)]
    ));
    let small = masked(0xc2, &compressed(&[0; 100_000]));
    assert_eq!(
        run(&mut connection, &small).0,
        [Event::Violation(Violation::ExpansionTooBig(2))]
    );
}

/// The end of a match may wait inside the inflater when the input is used up and the space for the output is full.
#[test]
fn what_waits_in_the_inflater_is_fetched() {
    for length in 4096..4096 + 260 {
        let message = vec![b'a'; length];
        let payload = compressed(&message);
        let frame = masked(0xc2, &payload);
        let expected = [Event::Binary(message.into())];
        assert_eq!(run(&mut server(&takeover(), 10_000), &frame).0, expected);
        assert_eq!(run_in(&mut server(&takeover(), 10_000), &frame, &[1]), expected);
    }
}

/// 7.1.2: no distance reaches beyond the window that was agreed.
#[test]
fn the_window_is_kept() {
    let parts = [
        noise(200).repeat(5),
        noise(1500).repeat(4),
        noise(9000).repeat(3),
        noise(17_000).repeat(2),
    ];
    let message: Vec<u8> = parts.concat().into_iter().map(|byte| byte & 15).collect();
    // From the large windows to the small, so that a spare context of a larger one would be seen.
    for level in 1..=9 {
        for bits in (8..=15).rev() {
            let offer =
                format!("permessage-deflate; server_max_window_bits={bits}; client_max_window_bits={bits}");
            let agreement = agree(&DeflateConfig::new().level(level), &offer);
            for is_server in [true, false] {
                let role = if is_server {
                    Role::Server
                } else {
                    Role::Client { mask_seed: 9 }
                };
                let mut sender = Connection::new(role, 0).with_deflate(&agreement);
                let (mut output, mut payload) = (Vec::new(), Vec::new());
                sender.send_binary(&message, &mut output).unwrap();
                assert_eq!(output[0], 0xc2);
                let rules = FrameRules {
                    masked: !is_server,
                    rsv1: true,
                };
                let (header, size) = FrameHeader::parse(&output, rules).unwrap().unwrap();
                mask::copy_unmasked(header.mask.unwrap_or_default(), 0, &output[size..], &mut payload);
                let farthest = distances(&payload).into_iter().max().unwrap();
                assert!(
                    (1 << bits >> 2..=1 << bits).contains(&farthest),
                    "{bits} {level}: {farthest}"
                );
            }
        }
    }
}

#[test]
fn each_side_has_its_own_window() {
    let message = [&noise(2000)[..], &[0; 30_000], &noise(2000)].concat();
    let agreement = agree(
        &DeflateConfig::new(),
        "permessage-deflate; server_max_window_bits=10",
    );
    let sizes = [Role::Server, Role::Client { mask_seed: 1 }].map(|role| {
        let mut output = Vec::new();
        Connection::new(role, 0)
            .with_deflate(&agreement)
            .send_binary(&message, &mut output)
            .unwrap();
        output.len()
    });
    assert!(sizes[0] > sizes[1] + 1000, "{sizes:?}");
}

#[test]
fn the_level_is_kept() {
    let message: Vec<u8> = noise(400)
        .repeat(3)
        .into_iter()
        .chain(noise(9000))
        .map(|byte| byte & 3)
        .collect();
    let sizes = [9, 1].map(|level| {
        let mut output = Vec::new();
        server(&DeflateConfig::new().level(level), 0)
            .send_binary(&message, &mut output)
            .unwrap();
        output.len()
    });
    assert!(sizes[0] < sizes[1], "{sizes:?}");
}

/// 7.1.1: no message can refer to another, of the same connection or of one that ended before on this thread.
#[test]
fn without_takeover_nothing_is_remembered() {
    let (first, second) = (
        masked(0xc1, b"\xf2\x48\xcd\xc9\xc9\x07\x00"),
        masked(0xc1, b"\xf2\x00\x11\x00\x00"),
    );
    assert_eq!(
        run(&mut server(&takeover(), 100), &[&first[..], &second].concat()).0,
        vec![text("Hello"); 2]
    );
    let config = DeflateConfig::new();
    let mut connection = server(&config, 100);
    assert_eq!(run(&mut connection, &first).0, [text("Hello")]);
    let corrupt = [Event::Violation(Violation::CorruptDeflate)];
    assert_eq!(run(&mut server(&config, 100), &second).0, corrupt);
    assert_eq!(run(&mut connection, &first).0, [text("Hello")]);
    assert_eq!(run(&mut connection, &second).0, corrupt);
}

/// What is in the context of the next message must be sent in compressed form, also if that is longer.
#[test]
fn with_takeover_every_message_is_compressed() {
    let mut connection = server(&takeover(), 0);
    for length in [1, 64, 1000, 20_000, 300_000] {
        let mut output = Vec::new();
        connection.send_binary(&noise(length), &mut output).unwrap();
        assert_eq!(output[0], 0xc2, "{length}");
    }
}

#[test]
fn after_our_close_compressed_messages_are_read_past() {
    let mut connection = server(&takeover(), 10);
    run(&mut connection, &masked(0x41, b"\xf2"));
    connection
        .close(&Close::from(CloseCode::GOING_AWAY), &mut Vec::new())
        .unwrap();
    let input = [
        masked(0x80, b"\xff\xff"),
        masked(0xc1, b"\xff\xff"),
        masked(0x88, b"\x03\xe9"),
    ]
    .concat();
    let (events, output) = run(&mut connection, &input);
    assert!(matches!(events[..], [Event::Close(_)]));
    assert!(output.is_empty() && connection.is_closed());
}

#[test]
fn connections_can_be_moved_to_other_threads() {
    fn check<T: Send + 'static>(_: T) {}
    check(server(&takeover(), 1));
}
