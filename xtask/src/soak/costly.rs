//! Clients whose few bytes could cost a server much time, while others wait for their echoes.

use std::time::{Duration, Instant};

use super::chance::Chance;
use super::connection::{Answer, Step, Stop, answer, connect, handshake, send};

/// How soon a head is refused, on a machine that is busy with other clients.
const REFUSED_WITHIN: Duration = Duration::from_secs(3);

/// Thousands of different tokens in one header: refused, by a status between 400 and 499.
pub(super) fn floods_with_offers(address: &str, chance: &mut Chance) -> Step {
    let name = chance.one_of("Sec-WebSocket-Protocol", &["Sec-WebSocket-Extensions"]);
    let size = 60_000 + chance.below(240_000) as usize;
    let mut offers = String::with_capacity(size + 200);
    offers.push_str(name);
    offers.push_str(": t");
    for number in 0_u32.. {
        if offers.len() >= size {
            break;
        }
        offers.push_str(&format!(",{number:x}t"));
    }
    offers.push_str("\r\n");
    let mut stream = connect(address)?;
    let begun = Instant::now();
    // The server may answer before it has read the whole head.
    let _ = send(&mut stream, handshake(address, "/echo", &offers).as_bytes());
    let answer = answer(stream);
    let took = begun.elapsed();
    let what = format!("{size} bytes of offers in {name}");
    match answer {
        _ if took > REFUSED_WITHIN => {
            Stop::wrong(format!("{what} were answered after {} ms", took.as_millis()))
        }
        Ok(Answer::Http(400..=499)) => Ok(()),
        Ok(Answer::Http(status)) => Stop::wrong(format!("HTTP {status} for {what}")),
        Ok(Answer::Open(mut connection)) => {
            let _ = connection.close(1000, "");
            connection.end_anyhow()?;
            Stop::wrong(format!("{what} were accepted"))
        }
        Err(Stop::Gone(how)) => Stop::wrong(format!("no answer to {what}: {how}")),
        Err(stop) => Err(stop),
    }
}

/// A compressed frame that announces 2^40 bytes and holds empty stored blocks (RFC 1951, 3.2.4).
pub(super) fn sends_empty_deflate_blocks(address: &str, chance: &mut Chance) -> Step {
    const BLOCK: &[u8] = b"\x00\x00\x00\xff\xff";
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let mut stream = connect(address)?;
    send(&mut stream, handshake(address, "/echo", offer).as_bytes())?;
    let mut connection = match answer(stream)? {
        Answer::Open(connection) => connection,
        Answer::Http(status) => return Stop::wrong(format!("HTTP {status}")),
    };
    let mut head = vec![chance.one_of(0xc1, &[0xc2]), 0x80 | 127];
    head.extend((1_u64 << 40).to_be_bytes());
    head.extend([0; 4]);
    connection.write(&head)?;
    let piece = BLOCK.repeat(13_000);
    for _ in 0..16 + chance.below(64) {
        // Where the server has closed and waited, its Close frame is there to be read.
        if connection.write(&piece).is_err() {
            break;
        }
    }
    connection.end_with(&[1009, 1002])
}
