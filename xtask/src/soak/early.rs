//! Clients that send or disconnect before their handshake is answered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::connection::{Answer, BINARY, CLOSE, Step, Stop, answer, connect, frame, handshake, send};
use crate::interop::http;

/// How long an endpoint may run after its client has disconnected: less than `--accept-timeout`, which would end it too.
const CANCELLED_WITHIN: Duration = Duration::from_secs(2);

/// How many clients wait, as far as they themselves know.
static WAITING: AtomicUsize = AtomicUsize::new(0);

struct Waits;

impl Waits {
    fn begin() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Sends the handshake, messages and a Close frame in one segment: all of it is answered, in order.
pub(super) fn frames_with_the_handshake(address: &str, chance: &mut Chance) -> Step {
    let payloads: Vec<Vec<u8>> = (0..=chance.below(4))
        .map(|_| {
            let length = chance.below(2000) as usize;
            chance.bytes(length)
        })
        .collect();
    let mut bytes = handshake(address, "/echo", "").into_bytes();
    for payload in &payloads {
        bytes.extend(frame(BINARY, payload));
    }
    bytes.extend(frame(CLOSE, b"\x0f\xa0early"));
    let mut stream = connect(address)?;
    send(&mut stream, &bytes)?;
    match answer(stream)? {
        Answer::Open(mut connection) => {
            connection.expect_close();
            for payload in &payloads {
                if &connection.message()?.payload != payload {
                    return Stop::wrong("an early message came back changed");
                }
            }
            connection.end_with(&[4000])
        }
        Answer::Http(status) => Stop::wrong(format!("HTTP {status}")),
    }
}

/// Disconnects before the endpoint accepts, which is then cancelled at once.
pub(super) fn leaves_before_accept(address: &str, chance: &mut Chance) -> Step {
    wait_and_leave(address, chance, None)
}

/// The same with frames that were sent before.
pub(super) fn speaks_and_leaves_before_accept(address: &str, chance: &mut Chance) -> Step {
    let length = chance.one_of(5, &[125, 2000, 30_000]);
    wait_and_leave(address, chance, Some(&frame(BINARY, &vec![7; length])))
}

/// Announces a body whose bytes come later, and look like frames: it is refused, or read before the 101.
pub(super) fn sends_a_body(address: &str, chance: &mut Chance) -> Step {
    let body = frame(BINARY, &vec![7; 1 + chance.below(100) as usize]);
    let (more, parts) = match chance.below(3) {
        0 => (format!("Content-Length: {}\r\n", body.len()), vec![body]),
        1 => {
            let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n"].concat();
            (
                "Transfer-Encoding: chunked\r\n".into(),
                vec![chunk, b"0\r\n\r\n".to_vec()],
            )
        }
        // Its end alone.
        _ => (
            "Transfer-Encoding: chunked\r\n".into(),
            vec![b"0\r\n\r\n".to_vec()],
        ),
    };
    let mut stream = connect(address)?;
    send(&mut stream, handshake(address, "/echo", &more).as_bytes())?;
    for part in parts {
        sleep(Duration::from_millis(20 + chance.below(100)));
        // After a refusal the server may have closed.
        let _ = send(&mut stream, &part);
    }
    match answer(stream)? {
        Answer::Http(400) => Ok(()),
        Answer::Http(status) => Stop::wrong(format!("HTTP {status}")),
        Answer::Open(mut connection) => {
            connection.send(BINARY, b"behind the body")?;
            match connection.message() {
                Ok(back) if back.payload == b"behind the body" => {}
                Ok(_) => return Stop::wrong("the body came back as a message"),
                Err(Stop::Gone(how)) => return Stop::wrong(format!("the body was taken for frames: {how}")),
                Err(stop) => return Err(stop),
            }
            connection.close(1000, "")?;
            connection.end_with(&[1000])
        }
    }
}

fn wait_and_leave(address: &str, chance: &mut Chance, early: Option<&[u8]>) -> Step {
    let waits = Waits::begin();
    let mut bytes = handshake(address, "/slow-accept/ws?seconds=3600", "").into_bytes();
    let mut stream = connect(address)?;
    match early {
        Some(early) if chance.below(2) == 0 => {
            bytes.extend(early);
            send(&mut stream, &bytes)?;
        }
        Some(early) => {
            send(&mut stream, &bytes)?;
            sleep(Duration::from_millis(50));
            send(&mut stream, early)?;
        }
        None => send(&mut stream, &bytes)?,
    }
    sleep(Duration::from_millis(20 + chance.below(200)));
    drop(stream);
    drop(waits);
    until_no_other_waits(address)
}

/// Looks until no endpoints wait but those of clients that are here.
fn until_no_other_waits(address: &str) -> Step {
    let begun = Instant::now();
    loop {
        if let Ok(page) = http::get(address, "/slow-accept/waiting")
            && let Ok(waiting) = page.body.parse::<usize>()
        {
            let here = WAITING.load(Ordering::SeqCst);
            if waiting <= here {
                return Ok(());
            }
            if begun.elapsed() > CANCELLED_WITHIN {
                return Stop::wrong(format!(
                    "{waiting} endpoints wait for {here} clients, {} s after one has left",
                    CANCELLED_WITHIN.as_secs()
                ));
            }
        } else if begun.elapsed() > CANCELLED_WITHIN * 5 {
            return Stop::wrong("/slow-accept/waiting gives no number");
        }
        sleep(Duration::from_millis(50));
    }
}
