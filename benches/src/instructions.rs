//! An echo by the protocol core alone, a given number of times: `cargo xtask bench --instructions` counts what it executes.

use std::process::ExitCode;

use hangup_protocol::{Connection, Event, Role};

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// How many messages arrive with one read.
const BURST: usize = 16;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = match words.as_slice() {
        [case, bursts] => frames(case).zip(bursts.parse().ok()),
        _ => None,
    };
    let Some(((input, answered), bursts)) = asked else {
        eprintln!("usage: instructions text-125|text-4096|binary-4096|fragments-125 BURSTS");
        return ExitCode::from(2);
    };
    if echo(&input, bursts) == answered * bursts {
        return ExitCode::SUCCESS;
    }
    eprintln!("the echo is not what was sent");
    ExitCode::FAILURE
}

/// What arrives with one read, and how many bytes answer it.
fn frames(case: &str) -> Option<(Vec<u8>, usize)> {
    let (message, answer) = match case {
        "text-125" => (frame(0x81, 125), 2 + 125),
        "text-4096" => (frame(0x81, 4096), 4 + 4096),
        "binary-4096" => (frame(0x82, 4096), 4 + 4096),
        "fragments-125" => ([frame(0x01, 60), frame(0x80, 65)].concat(), 2 + 125),
        _ => return None,
    };
    Some((message.repeat(BURST), answer * BURST))
}

fn frame(first: u8, length: u16) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(length) {
        Ok(short @ 0..=125) => frame.push(0x80 | short),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend(MASK);
    let payload = (b'a'..=b'z').cycle().take(length.into());
    frame.extend(payload.zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The number of bytes that were answered.
fn echo(burst: &[u8], bursts: usize) -> usize {
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
