//! Our server and tungstenite's read the same bytes: the same messages, pings, pongs and closes, and the same answers, but
//! for the differences that `compare` names.
#![no_main]

use std::io::{self, Read, Write};

use bytes::Bytes;
use hangup_protocol::{Connection, Event, Role, Violation};
use libfuzzer_sys::fuzz_target;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

const LIMIT: usize = 1000;

/// What a side says that the peer has done.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Text(String),
    Binary(Bytes),
    Ping(Bytes),
    Pong(Bytes),
    Close(Option<(u16, String)>),
}

/// Where a side stands when the bytes are used up.
#[derive(Debug, PartialEq)]
enum End {
    Open,
    Closed,
    Ours(Violation),
    Theirs(String),
}

#[derive(Debug)]
struct Heard {
    said: Vec<Said>,
    end: End,
    answers: Vec<u8>,
}

fn ours(mut input: &[u8]) -> Heard {
    let mut connection = Connection::new(Role::Server, LIMIT);
    let (mut said, mut answers, mut end) = (Vec::new(), Vec::new(), End::Open);
    while let Some(event) = connection.receive(&mut input, &mut answers) {
        said.push(match event {
            Event::Text(text) => Said::Text(text.to_string()),
            Event::Binary(bytes) => Said::Binary(bytes),
            Event::Ping(bytes) => Said::Ping(bytes),
            Event::Pong(bytes) => Said::Pong(bytes),
            Event::Close(close) => {
                end = End::Closed;
                let code = u16::from(close.code());
                Said::Close((code != 1005).then(|| (code, close.reason().to_string())))
            }
            Event::Violation(violation) => {
                end = End::Ours(violation);
                break;
            }
        });
    }
    Heard { said, end, answers }
}

/// A stream that has these bytes and nothing more for now.
struct Stream<'a> {
    input: &'a [u8],
    output: Vec<u8>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.input.read(buffer)
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn theirs(input: &[u8]) -> Heard {
    let config = WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_message_size(Some(LIMIT))
        .max_frame_size(Some(LIMIT));
    let stream = Stream {
        input,
        output: Vec::new(),
    };
    let mut socket = WebSocket::from_raw_socket(stream, tungstenite::protocol::Role::Server, Some(config));
    let mut said = Vec::new();
    let end = loop {
        said.push(match socket.read() {
            Ok(Message::Text(text)) => Said::Text(text.to_string()),
            Ok(Message::Binary(bytes)) => Said::Binary(bytes),
            Ok(Message::Ping(bytes)) => Said::Ping(bytes),
            Ok(Message::Pong(bytes)) => Said::Pong(bytes),
            Ok(Message::Close(close)) => {
                Said::Close(close.map(|CloseFrame { code, reason }| (u16::from(code), reason.to_string())))
            }
            Ok(Message::Frame(frame)) => panic!("a raw frame was read: {frame}"),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break End::Open,
            Err(Error::ConnectionClosed) => break End::Closed,
            Err(error) => break End::Theirs(error.to_string()),
        });
    };
    let answers = std::mem::take(&mut socket.get_mut().output);
    Heard { said, end, answers }
}

/// tungstenite tells of an illegal close code as if the peer had sent this.
fn in_place_of_an_illegal_code() -> Said {
    Said::Close(Some((1002, "Protocol violation".to_owned())))
}

fn compare(input: &[u8]) {
    let ours = ours(input);
    let End::Ours(violation) = &ours.end else {
        let mut theirs = theirs(input);
        // 1014 (Bad Gateway) is in the IANA registry since 2016; tungstenite takes it for an illegal code.
        if let (Some(Said::Close(Some((1014, _)))), Some(theirs_last)) =
            (ours.said.last(), theirs.said.last())
        {
            assert_eq!(*theirs_last, in_place_of_an_illegal_code());
            theirs.said.pop();
            assert_eq!(ours.said[..ours.said.len() - 1], theirs.said);
            return;
        }
        assert_eq!(ours.said, theirs.said);
        assert_eq!(ours.end, theirs.end);
        assert_eq!(ours.answers, theirs.answers, "pongs and the echoed Close frame");
        return;
    };
    // We refuse a header as soon as it is there, and text at its first bad byte; tungstenite waits for the whole frame.
    // Zeros bring it there. They cannot be a frame of their own: it would not be masked.
    let theirs = theirs(&[input, &[0; LIMIT + 16]].concat());
    match violation {
        // RFC 6455, 5.2 demands the shortest form of a length; tungstenite reads any, and so goes on. A control frame
        // with a long form is too long for us before its length is read.
        Violation::NonMinimalLength | Violation::LongControl => {
            assert!(theirs.said.starts_with(&ours.said));
        }
        // tungstenite hides the code and the reason that the peer sent; where the reason is not UTF-8 either, it refuses
        // that first.
        Violation::IllegalCloseCode(_) if theirs.end == End::Closed => {
            let said = [&ours.said[..], &[in_place_of_an_illegal_code()]].concat();
            assert_eq!(theirs.said, said);
        }
        _ => {
            assert_eq!(ours.said, theirs.said, "{violation}, {:?}", theirs.end);
            assert!(
                matches!(theirs.end, End::Theirs(_)),
                "{violation}, {:?}",
                theirs.end
            );
        }
    }
}

/// The rest of the input as masked frames: for each its first byte, the length of its payload, the payload.
fn frames(mut script: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    while let [first, length, rest @ ..] = script {
        let (payload, after) = rest.split_at(rest.len().min(usize::from(*length)));
        script = after;
        let key = [*first, 0x55, *length, 0xaa];
        stream.push(*first);
        match payload.len() {
            short @ 0..126 => stream.push(0x80 | short as u8),
            long => stream.extend([0xfe, 0, long as u8]),
        }
        stream.extend(key);
        stream.extend(
            payload
                .iter()
                .zip(key.iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
    }
    stream
}

// The first byte says whether the others are the stream itself or a script for `frames`.
fuzz_target!(|input: &[u8]| {
    match input {
        [] => {}
        [b'r', stream @ ..] => compare(stream),
        [_, script @ ..] => compare(&frames(script)),
    }
});
