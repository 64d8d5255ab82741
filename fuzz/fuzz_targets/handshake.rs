//! The opening handshake: any header lines are accepted or refused with a status.
#![no_main]

use hangup_protocol::{HeaderLines, RequestView, handshake};
use libfuzzer_sys::fuzz_target;

struct Lines<'a>(Vec<(&'static str, &'a [u8])>);

impl HeaderLines for Lines<'_> {
    fn lines(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.0
            .iter()
            .filter(move |(found, _)| *found == name)
            .map(|(_, value)| *value)
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

// The input is text: the method and the minor version of HTTP, then the header lines.
fuzz_target!(|input: &[u8]| {
    let mut input = input.split(|byte| *byte == b'\n');
    let Some([method @ .., minor]) = input.next() else {
        return;
    };
    let Ok(method) = std::str::from_utf8(method) else {
        return;
    };
    let lines = input.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = NAMES.iter().find(|name| name.as_bytes() == &line[..colon])?;
        Some((*name, &line[colon + 1..]))
    });
    let headers = Lines(lines.collect());
    let request = RequestView {
        method: method.trim(),
        http_version: (1, minor.wrapping_sub(b'0')),
        headers: &headers,
    };
    match handshake::check(&request) {
        Ok(accept_key) => assert_eq!(accept_key.len(), 28),
        Err(error) => assert!(matches!(error.status(), 400 | 426)),
    }
    match handshake::offers(&headers) {
        Ok(offers) => {
            assert!(offers.subprotocols.len() <= handshake::MAX_SUBPROTOCOLS);
            assert!(offers.extensions.len() <= handshake::MAX_EXTENSIONS);
            for offer in &offers.extensions {
                assert!(offer.params.len() <= handshake::MAX_EXTENSION_PARAMS);
            }
        }
        Err(error) => assert_eq!(error.status(), 400),
    }
});
