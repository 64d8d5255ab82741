//! The clients of the soak on an open connection: each has its own behaviour, and checks what the server must do.

use std::io::Read;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::connection::{
    Answer, BINARY, Connection, PING, PONG, Step, Stop, TEXT, answer, connect, frame, handshake, send,
};
use super::round_trip;

/// Sends messages, some in fragments, and gets each of them back.
fn exchange(connection: &mut Connection, chance: &mut Chance) -> Step {
    for _ in 0..=chance.below(12) {
        let length = match chance.below(10) {
            0 => chance.below(60_000),
            _ => chance.below(600),
        };
        let first = chance.one_of(TEXT, &[BINARY]);
        let payload = match first {
            TEXT => vec![b'a'; length as usize],
            _ => chance.bytes(length as usize),
        };
        let sent = Instant::now();
        if chance.below(4) == 0 {
            let (start, end) = payload.split_at(payload.len() / 3);
            connection.send(first & 0x0f, start)?;
            connection.send(0x80, end)?;
        } else {
            connection.send(first, &payload)?;
        }
        let back = connection.message()?;
        round_trip::note(sent.elapsed());
        if (back.first, &back.payload) != (first, &payload) {
            return Stop::wrong(format!("{length} bytes came back as {}", back.payload.len()));
        }
    }
    Ok(())
}

fn close_properly(mut connection: Connection, chance: &mut Chance) -> Step {
    let code = chance.one_of(1000, &[1001, 1011, 3000, 4000, 4999]);
    connection.close(code, chance.one_of("", &["bye", "Grüße"]))?;
    connection.end_with(&[code])
}

pub(super) fn echo(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    close_properly(connection, chance)
}

pub(super) fn pings(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    for _ in 0..=chance.below(5) {
        let length = chance.below(126) as usize;
        let payload = chance.bytes(length);
        connection.send(PING, &payload)?;
        let pong = connection.message()?;
        if (pong.first, pong.payload) != (PONG, payload) {
            return Stop::wrong("no pong to a ping");
        }
    }
    close_properly(connection, chance)
}

pub(super) fn is_closed(address: &str, chance: &mut Chance) -> Step {
    let (path, code) = chance.one_of(
        ("/done/ws", 1000),
        &[
            ("/close/ws?code=4000&reason=bye", 4000),
            ("/close/ws?code=1005", 1011),
            ("/unhandled/ws?accept=true", 1011),
            ("/panic/ws?accept=true", 1011),
            ("/handler-fails/ws", 1011),
        ],
    );
    Connection::open(address, path)?.end_with(&[code])
}

pub(super) fn is_refused(address: &str, chance: &mut Chance) -> Step {
    let (path, code) = chance.one_of(
        ("/early-close/ws?code=4001", 4001),
        &[
            ("/silent/ws", 1011),
            ("/unhandled/ws?accept=false", 1011),
            ("/validation/ws", 1008),
        ],
    );
    let (more, status) = match chance.below(4) {
        0 => ("Origin: https://elsewhere.example\r\n", 403),
        _ => ("", 101),
    };
    let mut stream = connect(address)?;
    send(&mut stream, handshake(address, path, more).as_bytes())?;
    match answer(stream)? {
        Answer::Open(mut connection) if status == 101 => connection.end_with(&[code]),
        Answer::Http(given) if given == status => Ok(()),
        Answer::Open(_) => Stop::wrong("a page of another origin was accepted"),
        Answer::Http(given) => Stop::wrong(format!("HTTP {given} in place of {status}")),
    }
}

pub(super) fn closes_oddly(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    match chance.below(4) {
        // Without a code: answered without one.
        0 => {
            connection.send(0x88, b"")?;
            connection.end_with(&[1005])
        }
        1 => {
            connection.send(0x88, b"\x03")?;
            connection.end_with(&[1002])
        }
        2 => {
            connection.send(0x88, b"\x03\xe8\xff\xfe")?;
            connection.end_with(&[1007])
        }
        _ => {
            let code = chance.one_of(0, &[999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]);
            connection.close(code, "odd")?;
            connection.end_with(&[1002])
        }
    }
}

pub(super) fn breaks_the_protocol(address: &str, chance: &mut Chance) -> Step {
    let (bytes, code): (&[u8], u16) = chance.one_of(
        (b"\x81\x02hi", 1002),
        &[
            (b"\x83\x80\0\0\0\0", 1002),
            (b"\xc1\x80\0\0\0\0", 1002),
            (b"\x80\x80\0\0\0\0", 1002),
            (b"\x09\x80\0\0\0\0", 1002),
            (b"\x89\xfe\x00\x7e\0\0\0\0", 1002),
            (b"\x81\x81\0\0\0\0\xff", 1007),
            (b"\x81\x83\0\0\0\0\xed\xa0\x80", 1007),
            (b"\x82\xff\0\0\0\0\0\x02\0\0\0\0\0\0", 1009),
            (b"\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 1002),
        ],
    );
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    connection.write(bytes)?;
    connection.end_with(&[code])
}

pub(super) fn vanishes(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    if chance.below(2) == 0 {
        // In the middle of a frame.
        connection.write(&frame(BINARY, &[7; 500])[..100])?;
    }
    Ok(())
}

pub(super) fn resets(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    connection.send(TEXT, b"unread")?;
    connection.reset();
    Ok(())
}

pub(super) fn vanishes_early(address: &str, chance: &mut Chance) -> Step {
    let mut stream = connect(address)?;
    let request = handshake(address, "/echo", "");
    let length = match chance.below(2) {
        0 => request.len(),
        _ => chance.below(request.len() as u64) as usize,
    };
    send(&mut stream, &request.as_bytes()[..length])
}

pub(super) fn half_closes(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    exchange(&mut connection, chance)?;
    if chance.below(2) == 0 {
        connection.end_writing();
        connection.end_anyhow()
    } else {
        connection.close(4000, "half")?;
        connection.end_writing();
        connection.end_with(&[4000])
    }
}

/// Its Close frame is answered, but it keeps the connection open.
pub(super) fn closes_and_stays(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    connection.close(1000, "")?;
    sleep(Duration::from_millis(chance.below(2500)));
    connection.end_with(&[1000])
}

pub(super) fn floods(address: &str, _: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    connection.write(&frame(TEXT, b"x").repeat(3000))?;
    connection.end_with(&[1008])
}

pub(super) fn floods_with_pings(address: &str, _: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    connection.write(&frame(PING, b"?").repeat(3000))?;
    connection.end_with(&[1008])
}

/// Reads its answers late, and gets all of them.
pub(super) fn lags(address: &str, chance: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    let count = 50 + chance.below(100);
    let mut writer = connection
        .stream()
        .try_clone()
        .map_err(|error| Stop::Gone(error.to_string()))?;
    let payload = chance.bytes(40_000);
    let message = frame(BINARY, &payload);
    let writing = std::thread::spawn(move || (0..count).try_for_each(|_| send(&mut writer, &message)));
    sleep(Duration::from_millis(200 + chance.below(600)));
    for number in 0..count {
        if connection.message()?.payload != payload {
            return Stop::wrong(format!("message {number} of {count} came back changed"));
        }
    }
    if writing.join().is_err() {
        return Stop::wrong("the writing thread panicked");
    }
    close_properly(connection, chance)
}

/// Sends as long as the server reads, and reads nothing, until the server drops the connection.
pub(super) fn never_reads(address: &str, _: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    let message = frame(BINARY, &[7; 60_000]);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        let timeout = Some(Duration::from_millis(500));
        let _ = connection.stream().set_write_timeout(timeout);
        if connection.write(&message).is_err() && begun.elapsed() > Duration::from_secs(8) {
            break;
        }
        sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Does not read or send: the pings and the end are unread.
pub(super) fn falls_silent(address: &str, _: &mut Chance) -> Step {
    let mut connection = Connection::open(address, "/echo")?;
    sleep(Duration::from_millis(5000));
    // A server that was held up for so long that the pings are answered after all finds it idle.
    connection.end_with(&[1011, 1001])
}

/// Answers pings, and sends nothing.
pub(super) fn is_idle(address: &str, _: &mut Chance) -> Step {
    Connection::open(address, "/echo")?.end_with(&[1001])
}

pub(super) fn expires(address: &str, _: &mut Chance) -> Step {
    Connection::open(address, "/expires/ws?seconds=1")?.end_with(&[3000])
}

pub(super) fn handshakes_slowly(address: &str, chance: &mut Chance) -> Step {
    let mut stream = connect(address)?;
    let request = handshake(address, "/echo", "");
    let is_too_slow = chance.below(2) == 0;
    let pause = Duration::from_millis(if is_too_slow { 250 } else { 40 });
    for piece in request.as_bytes().chunks(15) {
        sleep(pause);
        if let Err(stop) = send(&mut stream, piece) {
            return if is_too_slow { Ok(()) } else { Err(stop) };
        }
    }
    match answer(stream) {
        Ok(Answer::Open(_)) if is_too_slow => Stop::wrong("a head of 3 s was answered"),
        Ok(Answer::Open(connection)) => close_properly(connection, chance),
        Ok(Answer::Http(_)) | Err(Stop::Gone(_)) if is_too_slow => Ok(()),
        Ok(Answer::Http(status)) => Stop::wrong(format!("HTTP {status}")),
        Err(stop) => Err(stop),
    }
}

/// A TCP connection without a request is ended by the server.
pub(super) fn sends_no_handshake(address: &str, _: &mut Chance) -> Step {
    let mut stream = connect(address)?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => Ok(()),
        Err(error) => Stop::wrong(format!("a connection without a request stays: {error}")),
    }
}
