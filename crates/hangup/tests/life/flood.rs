//! Peers that flood or stand still: neither holds a connection past its deadlines.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hangup::{App, CloseCode, Handshake, Result, Settings};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

use crate::{
    log::{Event, Log},
    wire::{self, BINARY, Frame, frame, handshake, serve},
};

/// Gives up: a connection that has read so much did not keep its deadline.
const ENOUGH: usize = 4 << 30;

const TIMEOUT: Duration = Duration::from_millis(40);

/// A stream that is never without something to read and takes all that is written.
struct Flood {
    first: Vec<u8>,
    /// What comes over and over again, in pieces of any size.
    endless: Vec<u8>,
    place: usize,
    read: usize,
    written: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.first.is_empty() {
            let taken = this.first.len().min(buffer.remaining());
            buffer.put_slice(&this.first[..taken]);
            this.first.drain(..taken);
            return Poll::Ready(Ok(()));
        }
        let rest = &this.endless[this.place..];
        let taken = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..taken]);
        this.place = (this.place + taken) % this.endless.len();
        this.read += taken;
        assert!(this.read < ENOUGH, "the flood is read without end");
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.written.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn close_at_once(handshake: Handshake) -> Result {
    let socket = handshake.accept().await?;
    socket.close(CloseCode::of::<4000>()).await;
    Ok(())
}

async fn end_at_once(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Ok(())
}

/// Floods an endpoint that closes with 4000, and gives the frames that it wrote, how long it took and the event.
async fn flood(first: &[u8]) -> (Vec<Frame>, Duration, Event) {
    let settings = Settings::new().close_timeout(TIMEOUT).linger_timeout(TIMEOUT);
    let log = Log::listen();
    let written = Arc::default();
    let stream = Flood {
        first: [handshake("/ws", "").as_bytes(), first].concat(),
        endless: frame(BINARY, &[7; 60_000]),
        place: 0,
        read: 0,
        written: Arc::clone(&written),
    };
    let begun = Instant::now();
    serve(stream, App::new().route("/ws", close_at_once).settings(settings));
    while log.connections().is_empty() {
        tokio::task::yield_now().await;
    }
    let event = log.only();
    let written = written.lock().unwrap();
    let head = written
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    (wire::frames(&written[head..]), begun.elapsed(), event)
}

#[tokio::test]
async fn a_flood_instead_of_an_answer_ends_with_close_timeout() {
    let (frames, took, event) = flood(b"").await;
    assert_eq!(frames, [Frame::close(4000, "")]);
    assert!(took >= TIMEOUT, "{took:?}");
    assert_eq!(
        event.line(&["code_sent", "code_received", "clean"]),
        "4000 - false"
    );
}

#[tokio::test]
async fn a_flood_behind_the_answer_ends_with_linger_timeout() {
    let (frames, took, event) = flood(&wire::close(4001, "")).await;
    assert_eq!(frames.len(), 1, "one Close frame, ours or the echo: {frames:?}");
    assert!(took >= TIMEOUT, "{took:?}");
    assert_eq!(event.line(&["code_received", "clean"]), "4001 true");
}

/// A stream that takes the head of the response and nothing more, and whose peer stops writing after a while.
/// Unlike a pipe it wakes nobody when it is dropped, as TCP does not.
struct Stuck {
    first: Vec<u8>,
    takes: usize,
    leaves: Pin<Box<Sleep>>,
}

impl AsyncRead for Stuck {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return self.leaves.as_mut().poll(cx).map(Ok);
        }
        buffer.put_slice(&std::mem::take(&mut self.first));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stuck {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.takes == 0 {
            return Poll::Pending;
        }
        self.takes -= 1;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_and_then_leaves_leaves_nothing_behind() {
    for (leaves, lasts) in [(3, "3000"), (100, "5000")] {
        let log = Log::listen();
        let stream = Stuck {
            first: handshake("/ws", "").into_bytes(),
            takes: 1,
            leaves: Box::pin(tokio::time::sleep(Duration::from_secs(leaves))),
        };
        serve(stream, App::new().route("/ws", end_at_once));
        let event = log.connection().await;
        assert_eq!(event.line(&["clean", "duration_ms"]), format!("false {lasts}"));
    }
}
