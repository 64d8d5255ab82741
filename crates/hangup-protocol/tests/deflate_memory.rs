//! What compression costs a connection in memory, as `DeflateConfig` states it, and what a bomb can make it hold.

#![cfg(feature = "deflate")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use allocation_counter::measure;
use hangup_protocol::{CloseCode, Connection, DeflateConfig, Event, Role, extensions};

const LIMIT: usize = 1 << 20;

/// A server and a client that have agreed on compression.
fn pair(config: &DeflateConfig) -> (Connection, Connection) {
    let offers = extensions([b"permessage-deflate".as_slice()].into_iter()).unwrap();
    let agreement = config.negotiate(&offers).unwrap();
    (
        Connection::new(Role::Server, LIMIT).with_deflate(&agreement),
        Connection::new(Role::Client { mask_seed: 1 }, usize::MAX).with_deflate(&agreement),
    )
}

/// The bytes that a server keeps once it has received a message and sent it back, and the server.
fn kept_by_a_server(config: &DeflateConfig) -> (i64, Connection) {
    let mut kept = None;
    let text = "some text to learn from ".repeat(100);
    let (mut request, mut response) = (Vec::with_capacity(1 << 16), Vec::with_capacity(1 << 16));
    let used = measure(|| {
        let (mut server, mut client) = pair(config);
        // A client that takes nothing over leaves its context to the thread, where the server finds it.
        client.send_text(&text, &mut request).unwrap();
        drop(client);
        let event = server.receive(&mut request.as_slice(), &mut response);
        let Some(Event::Text(received)) = event else {
            panic!("a message has been sent, not {event:?}");
        };
        server.send_text(&received, &mut response).unwrap();
        kept = Some(server);
    });
    (used.bytes_current, kept.unwrap())
}

#[test]
fn without_takeover_a_connection_keeps_no_context_between_messages() {
    // The contexts of the thread are made with the first message.
    kept_by_a_server(&DeflateConfig::new());
    let (kept, _server) = kept_by_a_server(&DeflateConfig::new());
    assert!((0..200).contains(&kept), "{kept} bytes");
}

#[test]
fn a_context_that_is_taken_over_costs_what_its_method_says() {
    for (config, stated) in [
        (DeflateConfig::new().server_context_takeover(true), 380_000),
        (DeflateConfig::new().client_context_takeover(true), 48_000),
    ] {
        // The first keeps the contexts of the thread.
        let _first = kept_by_a_server(&config);
        let (kept, _server) = kept_by_a_server(&config);
        assert!(
            (stated * 9 / 10..=stated * 11 / 10).contains(&kept),
            "{kept} bytes: {config:?}"
        );
    }
}

#[test]
fn a_bomb_makes_a_connection_hold_no_more_than_the_bound_of_a_message() {
    let (mut server, mut client) = pair(&DeflateConfig::new().level(9));
    let mut bomb = Vec::new();
    client.send_binary(&vec![0; 32 << 20], &mut bomb).unwrap();
    assert!(
        bomb.len() < LIMIT,
        "the message of 32 MiB takes {} bytes",
        bomb.len()
    );
    let mut response = Vec::with_capacity(1 << 10);
    let mut event = None;
    let held = measure(|| {
        let mut input = bomb.as_slice();
        while event.is_none() && !input.is_empty() {
            event = server.receive(&mut input, &mut response);
        }
    });
    assert!(matches!(event, Some(Event::Violation(_))), "{event:?}");
    // A vector that grows is there twice while it is moved.
    assert!(
        held.bytes_max < 3 * LIMIT as u64 + 100_000,
        "{} bytes",
        held.bytes_max
    );
}

#[test]
fn a_connection_that_is_released_keeps_next_to_nothing_but_its_end() {
    let config = DeflateConfig::new()
        .server_context_takeover(true)
        .client_context_takeover(true);
    // The first makes the contexts of the thread.
    let _first = kept_by_a_server(&config);
    let (kept, mut server) = kept_by_a_server(&config);
    let released = measure(|| {
        let close = CloseCode::NORMAL_CLOSURE.into();
        server.close(&close, &mut Vec::new()).unwrap();
        server.release();
    });
    assert!(
        kept + released.bytes_current < 1000,
        "{kept} {}",
        released.bytes_current
    );
    assert_eq!(server.close_sent().unwrap().code().get(), 1000);
}

#[test]
fn a_connection_that_is_over_keeps_nothing_of_compression() {
    let config = DeflateConfig::new()
        .server_context_takeover(true)
        .client_context_takeover(true);
    let _first = kept_by_a_server(&config);
    // Each end: our Close frame, the peer's, a broken rule, the end of the stream.
    let ends: [fn(&mut Connection, &mut Vec<u8>); 4] = [
        |server, output| server.close(&CloseCode::GOING_AWAY.into(), output).unwrap(),
        |server, output| {
            let mut close = &[0x88, 0x80, 0, 0, 0, 0][..];
            assert!(matches!(
                server.receive(&mut close, output),
                Some(Event::Close(_))
            ));
        },
        |server, output| {
            let mut reserved = &[0x83, 0x80, 0, 0, 0, 0][..];
            let event = server.receive(&mut reserved, output);
            assert!(matches!(event, Some(Event::Violation(_))));
        },
        |server, _| server.receive_eof(),
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let (mut server, mut output) = (None, Vec::with_capacity(1 << 10));
        let used = measure(|| {
            let mut open = kept_by_a_server(&config).1;
            // A message that has come in part, and a control frame.
            for mut part in [&[0x41, 0x82, 0, 0, 0, 0, 0xf2, 0x48][..], &[0x89, 0x81, 0, 0, 0]] {
                assert_eq!(open.receive(&mut part, &mut output), None);
            }
            let mut rest = &[0, b'x'][..];
            assert!(matches!(
                open.receive(&mut rest, &mut output),
                Some(Event::Ping(_))
            ));
            end(&mut open, &mut output);
            server = Some(open);
        });
        assert!(
            (0..500).contains(&used.bytes_current),
            "end {number}: {} bytes",
            used.bytes_current
        );
    }
}
