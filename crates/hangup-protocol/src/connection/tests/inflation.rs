//! Compressed messages that are broken, too large or out of place (RFC 7692, 6, 7.2.2 and 8).

use super::deflate::{compressed, noise, run_in, server, takeover};
use super::{frames, masked, run, text};
use crate::{Close, CloseCode, DeflateConfig, Event, Side, Violation};

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

    let any = takeover().max_expansion(None);
    let exact = masked(0xc2, &compressed(&vec![0; limit]));
    assert_eq!(
        run(&mut server(&any, limit), &exact).0,
        [Event::Binary(vec![0; limit].into())]
    );
    let over = masked(0xc2, &compressed(&vec![0; limit + 1]));
    assert_eq!(
        run(&mut server(&any, limit), &over).0,
        [Event::Violation(Violation::MessageTooBig(limit))]
    );

    let expected = [Event::Violation(Violation::ExpansionTooBig(200))];
    assert_eq!(run(&mut server(&takeover(), limit), &exact).0, expected);
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
