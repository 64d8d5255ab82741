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

    let exact = masked(0xc2, &compressed(&vec![0; limit]));
    assert_eq!(
        run(&mut server(&takeover(), limit), &exact).0,
        [Event::Binary(vec![0; limit].into())]
    );
    let over = masked(0xc2, &compressed(&vec![0; limit + 1]));
    assert_eq!(
        run(&mut server(&takeover(), limit), &over).0,
        [Event::Violation(Violation::MessageTooBig(limit))]
    );
}

/// DEFLATE reaches 1032:1, and clients send such messages: an image of one colour, a text of one letter.
#[test]
fn what_shrinks_much_is_taken_up_to_the_limit() {
    let limit = 1 << 20;
    let text = "x".repeat(100_000);
    for (opcode, message) in [
        (0xc1, text.clone().into_bytes()),
        (0xc2, vec![0; 300_000]),
        (0xc2, vec![0; limit]),
    ] {
        let frame = masked(opcode, &compressed(&message));
        assert!(frame.len() * 800 < message.len(), "{} bytes", frame.len());
        let expected = match opcode {
            0xc1 => super::text(&text),
            _ => Event::Binary(message.into()),
        };
        for config in [takeover(), DeflateConfig::new()] {
            assert_eq!(
                run(&mut server(&config, limit), &frame).0,
                std::slice::from_ref(&expected)
            );
        }
    }
}

/// Blocks without content inflate to nothing; what ends them is the bound on the compressed form.
#[test]
fn a_compressed_message_is_bounded_before_it_is_inflated() {
    let limit = 1000;
    let too_big = [Event::Violation(Violation::MessageTooBig(limit))];
    // The header alone: 2^40 bytes are announced, of which none have come.
    let mut claim = vec![0xc2, 0xff];
    claim.extend((1u64 << 40).to_be_bytes());
    claim.extend([0; 4]);
    let mut connection = server(&takeover(), limit);
    let (events, output) = run(&mut connection, &claim);
    assert_eq!(events, too_big);
    assert_eq!(frames(&output)[0].1[..2], 1009u16.to_be_bytes());
    // In fragments, each of which is short.
    let empty_blocks = [0, 0, 0, 0xff, 0xff].repeat(100);
    let first = masked(0x42, &empty_blocks);
    let more = masked(0x00, &empty_blocks);
    let flood = [first, more.repeat(100)].concat();
    assert_eq!(run(&mut server(&takeover(), limit), &flood).0, too_big);
    // Some of them are nobody's fault.
    let few = masked(0xc2, &[&empty_blocks[..], &compressed(b"Hello")].concat());
    assert_eq!(
        run(&mut server(&takeover(), limit), &few).0,
        [Event::Binary(b"Hello".as_slice().into())]
    );
}

/// RFC 1951, 3.2.4: stored blocks, as short as a compressor makes them; and one that flushes after every frame.
#[test]
fn what_cannot_be_compressed_is_taken_up_to_the_limit() {
    let message = noise(20_000);
    let stored = |part: &[u8]| {
        let length = (part.len() as u16).to_le_bytes();
        [&[0][..], &length, &length.map(|byte| !byte), part].concat()
    };
    let expected = [Event::Binary(message.clone().into())];
    let blocks: Vec<u8> = message.chunks(120).flat_map(stored).chain([0]).collect();
    let whole = masked(0xc2, &blocks);
    assert_eq!(run(&mut server(&takeover(), message.len()), &whole).0, expected);
    // Each frame has one byte, and an empty block behind it; the tail of the last is left off.
    let mut input = Vec::new();
    for (at, byte) in message.iter().enumerate() {
        let is_last = at + 1 == message.len();
        let tail: &[u8] = if is_last { &[0] } else { &[0, 0, 0, 0xff, 0xff] };
        let first = u8::from(is_last) << 7 | if at == 0 { 0x42 } else { 0 };
        input.extend(masked(first, &[&stored(&[*byte]), tail].concat()));
    }
    assert_eq!(run(&mut server(&takeover(), message.len()), &input).0, expected);
}

/// A message without bytes, in fragments without end, passes every limit on bytes.
#[test]
fn the_fragments_of_a_message_are_bounded() {
    for first in [0x01, 0x41] {
        let limit = 100;
        let flood = [masked(first, b""), masked(0x00, b"").repeat(2000)].concat();
        let (events, output) = run(&mut server(&takeover(), limit), &flood);
        assert_eq!(events, [Event::Violation(Violation::TooManyFragments)], "{first}");
        assert_eq!(frames(&output)[0].1[..2], 1009u16.to_be_bytes());
        // As many as a message may have bytes, and 1,024 more; then another message counts anew.
        let last = masked(0x80, b"");
        let most = [masked(first, b""), masked(0x00, b"").repeat(limit + 1022), last].concat();
        let mut connection = server(&takeover(), limit);
        for _ in 0..2 {
            assert_eq!(run(&mut connection, &most).0, [text("")], "{first}");
        }
    }
}

/// The core gives control back while it inflates: no call takes more than 4 KiB of input or makes much more than
/// 256 KiB of output, whatever the messages are.
#[test]
fn the_work_of_one_call_is_bounded() {
    let limit = 8 << 20;
    let empty_blocks = [0, 0, 0, 0xff, 0xff].repeat(200_000);
    let bomb = compressed(&vec![0; limit]);
    // Messages that are under the bound each: they count together.
    let small = masked(0xc2, &compressed(&[0; 60_000])).repeat(100);
    for (name, stream, most_input) in [
        ("empty blocks", masked(0xc2, &empty_blocks), 5 << 10),
        ("a bomb", masked(0xc2, &bomb), 2 << 10),
        ("small bombs", small, 1 << 10),
    ] {
        let mut connection = server(&takeover(), limit);
        let (mut input, mut output) = (&stream[..], Vec::new());
        let (mut events, mut pauses, mut since_pause) = (0, 0, 0);
        while !input.is_empty() {
            let before = input.len();
            let event = connection.receive(&mut input, &mut output);
            since_pause += before - input.len();
            assert!(since_pause <= most_input, "{name}: {since_pause} bytes at once");
            match event {
                Some(Event::Binary(_)) => events += 1,
                Some(other) => panic!("{name}: {other:?}"),
                None => (pauses, since_pause) = (pauses + 1, 0),
            }
        }
        assert!(
            events > 0 && pauses > 10,
            "{name}: {events} events, {pauses} pauses"
        );
    }
}

/// Whatever pauses there are, a message is the same however its bytes come.
#[test]
fn pauses_make_no_difference() {
    let message: Vec<u8> = noise(90_000).into_iter().map(|byte| byte & 7).collect();
    let message = [&message[..], &vec![0; 600_000], &message].concat();
    let frame = masked(0xc2, &compressed(&message));
    let expected = [Event::Binary(message.into())];
    for sizes in [&[usize::MAX][..], &[1], &[4095], &[4096, 1], &[70_000]] {
        assert_eq!(run_in(&mut server(&takeover(), 1 << 20), &frame, sizes), expected);
    }
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
