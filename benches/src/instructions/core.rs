//! An echo by the protocol core alone, without I/O.

use hangup_protocol::{Connection, Event, Role};

/// The number of bytes that were answered.
pub(crate) fn echo(burst: &[u8], bursts: usize) -> usize {
    let mut connection = Connection::new(Role::Server, 1 << 20);
    let mut output = Vec::with_capacity(2 * burst.len());
    let mut answered = 0;
    for _ in 0..bursts {
        let mut input = burst;
        while let Some(event) = connection.receive(&mut input, &mut output) {
            let sent = match event {
                Event::Text(text) => connection.send_text(&text, &mut output),
                Event::Binary(bytes) => connection.send_binary(&bytes, &mut output),
                _ => return 0,
            };
            if sent.is_err() {
                return 0;
            }
        }
        answered += output.len();
        output.clear();
    }
    answered
}
