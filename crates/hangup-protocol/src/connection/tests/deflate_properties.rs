//! What holds for all compressed messages: what was sent arrives, and splits do not matter.

use proptest::collection::vec;
use proptest::prelude::*;

use super::deflate::{OFFER, agree, run_in, server, takeover};
use super::run;
use crate::{Connection, DeflateConfig, Event, MessageKind, Role};

fn configs() -> impl Strategy<Value = DeflateConfig> {
    (
        any::<bool>(),
        any::<bool>(),
        9..=15u8,
        9..=15u8,
        1..=9u8,
        prop_oneof![Just(0), Just(100usize)],
    )
        .prop_map(|(ours, theirs, server, client, level, min_size)| {
            DeflateConfig::new()
                .server_context_takeover(ours)
                .client_context_takeover(theirs)
                .server_max_window_bits(server)
                .client_max_window_bits(client)
                .level(level)
                .min_size(min_size)
        })
}

fn messages() -> impl Strategy<Value = Vec<(MessageKind, Vec<u8>)>> {
    let word = prop_oneof![any::<String>(), Just("again and again".to_owned()), "[a-c]{0,40}"];
    let text = (vec(word, 0..6), 0..10usize)
        .prop_map(|(words, times)| (MessageKind::Text, words.concat().repeat(times).into_bytes()));
    let binary = (vec(any::<u8>(), 0..1000), 1..3usize).prop_map(|(b, n)| (MessageKind::Binary, b.repeat(n)));
    vec(prop_oneof![text, binary], 0..8)
}

fn send(connection: &mut Connection, messages: &[(MessageKind, Vec<u8>)]) -> (Vec<u8>, Vec<Event>) {
    let (mut output, mut events) = (Vec::new(), Vec::new());
    for (kind, bytes) in messages {
        match kind {
            MessageKind::Text => {
                let text = String::from_utf8(bytes.clone()).unwrap();
                connection.send_text(&text, &mut output).unwrap();
                events.push(Event::Text(text.into()));
            }
            MessageKind::Binary => {
                connection.send_binary(bytes, &mut output).unwrap();
                events.push(Event::Binary(bytes.clone().into()));
            }
        }
    }
    (output, events)
}

proptest! {
    #[test]
    fn both_sides_read_what_the_other_sent(config in configs(), messages in messages(), sizes in vec(1usize..300, 1..5)) {
        let agreement = agree(&config, OFFER);
        let mut server = Connection::new(Role::Server, 1 << 20).with_deflate(&agreement);
        let mut client = Connection::new(Role::Client { mask_seed: 3 }, 1 << 20).with_deflate(&agreement);
        for _ in 0..2 {
            let (output, events) = send(&mut client, &messages);
            prop_assert_eq!(run_in(&mut server, &output, &sizes), events);
            let (output, events) = send(&mut server, &messages);
            prop_assert_eq!(run_in(&mut client, &output, &sizes), events);
        }
    }

    #[test]
    fn splits_do_not_matter(
        messages in messages(), broken in vec(any::<prop::sample::Index>(), 0..3), sizes in vec(1usize..80, 1..5),
        limit in prop_oneof![0usize..3000, Just(1 << 20)],
    ) {
        let config = takeover();
        let mut client = Connection::new(Role::Client { mask_seed: 3 }, 0).with_deflate(&agree(&config, OFFER));
        let (mut input, _) = send(&mut client, &messages);
        for at in broken {
            if !input.is_empty() {
                let at = at.index(input.len());
                input[at] ^= 1 << (at % 8);
            }
        }
        let expected = run(&mut server(&config, limit), &input).0;
        for event in &expected {
            match event {
                Event::Text(text) => prop_assert!(text.len() <= limit),
                Event::Binary(bytes) => prop_assert!(bytes.len() <= limit),
                _ => {}
            }
        }
        prop_assert_eq!(&run_in(&mut server(&config, limit), &input, &sizes), &expected);
        prop_assert_eq!(&run_in(&mut server(&config, limit), &input, &[1]), &expected);
    }
}
