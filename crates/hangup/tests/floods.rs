//! What a peer may send without end, or claim to send: memory stays within a bound, others are served, and the close
//! code is the right one.

#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "life/wire.rs"]
mod wire;

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use hangup::{App, Handshake, Result};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::oneshot,
};

use wire::{BINARY, PING, TEXT, close, frame, handshake};

/// More than a connection ever needs for small messages: its buffers, and hyper's for the handshake.
const MEMORY: u64 = 400 * 1024;

/// Where the other peer stops, should the flood stand still.
const MOST_TURNS: usize = 100_000;

/// What the peer of a flood has seen.
#[derive(Default)]
struct Seen {
    read: usize,
    written: usize,
    /// The last bytes that were written.
    tail: Vec<u8>,
}

/// A stream that makes up what it sends: each part so many times, and then nothing more.
struct Flood {
    parts: Vec<(Vec<u8>, usize)>,
    /// The part, how many times it was sent, how much of it was sent since.
    place: (usize, usize, usize),
    /// How many bytes one read gives and one write takes.
    piece: usize,
    /// How many bytes are taken at all.
    takes: usize,
    seen: Arc<Mutex<Seen>>,
    gone: Option<oneshot::Sender<()>>,
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut room = this.piece.min(buffer.remaining());
        let before = buffer.filled().len();
        while room > 0 {
            let (part, times, start) = &mut this.place;
            let Some((bytes, wanted)) = this.parts.get(*part) else {
                break;
            };
            if times == wanted {
                this.place = (*part + 1, 0, 0);
                continue;
            }
            let taken = room.min(bytes.len() - *start);
            buffer.put_slice(&bytes[*start..*start + taken]);
            (room, *start) = (room - taken, *start + taken);
            if *start == bytes.len() {
                (*times, *start) = (*times + 1, 0);
            }
        }
        let read = buffer.filled().len() - before;
        this.seen.lock().unwrap().read += read;
        if read == 0 {
            Poll::Pending
        } else {
            Poll::Ready(Ok(()))
        }
    }
}

impl AsyncWrite for Flood {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.piece).min(self.takes);
        if taken == 0 {
            return Poll::Pending;
        }
        self.takes -= taken;
        let mut seen = self.seen.lock().unwrap();
        seen.written += taken;
        seen.tail
            .extend_from_slice(&bytes[taken.saturating_sub(64)..taken]);
        let surplus = seen.tail.len().saturating_sub(64);
        seen.tail.drain(..surplus);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        let _ = self.gone.take().map(|gone| gone.send(()));
    }
}

/// How a flood went.
struct Outcome {
    read: usize,
    /// The head of the response among them.
    written: usize,
    tail: Vec<u8>,
    /// The most bytes that were allocated at a time.
    memory: u64,
    /// How many messages another connection of the same thread was answered meanwhile.
    turns: usize,
}

impl Outcome {
    /// Each of `count` frames was answered with one of `length` bytes, and another connection was served meanwhile.
    fn assert_all_answered(&self, count: usize, length: usize) {
        let head = self.written - count * length - NORMAL.len();
        assert!(HEAD.contains(&head), "{} bytes were written", self.written);
        let turns = self.turns;
        assert!(turns > count / 2000, "another connection had {turns} answers");
    }

    #[track_caller]
    fn assert_ends_with(&self, end: &[u8]) {
        assert!(self.tail.ends_with(end), "{}", self.tail.escape_ascii());
        assert!(self.memory < MEMORY, "{} bytes", self.memory);
    }
}

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

/// Runs a flood against an echo, on this thread alone, until the connection is over or nobody has anything to do.
fn flood(parts: Vec<(Vec<u8>, usize)>, piece: usize, takes: usize) -> Outcome {
    let seen = Arc::<Mutex<Seen>>::default();
    let turns = Rc::new(Cell::new(0));
    let (gone, left) = oneshot::channel();
    let mut all = vec![(handshake("/ws", "").into_bytes(), 1)];
    all.extend(parts);
    let length = all.iter().map(|(bytes, times)| bytes.len() * times).sum();
    let stream = Flood {
        parts: all,
        place: (0, 0, 0),
        piece,
        takes,
        seen: Arc::clone(&seen),
        gone: Some(gone),
    };
    let counted = allocation_counter::measure(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let local = tokio::task::LocalSet::new();
        let (count, watched) = (Rc::clone(&turns), Arc::clone(&seen));
        local.block_on(&runtime, async move {
            let (client, server) = tokio::io::duplex(512);
            wire::serve(server, App::new().route("/ws", echo));
            let mut other = wire::Peer::open(client, "/ws").await;
            tokio::task::spawn_local(async move {
                while watched.lock().unwrap().read < length && count.get() < MOST_TURNS {
                    other.send(frame(TEXT, b"me too")).await;
                    assert_eq!(other.frame().await.payload, b"me too");
                    count.set(count.get() + 1);
                }
            });
            wire::serve(stream, App::new().route("/ws", echo));
            // The clock stands still while there is anything to do: this is when all has been done.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(20), left).await;
        });
    });
    let seen = seen.lock().unwrap();
    Outcome {
        read: seen.read,
        written: seen.written,
        tail: seen.tail.clone(),
        memory: counted.bytes_max,
        turns: turns.get(),
    }
}

const ALL: usize = usize::MAX;
const NORMAL: &[u8] = b"\x88\x02\x03\xe8";
/// How long the head of a 101 may be.
const HEAD: std::ops::Range<usize> = 100..300;

#[test]
fn a_flood_of_pings_is_answered_to_the_last() {
    const COUNT: usize = 100_000;
    let parts = vec![(frame(PING, &[7; 125]), COUNT), (close(1000, ""), 1)];
    let outcome = flood(parts, ALL, ALL);
    outcome.assert_ends_with(&[&[7; 20], NORMAL].concat());
    outcome.assert_all_answered(COUNT, 127);
}

/// A peer that sends pings and takes no pongs is not read from for long.
#[test]
fn a_flood_of_pings_from_a_peer_that_takes_nothing_is_left_unread() {
    let outcome = flood(vec![(frame(PING, &[7; 125]), 1_000_000)], ALL, 300);
    assert!(outcome.memory < MEMORY, "{} bytes", outcome.memory);
    assert!(outcome.read < 400 * 1024, "{} bytes were read", outcome.read);
    assert_eq!(outcome.written, 300);
}

#[test]
fn tiny_messages_are_answered_to_the_last_and_others_are_served() {
    const COUNT: usize = 200_000;
    let outcome = flood(vec![(frame(TEXT, b"x"), COUNT), (close(1000, ""), 1)], ALL, ALL);
    outcome.assert_ends_with(&[&b"\x81\x01x\x81\x01x"[..], NORMAL].concat());
    outcome.assert_all_answered(COUNT, 3);
}

/// The same from a peer that takes none of the answers: neither they nor the messages are heaped up.
#[test]
fn tiny_messages_from_a_peer_that_takes_nothing_are_left_unread() {
    let outcome = flood(vec![(frame(TEXT, b"x"), 1_000_000)], ALL, 300);
    assert!(outcome.memory < MEMORY, "{} bytes", outcome.memory);
    assert!(outcome.read < 1024 * 1024, "{} bytes were read", outcome.read);
}

#[test]
fn one_byte_a_read_and_a_write_is_enough() {
    let message: Vec<u8> = (0..10_000).map(|at| (at % 251) as u8).collect();
    let parts = vec![
        (frame(BINARY, &message), 3),
        (frame(PING, b"still there"), 1),
        (close(1000, ""), 1),
    ];
    let outcome = flood(parts, 1, ALL);
    outcome.assert_ends_with(&[&message[9980..], b"\x8a\x0bstill there", NORMAL].concat());
    assert!(outcome.written > 3 * 10_004, "{}", outcome.written);
}

/// The first byte of a frame that is not the last of its message.
fn fragment(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = frame(opcode, payload);
    frame[0] &= 0x7f;
    frame
}

#[test]
fn a_message_of_ten_thousand_empty_fragments_is_one_message() {
    let parts = vec![
        (fragment(TEXT, b"a"), 1),
        (fragment(0, b""), 10_000),
        (frame(0, b"b"), 1),
        (close(1000, ""), 1),
    ];
    for piece in [1, 7, ALL] {
        let outcome = flood(parts.clone(), piece, ALL);
        outcome.assert_ends_with(&[&b"\x81\x02ab"[..], NORMAL].concat());
        assert!(outcome.memory < MEMORY / 2, "{} bytes", outcome.memory);
    }
}

/// The header of a masked binary frame that claims so many bytes, and the first of them.
fn claim(length: u64) -> Vec<u8> {
    [&[0x82, 0xff][..], &length.to_be_bytes(), &[0; 4], b"x"].concat()
}

#[test]
fn a_claim_is_refused_at_its_header() {
    for (length, code, reason) in [
        (1 << 63, 1002, "length is out of range"),
        (u64::MAX, 1002, "length is out of range"),
        ((1 << 63) - 1, 1009, "message is too big"),
        ((1 << 20) + 1, 1009, "message is too big"),
    ] {
        for piece in [1, ALL] {
            let outcome = flood(vec![(claim(length), 1)], piece, ALL);
            let close = wire::Frame::close(code, reason).payload;
            outcome.assert_ends_with(&[&[0x88, close.len() as u8], &close[..]].concat());
            assert!(outcome.memory < MEMORY / 2, "{} bytes", outcome.memory);
        }
    }
}

/// A message that is allowed takes memory as it comes, not as it is announced.
#[test]
fn a_claim_within_the_limit_reserves_nothing() {
    let outcome = flood(vec![(claim(1 << 20), 1)], ALL, ALL);
    assert!(outcome.memory < MEMORY / 2, "{} bytes", outcome.memory);
}

/// The limit holds for a message that comes in as many fragments as there may be.
#[test]
fn fragments_without_end_are_refused_at_the_limit() {
    let parts = vec![(fragment(BINARY, b""), 1), (fragment(0, &[7; 100]), 100_000)];
    let outcome = flood(parts, ALL, ALL);
    let close = wire::Frame::close(1009, "message is too big").payload;
    assert!(outcome.tail.ends_with(&close), "{}", outcome.tail.escape_ascii());
    // The message that had arrived, once more while its room grows, and the buffers.
    assert!(outcome.memory < (3 << 20) + MEMORY, "{} bytes", outcome.memory);
}

/// A sender that is kept when its connection has ended holds no contexts of compression, and no buffers.
#[test]
fn a_sender_of_a_connection_that_has_ended_holds_next_to_nothing() {
    fn keep(count: usize) -> i64 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let kept = Arc::<Mutex<Vec<hangup::Sender>>>::default();
        let keeping = Arc::clone(&kept);
        let endpoint = move |handshake: Handshake| {
            let keeping = Arc::clone(&keeping);
            async move {
                let mut socket = handshake.accept().await?;
                keeping.lock().unwrap().push(socket.sender());
                socket.send_text("compressed ".repeat(100)).await?;
                socket.recv().await?;
                Result::<()>::Ok(())
            }
        };
        let deflate = hangup::settings::DeflateConfig::new()
            .server_context_takeover(true)
            .client_context_takeover(true);
        let settings = hangup::Settings::new().deflate(deflate).messages_per_second(100);
        let router: axum::Router = App::new().route("/ws", endpoint).settings(settings).into();
        let one = || async {
            let (client, server) = tokio::io::duplex(64 * 1024);
            wire::serve(server, router.clone());
            let mut peer = wire::Peer::new(client);
            peer.send(handshake(
                "/ws",
                "Sec-WebSocket-Extensions: permessage-deflate\r\n",
            ))
            .await;
            assert!(peer.head().await.contains("permessage-deflate"));
            peer.send(close(1000, "")).await;
            peer.rest().await;
            drop(peer);
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        };
        // The first makes what belongs to the thread.
        runtime.block_on(one());
        kept.lock().unwrap().reserve(count);
        let counted = allocation_counter::measure(|| {
            runtime.block_on(async {
                for _ in 0..count {
                    one().await;
                }
            });
        });
        assert_eq!(kept.lock().unwrap().len(), count + 1);
        counted.bytes_current
    }
    let each = keep(20) / 20;
    assert!(each < 2048, "{each} bytes for each sender");
}
