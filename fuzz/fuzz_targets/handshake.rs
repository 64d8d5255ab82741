//! The opening handshake: any header lines are accepted or refused with a status.
#![no_main]

use hangup_protocol::{HeaderLines, RequestView, handshake};
use libfuzzer_sys::fuzz_target;

struct Lines<'a>(Vec<(&'static str, &'a [u8])>);

impl HeaderLines for Lines<'_> {
    fn lines(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |(found, _)| *found == name).map(|(_, value)| *value)
    }
}

const NAMES: [&str; 7] = [
    "host",
    "upgrade",
    "connection",
    "sec-websocket-key",
    "sec-websocket-version",
    "sec-websocket-protocol",
    "sec-websocket-extensions",
];

fuzz_target!(|input: (&str, u8, Vec<(u8, &[u8])>)| {
    let (method, minor, lines) = input;
    let lines = lines.into_iter().map(|(name, value)| (NAMES[usize::from(name) % NAMES.len()], value));
    let headers = Lines(lines.collect());
    match handshake::check(&RequestView { method, http_version: (1, minor), headers: &headers }) {
        Ok(accepted) => assert_eq!(accepted.accept_key.len(), 28),
        Err(error) => assert!(matches!(error.status(), 400 | 426)),
    }
});
