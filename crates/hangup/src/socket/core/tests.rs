//! Tests of kicks and of delivery, on a connection without its lock.

mod attach;
mod deliver;
mod held;
mod kick;

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use hangup_protocol::{Close, CloseCode, Event, Role};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::Instant,
};

use super::{
    super::{io::Transport, message::Message, server::Server, timer::Timer},
    *,
};
use crate::{metrics::Traffic, settings::Resolved};

/// An open connection whose endpoint does nothing, and its task.
struct Connected(RefCell<Core<Server>>);

impl Connected {
    fn with(settings: Resolved) -> Self {
        let mut core = Core::new(Arc::new(settings), Traffic::default());
        core.end_endpoint(None);
        Self(RefCell::new(core))
    }

    /// One over a pipe of so many bytes, and its peer.
    fn over_pipe(capacity: usize, settings: Resolved) -> (Self, DuplexStream) {
        let (stream, peer) = tokio::io::duplex(capacity);
        let connected = Self::with(settings);
        connected.lock(|core| core.open(Transport::Other(Box::new(stream)), &[]));
        (connected, peer)
    }

    /// As the lock of a connection does it: whoever is due is woken behind it.
    fn lock<T>(&self, run: impl FnOnce(&mut Core<Server>) -> T) -> T {
        let mut core = self.0.borrow_mut();
        let done = run(&mut core);
        let wakeups = core.take_wakeups();
        drop(core);
        drop(wakeups);
        done
    }

    fn send(&self, message: impl Into<Message>) {
        let mut message = message.into();
        self.lock(|core| core.enqueue_from_outside(|core| core.enqueue(&mut message)));
    }

    /// The connection's task, to the end of the connection.
    fn run(&self) -> impl Future<Output = ()> + '_ {
        let mut timer = Timer::default();
        poll_fn(move |cx| {
            loop {
                let progress = self.lock(|core| {
                    core.begin_poll(cx);
                    core.drive(cx, Budget::Left)
                });
                let Progress::Until(next) = progress else {
                    return Poll::Ready(());
                };
                let Some(next) = next else {
                    return Poll::Pending;
                };
                match timer.poll(cx, next) {
                    Poll::Ready(now) => drop(self.lock(|core| core.expire(now))),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
    }

    /// The task moves the bytes once.
    async fn turn(&self) {
        tokio::select! {
            biased;
            () = self.run() => {}
            () = tokio::task::yield_now() => {}
        }
    }

    fn unsent(&self) -> usize {
        self.0.borrow().output.unsent()
    }

    fn is_woken(&self, run: impl FnOnce(&mut Core<Server>)) -> bool {
        let mut core = self.0.borrow_mut();
        run(&mut core);
        core.take_wakeups().is_some()
    }
}

fn kicked() -> Close {
    Close::new(CloseCode::of::<4001>(), "session revoked")
}

/// What a peer reads: the lengths of whole messages, then the code of the one Close frame.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    messages: Vec<Vec<u8>>,
    pings: usize,
    close: Option<u16>,
}

/// Reads whole frames out of all that came; anything else fails.
fn seen(mut bytes: &[u8]) -> Seen {
    let mut peer = hangup_protocol::Connection::new(Role::Client { mask_seed: 1 }, usize::MAX);
    let (mut seen, mut answers) = (Seen::default(), Vec::new());
    while !bytes.is_empty() {
        assert!(seen.close.is_none(), "bytes behind the Close frame");
        match peer.receive(&mut bytes, &mut answers) {
            Some(Event::Text(text)) => seen.messages.push(text.as_bytes().to_vec()),
            Some(Event::Binary(payload)) => seen.messages.push(payload.to_vec()),
            Some(Event::Ping(_)) => seen.pings += 1,
            Some(Event::Close(close)) => seen.close = Some(close.code().get()),
            Some(other) => panic!("{other:?}"),
            None => {}
        }
    }
    seen
}

/// Reads until a Close frame is whole.
async fn read_to_close(peer: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !has_close(&bytes) {
        assert!(
            peer.read_buf(&mut bytes).await.unwrap() > 0,
            "the end, without a Close frame"
        );
    }
    bytes
}

fn has_close(bytes: &[u8]) -> bool {
    let mut frames = super::super::io::Frames::of(bytes);
    let mut at = 0;
    while let Some(frame) = frames.peek() {
        at += frame.length;
        if at > bytes.len() {
            return false;
        }
        if frame.opcode == hangup_protocol::OpCode::Close {
            return true;
        }
        frames.skip(frame.length);
    }
    false
}

/// A Close frame of a client, masked with zeros.
fn close_of_peer(code: u16) -> Vec<u8> {
    [&[0x88, 0x82, 0, 0, 0, 0][..], &code.to_be_bytes()].concat()
}

/// What every open connection takes in memory besides its endpoint, so that a change of it is a decision.
#[test]
fn the_state_of_a_connection_has_its_size() {
    let counts = if cfg!(feature = "metrics") { 64 } else { 0 };
    // 16 of them refer to what a hub attaches, 16 belong to messages in fragments.
    let state = size_of::<Core<Server>>() + size_of::<super::super::Driver<()>>();
    assert!(state <= 440 + counts, "{state}");
    // Made where a limit is set, or when a peer is slow or a delivery waits for the first time; 8 of them are for the latter.
    assert!(size_of::<Limits>() <= 184);
}
