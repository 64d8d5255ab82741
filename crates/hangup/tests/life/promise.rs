//! The promise, for any endpoint and any client: one Close frame or one response, one event, and an end.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hangup::{App, Close, CloseCode, Handshake, HttpError, Refusal, Result, Settings, testing::TestClient};
use http::StatusCode;
use proptest::{prelude::*, test_runner::TestRunner};
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::{
    errors::{RoomFull, Unforeseen},
    log::{Event, Log},
    wire::{self, BINARY, CLOSE, Frame, PING, Peer, TEXT, frame, handshake},
};

/// Longer than every deadline of a connection.
const LONG: Duration = Duration::from_secs(300);

#[derive(Clone, Debug)]
enum Step {
    Accept,
    Send(usize),
    Receive,
    Sleep(u64),
    Close(u16),
}

#[derive(Clone, Debug)]
enum Last {
    Ok,
    Close(u16, String),
    Error,
    IntoClose,
    HttpError,
    Panic,
    Hang,
}

#[derive(Clone, Debug)]
struct Program {
    steps: Vec<Step>,
    last: Last,
}

async fn run(program: Program, handshake: Handshake) -> Result {
    let (mut handshake, mut socket, mut has_closed) = (Some(handshake), None, false);
    for step in program.steps {
        match (step, &mut socket) {
            (Step::Accept, _) => {
                if let Some(handshake) = handshake.take() {
                    socket = Some(handshake.accept().await?);
                }
            }
            (Step::Send(length), Some(socket)) => socket.send_binary(vec![7; length]).await?,
            (Step::Receive, Some(socket)) => drop(socket.recv().await?),
            (Step::Sleep(seconds), _) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            (Step::Close(code), _) => {
                if let Some(socket) = socket.take() {
                    has_closed = true;
                    socket.close(CloseCode::new(code)?).await;
                }
            }
            (Step::Send(_) | Step::Receive, None) => {}
        }
    }
    match program.last {
        Last::Ok => Ok(()),
        Last::Close(code, reason) => Err(Close::new(CloseCode::new(code)?, reason).into()),
        Last::Error => Err(Unforeseen.into()),
        Last::IntoClose => Err(RoomFull { seats: 3 }.into()),
        Last::HttpError => Err(HttpError::new(StatusCode::NOT_FOUND, "not here").into()),
        Last::Panic => std::panic::resume_unwind(Box::new("secret, and quiet")),
        Last::Hang => {
            if let Some(mut socket) = socket {
                while socket.recv().await.is_ok() {}
            }
            if has_closed {
                // Such an endpoint may go on for as long as it likes.
                tokio::time::sleep(LONG).await;
                return Ok(());
            }
            std::future::pending().await
        }
    }
}

/// What the client does once its handshake is sent.
#[derive(Clone, Debug)]
enum Deed {
    Text(String),
    Binary(usize),
    Ping,
    Close(u16, String),
    Garbage(Vec<u8>),
    /// It reads for some seconds.
    Read(u64),
    /// It does not, and does not get all that is sent if it takes too long.
    Stall(u64),
}

#[derive(Clone, Debug)]
struct Client {
    deeds: Vec<Deed>,
    /// Whether it reads to the end; else it vanishes.
    stays: bool,
}

impl Client {
    fn stalls(&self) -> bool {
        self.deeds.iter().any(|deed| matches!(deed, Deed::Stall(1..)))
    }

    fn breaks_rules(&self) -> bool {
        self.deeds.iter().any(|deed| match deed {
            Deed::Garbage(bytes) => !bytes.is_empty(),
            Deed::Close(code, _) => CloseCode::new(*code).is_err(),
            _ => false,
        })
    }
}

fn codes() -> impl Strategy<Value = u16> {
    prop_oneof![
        8 => prop_oneof![1000..=1003_u16, 1007..=1014_u16, 3000..=4999_u16],
        1 => any::<u16>(),
    ]
}

fn programs() -> impl Strategy<Value = Program> {
    let step = prop_oneof![
        3 => Just(Step::Accept),
        3 => prop_oneof![0..200_usize, 0..200_000_usize].prop_map(Step::Send),
        3 => Just(Step::Receive),
        1 => (0..90_u64).prop_map(Step::Sleep),
        1 => codes().prop_map(Step::Close),
    ];
    let last = prop_oneof![
        2 => Just(Last::Ok),
        3 => (codes(), "\\PC{0,60}").prop_map(|(code, reason)| Last::Close(code, reason)),
        1 => Just(Last::Error),
        1 => Just(Last::IntoClose),
        1 => Just(Last::HttpError),
        1 => Just(Last::Panic),
        1 => Just(Last::Hang),
    ];
    (proptest::collection::vec(step, 0..8), last).prop_map(|(steps, last)| Program { steps, last })
}

fn clients() -> impl Strategy<Value = Client> {
    let deed = prop_oneof![
        4 => "\\PC{0,20}".prop_map(Deed::Text),
        2 => prop_oneof![0..200_usize, 0..100_000_usize].prop_map(Deed::Binary),
        1 => Just(Deed::Ping),
        2 => (codes(), "\\PC{0,20}").prop_map(|(code, reason)| Deed::Close(code, reason)),
        1 => proptest::collection::vec(any::<u8>(), 0..20).prop_map(Deed::Garbage),
        3 => (0..20_u64).prop_map(Deed::Read),
        1 => (0..20_u64).prop_map(Deed::Stall),
    ];
    (proptest::collection::vec(deed, 0..8), any::<bool>()).prop_map(|(deeds, stays)| Client { deeds, stays })
}

/// How the client got to the end of the stream.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// The server ended it.
    Waited,
    /// It did so once the client had closed.
    Closed,
    /// It did so once the client had ended its own stream.
    Ended,
    /// The client vanished.
    Vanished,
}

/// All bytes that the client got, how it came to their end, and the event.
async fn meet(program: &Program, client: &Client, refusal: Refusal) -> (Vec<u8>, Way, Option<Event>) {
    let log = Log::listen();
    let program = program.clone();
    let begun = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&begun);
    let endpoint = move |handshake: Handshake| {
        begins.store(true, Ordering::SeqCst);
        run(program.clone(), handshake)
    };
    // Longer than any client of this test waits without reading, which would cut the last frame off.
    let settings = Settings::new()
        .refusal(refusal)
        .close_timeout(Duration::from_secs(600));
    let app = App::new().route("/ws", endpoint).settings(settings);
    let mut peer = Peer::new(TestClient::new(app).stream());
    peer.send(handshake("/ws", "Connection: close\r\n")).await;
    for deed in &client.deeds {
        let bytes = match deed {
            Deed::Text(text) => frame(TEXT, text.as_bytes()),
            Deed::Binary(length) => frame(BINARY, &vec![7; *length]),
            Deed::Ping => frame(PING, b"?"),
            Deed::Close(code, reason) => wire::close(*code, reason),
            Deed::Garbage(bytes) => bytes.clone(),
            Deed::Read(seconds) => {
                peer.read_for(Duration::from_secs(*seconds)).await;
                continue;
            }
            Deed::Stall(seconds) => {
                tokio::time::sleep(Duration::from_secs(*seconds)).await;
                continue;
            }
        };
        // A server may not read: then the client gives up, in the middle of a frame.
        let _ = timeout(LONG, peer.send_and_read(&bytes)).await;
    }
    let (mut got, mut way) = (Vec::new(), Way::Vanished);
    if client.stays {
        way = Way::Waited;
        while timeout(LONG, peer.read_all()).await.is_err() {
            if way == Way::Waited {
                way = Way::Closed;
                let _ = timeout(LONG, peer.send_and_read(&wire::close(1000, ""))).await;
            } else {
                assert_eq!(way, Way::Closed, "an endpoint without a peer comes to its end");
                way = Way::Ended;
                let _ = peer.stream.shutdown().await;
            }
        }
        got = peer.rest().await;
    }
    drop(peer);
    if !begun.load(Ordering::SeqCst) {
        // It may be gone before its request is looked at: then there was no connection.
        tokio::time::sleep(LONG).await;
        if way == Way::Vanished && !begun.load(Ordering::SeqCst) {
            assert_eq!(log.connections().len(), 0);
            return (got, way, None);
        }
    }
    (got, way, Some(log.connection().await))
}

/// How far a case could be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// The client was gone before its request was looked at: there was no connection.
    NoConnection,
    /// The client has vanished, and saw nothing of the end.
    Unseen,
    /// The handshake was answered with one HTTP response.
    Response,
    /// The client has ended its stream without a Close frame: nothing is owed to it.
    NothingOwed,
    /// The client did not read in time, and the rest was dropped.
    CutOff,
    /// One Close frame was the last frame.
    Closed,
}

fn check(program: &Program, client: &Client, refusal: Refusal) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let (got, way, event) = runtime.block_on(meet(program, client, refusal));
    assert!(!String::from_utf8_lossy(&got).contains("secret"));
    let Some(event) = event else {
        return Exit::NoConnection;
    };
    if way == Way::Vanished {
        return Exit::Unseen;
    }
    let Some(head) = got.windows(4).position(|window| window == b"\r\n\r\n") else {
        panic!("no response: {event}");
    };
    let (head, rest) = got.split_at(head + 4);
    if !head.starts_with(b"HTTP/1.1 101 ") {
        let status = String::from_utf8_lossy(&head[9..12]).into_owned();
        assert_eq!(event.line(&["status", "code_sent"]), format!("{status} -"));
        assert!(!rest.windows(5).any(|window| window == b"HTTP/"), "one response");
        return Exit::Response;
    }
    if way == Way::Ended {
        return Exit::NothingOwed;
    }
    if client.stalls() && event.get("clean") == "false" {
        return Exit::CutOff;
    }
    let frames = wire::frames(rest);
    let closes: Vec<_> = frames.iter().filter(|frame| frame.opcode == CLOSE).collect();
    assert_eq!(closes.len(), 1, "{frames:?} {event}");
    assert_eq!(frames.last().map(|frame| frame.opcode), Some(CLOSE));
    let code = match closes.as_slice() {
        [Frame { payload, .. }] if payload.is_empty() => 1005,
        [Frame { payload, .. }] => u16::from_be_bytes([payload[0], payload[1]]),
        _ => 0,
    };
    assert_eq!(event.get("code_sent"), code.to_string());
    assert!(code == 1005 || CloseCode::new(code).is_ok(), "{code} may be sent");
    if event.get("clean") == "true" {
        assert!(!client.breaks_rules() || event.get("code_received") != "-");
    }
    Exit::Closed
}

#[test]
fn every_connection_ends_with_one_close_frame_or_one_response_and_one_event() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let refusals = prop_oneof![Just(Refusal::Close), Just(Refusal::Http)];
    let exits = RefCell::new(BTreeMap::<Exit, usize>::new());
    let ran = runner.run(
        &(programs(), clients(), refusals),
        |(program, client, refusal)| {
            let exit = check(&program, &client, refusal);
            *exits.borrow_mut().entry(exit).or_default() += 1;
            Ok(())
        },
    );
    if let Err(failure) = ran {
        panic!("{failure}");
    }
    // The exits by which a case passes without a frame or a response that was looked at are few.
    let exits = exits.into_inner();
    let count = |exit| exits.get(&exit).copied().unwrap_or_default();
    for exit in [Exit::Unseen, Exit::Response, Exit::Closed] {
        assert!(count(exit) >= 20, "{exit:?} is reached: {exits:?}");
    }
    assert!(count(Exit::Closed) + count(Exit::Response) >= 120, "{exits:?}");
}
