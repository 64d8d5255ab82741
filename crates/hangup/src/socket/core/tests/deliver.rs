//! Tests of delivery.

use std::io::Read as _;

use hangup_protocol::DeflateConfig;
use tokio::net::{TcpSocket, TcpStream};

use super::super::super::shared_frames::{FrameEncoder, SharedFrames};
use super::super::deliver::Undelivered;
use super::*;

/// A connection over TCP whose buffers are small, and its peer, which reads only when it is asked.
async fn over_tcp(settings: Resolved) -> (Connected, std::net::TcpStream) {
    let listening = TcpSocket::new_v4().unwrap();
    listening.set_recv_buffer_size(4096).unwrap();
    listening.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = listening.listen(1).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(4096).unwrap();
    let address = listener.local_addr().unwrap();
    let (stream, accepted) = tokio::join!(socket.connect(address), listener.accept());
    let (stream, peer) = (stream.unwrap(), accepted.unwrap().0.into_std().unwrap());
    stream.writable().await.unwrap();
    let connected = Connected::with(settings);
    connected.lock(|core| core.open(Transport::tcp(stream), &[]));
    (connected, peer)
}

/// All that the system has for the peer now.
fn read_all(peer: &mut std::net::TcpStream) -> Vec<u8> {
    let (mut all, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    peer.set_nonblocking(true).unwrap();
    while let Ok(read @ 1..) = peer.read(&mut piece) {
        all.extend_from_slice(&piece[..read]);
    }
    all
}

fn frames(messages: &[Message]) -> SharedFrames {
    let mut encoder = FrameEncoder::default();
    for message in messages {
        encoder.push(message);
    }
    encoder.take()
}

fn deliver_to(core: &mut Core<Server>, frames: &SharedFrames) -> Result<(), Undelivered> {
    let bound = core.options().write_buffer;
    core.deliver(frames, bound)
}

fn deliver(connected: &Connected, frames: &SharedFrames) -> Result<(), Undelivered> {
    connected.lock(|core| deliver_to(core, frames))
}

#[tokio::test(start_paused = true)]
async fn what_is_delivered_is_written_at_once_and_nobody_is_woken() {
    let (connected, mut peer) = over_tcp(Resolved::default()).await;
    let burst = frames(&["one".into(), "two".into(), vec![3].into()]);
    assert_eq!(burst.messages(), 3);
    assert!(!connected.is_woken(|core| deliver_to(core, &burst).unwrap()));
    assert_eq!(read_all(&mut peer), b"\x81\x03one\x81\x03two\x82\x01\x03");
    assert_eq!(connected.unsent(), 0);
    assert!(connected.0.borrow().output.is_flushed());
}

#[tokio::test(start_paused = true)]
async fn it_comes_behind_what_the_endpoint_has_sent() {
    let (connected, mut peer) = over_tcp(Resolved::default()).await;
    connected.send("of the endpoint");
    deliver(&connected, &SharedFrames::of(&"shared".into())).unwrap();
    deliver(&connected, &SharedFrames::of(&vec![9; 300].into())).unwrap();
    connected.send("of the endpoint again");
    assert_eq!(read_all(&mut peer), b"", "the endpoint's poll is not over");
    connected.turn().await;
    let expected: [&[u8]; 4] = [b"of the endpoint", b"shared", &[9; 300], b"of the endpoint again"];
    assert_eq!(seen(&read_all(&mut peer)).messages, expected);
}

/// Delivers until as much is unsent as may be; gives how many messages were taken.
fn fill(connected: &Connected) -> usize {
    let burst: Vec<Message> = (0..16).map(|number| vec![number; 5000].into()).collect();
    let burst = frames(&burst);
    let mut taken = 0;
    loop {
        taken += burst.messages();
        if let Err(undelivered) = deliver(connected, &burst) {
            let Undelivered::Full { missed } = undelivered else {
                panic!("{undelivered:?}")
            };
            return taken - missed;
        }
    }
}

fn large() -> Resolved {
    Resolved {
        write_buffer: 1024 * 1024,
        ..Resolved::default()
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_system_does_not_take_is_kept_by_reference_and_written_later() {
    let (connected, mut peer) = over_tcp(large()).await;
    let mut delivered = Vec::new();
    let woken = connected.is_woken(|core| {
        while core.output.unsent() == 0 {
            let message = Message::from(vec![1; 100_000]);
            core.begin_poll(&Context::from_waker(Waker::noop()));
            core.end_poll();
            deliver_to(core, &SharedFrames::of(&message)).unwrap();
            delivered.push(message);
        }
    });
    assert!(woken, "the connection's task has to write the rest");
    let rest = SharedFrames::of(&Message::from(vec![2; 50_000]));
    deliver(&connected, &rest).unwrap();
    delivered.push(vec![2; 50_000].into());
    assert!(!rest.bytes.is_unique(), "it is not copied");
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        bytes.extend(read_all(&mut peer));
        if connected.unsent() == 0 {
            break;
        }
        connected.turn().await;
    }
    bytes.extend(read_all(&mut peer));
    let expected: Vec<_> = delivered
        .into_iter()
        .map(|message| message.into_bytes().to_vec())
        .collect();
    assert!(seen(&bytes).messages == expected);
    assert!(rest.bytes.is_unique(), "it is released");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_of_it_is_closed_after_write_timeout() {
    let (connected, _peer) = over_tcp(large()).await;
    fill(&connected);
    let begun = Instant::now();
    let write_timeout = Resolved::default().write_timeout;
    tokio::select! {
        () = connected.run() => {}
        () = tokio::time::sleep(3 * write_timeout) => {}
    }
    let code = connected.lock(|core| core.over().map(|over| over.code().get()));
    assert_eq!(code, Some(1013));
    assert!(begun.elapsed() >= write_timeout);
}

#[tokio::test(start_paused = true)]
async fn over_the_bound_it_says_how_many_messages_were_not_taken() {
    let settings = Resolved {
        write_buffer: 10_000,
        ..Resolved::default()
    };
    let (connected, mut peer) = Connected::over_pipe(64, settings);
    let burst: Vec<Message> = (0..16).map(|number| vec![number; 3000].into()).collect();
    // Frames of 3004 bytes: the fourth begins at 9012, and the fifth would begin behind the bound.
    assert_eq!(
        deliver(&connected, &frames(&burst)),
        Err(Undelivered::Full { missed: 12 })
    );
    assert_eq!(connected.unsent(), 4 * 3004);
    assert_eq!(
        deliver(&connected, &frames(&burst[..1])),
        Err(Undelivered::Full { missed: 1 })
    );
    let mut bytes = Vec::new();
    while connected.unsent() > 0 {
        connected.turn().await;
        peer.read_buf(&mut bytes).await.unwrap();
    }
    deliver(&connected, &frames(&["again".into()])).unwrap();
    connected.turn().await;
    let _ = tokio::time::timeout(Duration::from_millis(1), peer.read_to_end(&mut bytes)).await;
    let seen = seen(&bytes).messages;
    assert_eq!(seen.len(), 5);
    assert_eq!((&seen[3][..], &seen[4][..]), (&[3; 3000][..], &b"again"[..]));
}

#[tokio::test(start_paused = true)]
async fn a_kick_drops_what_was_delivered_but_for_the_frame_that_is_begun() {
    let (connected, mut peer) = over_tcp(large()).await;
    let delivered = fill(&connected);
    connected.lock(|core| core.kick(&kicked(), Instant::now() + Duration::from_secs(1)));
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        bytes.extend(read_all(&mut peer));
        if connected.unsent() == 0 {
            break;
        }
        connected.turn().await;
    }
    bytes.extend(read_all(&mut peer));
    let seen = seen(&bytes);
    assert_eq!(seen.close, Some(4001));
    assert!(seen.messages.iter().all(|message| message.len() == 5000));
    let dropped = connected.lock(|core| core.dropped());
    assert_eq!(seen.messages.len() as u64 + dropped, delivered as u64);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_delivered_behind_a_close_frame() {
    let frames = SharedFrames::of(&"late".into());
    let (connected, mut peer) = over_tcp(Resolved::default()).await;
    connected.lock(|core| core.close_from_outside(&Close::from(CloseCode::GOING_AWAY)));
    assert_eq!(deliver(&connected, &frames), Err(Undelivered::Over));
    connected.turn().await;
    assert_eq!(deliver(&connected, &frames), Err(Undelivered::Over));
    assert_eq!(
        seen(&read_all(&mut peer)),
        Seen {
            close: Some(1001),
            ..Seen::default()
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_reset_is_over() {
    let (connected, peer) = over_tcp(Resolved::default()).await;
    socket_reset(peer);
    let frames = SharedFrames::of(&"nobody".into());
    let over = (0..1000).any(|_| deliver(&connected, &frames) == Err(Undelivered::Over));
    assert!(over);
    assert_eq!(connected.lock(|core| core.over().unwrap().code().get()), 1006);
}

/// Closes with what was not read: the system answers with a reset.
fn socket_reset(peer: std::net::TcpStream) {
    let stream = TcpStream::from_std(peer).unwrap();
    stream.set_zero_linger().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_delivered_message_is_activity() {
    let idle = Duration::from_secs(60);
    let (connected, mut peer) = over_tcp(Resolved {
        idle_timeout: Some(idle),
        ping_interval: None,
        ..Resolved::default()
    })
    .await;
    tokio::time::advance(idle / 2).await;
    deliver(&connected, &SharedFrames::of(&"tick".into())).unwrap();
    read_all(&mut peer);
    let next = connected.lock(|core| core.deadline());
    assert_eq!(next, Some(Instant::now() + idle));
}

#[tokio::test(start_paused = true)]
async fn a_context_of_its_own_is_not_passed_by() {
    for (takeover, expected) in [(true, Err(Undelivered::OwnContext)), (false, Ok(()))] {
        let config = DeflateConfig::new().server_context_takeover(takeover);
        let offer = hangup_protocol::handshake::extensions([&b"permessage-deflate"[..]].into_iter()).unwrap();
        let agreement = config.negotiate(&offer).unwrap();
        let (connected, _peer) = Connected::over_pipe(100, Resolved::default());
        connected.lock(|core| core.protocol.agree_on_deflate(&agreement));
        assert_eq!(deliver(&connected, &SharedFrames::of(&"shared".into())), expected);
    }
}
