//! permessage-deflate through whole connections, rule by rule, with the RFC's examples.

use super::distances::distances;
use super::{frames, masked, run, text};
use crate::{
    Connection, DeflateAgreement, DeflateConfig, Event, FrameHeader, FrameRules, Role, extensions, mask,
};

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

/// The payload of the one frame that a client has written.
fn payload(output: &[u8]) -> Vec<u8> {
    let (header, size) = FrameHeader::parse(
        output,
        FrameRules {
            masked: true,
            rsv1: true,
        },
    )
    .unwrap()
    .unwrap();
    let mut payload = Vec::new();
    mask::copy_unmasked(header.mask.unwrap(), 0, &output[size..], &mut payload);
    assert!(header.fin && header.rsv1 && header.length == payload.len() as u64);
    payload
}

/// The payload of a message that is compressed on its own.
pub(super) fn compressed(message: &[u8]) -> Vec<u8> {
    let agreement = agree(&takeover().level(9), OFFER);
    let mut output = Vec::new();
    let mut client = Connection::new(Role::Client { mask_seed: 5 }, 0).with_deflate(&agreement);
    client.send_binary(message, &mut output).unwrap();
    payload(&output)
}

/// Bytes that cannot be compressed.
pub(super) fn noise(length: usize) -> Vec<u8> {
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
        assert!(first.len() < 100 && !first.ends_with(&[0x00, 0x00, 0xff, 0xff]));
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
fn connections_can_be_moved_to_other_threads() {
    fn check<T: Send + 'static>(_: T) {}
    check(server(&takeover(), 1));
}
