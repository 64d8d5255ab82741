//! Every interleaving that shuttle tries of a connection's task and of senders on other threads: nothing that was
//! sent is left unsent while all of them sleep, which shuttle reports as a deadlock.
//!
//! It is the real `Driver`, `Core` and `Sender`; in unit tests the core's mutex is shuttle's, so that every lock is a
//! place where another thread may go on.

mod fan_out;

use std::{
    future::{Future, pending, poll_fn},
    io,
    pin::{Pin, pin},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use hangup_protocol::{Close, CloseCode};
use shuttle::{
    future::block_on,
    sync::{Condvar, Mutex},
    thread,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    driver::{Conclude, Driver},
    io::Transport,
    message::Message,
    sender::Sender,
    server::Shared,
    websocket::WebSocket,
};
use crate::{metrics::Traffic, settings::Resolved};

const SCHEDULES: usize = 3000;
/// The header and the payload of one message.
const FRAME: usize = 2 + 6;

/// A pipe to a peer that only reads.
#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    /// There is more to read.
    filled: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// What the peer has sent, and who waits for it.
    sent: Vec<u8>,
    reader: Option<Waker>,
    /// How many bytes may lie in the pipe; without end if there is no bound.
    capacity: Option<usize>,
    writer: Option<Waker>,
    /// Whether the peer has seen enough.
    is_done: bool,
    done: Option<Waker>,
}

impl Pipe {
    fn of(capacity: Option<usize>) -> Arc<Self> {
        let pipe = Self::default();
        pipe.state.lock().unwrap().capacity = capacity;
        Arc::new(pipe)
    }

    /// Waits until some bytes have come, and takes them.
    fn read(&self) -> Vec<u8> {
        let mut state = self.state.lock().unwrap();
        while state.bytes.is_empty() {
            state = self.filled.wait(state).unwrap();
        }
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
        std::mem::take(&mut state.bytes)
    }

    /// Sends to the connection.
    fn write(&self, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap();
        state.sent.extend_from_slice(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    fn finish(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_done = true;
        if let Some(done) = state.done.take() {
            done.wake();
        }
    }

    fn poll_done(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state.lock().unwrap();
        if state.is_done {
            return Poll::Ready(());
        }
        state.done = Some(cx.waker().clone());
        Poll::Pending
    }
}

struct Stream(Arc<Pipe>);

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.state.lock().unwrap();
        if state.sent.is_empty() {
            state.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        buffer.put_slice(&std::mem::take(&mut state.sent));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.0.state.lock().unwrap();
        let room = state.capacity.map_or(bytes.len(), |capacity| {
            bytes.len().min(capacity.saturating_sub(state.bytes.len()))
        });
        if room == 0 {
            state.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.bytes.extend_from_slice(&bytes[..room]);
        self.0.filled.notify_one();
        Poll::Ready(Ok(room))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The end of an endpoint that never ends.
enum Never {}

impl Conclude for Never {
    fn close(&self) -> Option<Close> {
        match *self {}
    }
}

/// Opens a connection whose endpoint sleeps, and runs its task on a thread until the peer has seen enough.
fn connection(pipe: &Arc<Pipe>, write_buffer: usize) -> (Arc<Shared>, thread::JoinHandle<()>) {
    let shared = Shared::new(
        Arc::new(Resolved {
            write_buffer,
            ..Resolved::default()
        }),
        Traffic::default(),
    );
    let transport = Transport::Other(Box::new(Stream(Arc::clone(pipe))));
    shared.lock().open(transport, &[]);
    let (driven, seen) = (Arc::clone(&shared), Arc::clone(pipe));
    let task = thread::spawn(move || {
        let mut driver = pin!(Driver::<Never>::new(driven, Box::pin(pending())));
        block_on(poll_fn(|cx| {
            if driver.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            seen.poll_done(cx)
        }));
    });
    (shared, task)
}

fn send(shared: &Arc<Shared>, name: char, count: usize) -> thread::JoinHandle<()> {
    let sender = Sender::new(Arc::clone(shared));
    thread::spawn(move || {
        block_on(async {
            for number in 0..count {
                sender.send_text(format!("{name}{number:05}")).await.unwrap();
            }
        });
    })
}

/// Reads so many messages, and checks that those of each sender come in order.
fn read(pipe: &Pipe, senders: &[char], count: usize) {
    let mut bytes = Vec::new();
    while bytes.len() < senders.len() * count * FRAME {
        bytes.extend(pipe.read());
    }
    for name in senders {
        let numbers = bytes
            .chunks(FRAME)
            .filter(|frame| frame[2] == *name as u8)
            .map(|frame| {
                std::str::from_utf8(&frame[3..])
                    .unwrap()
                    .parse::<usize>()
                    .unwrap()
            });
        assert!(numbers.eq(0..count), "{}", bytes.escape_ascii());
    }
    assert_eq!(bytes.len(), senders.len() * count * FRAME);
}

/// What the timers of connections need; entered for as long as the guard lives.
fn clock() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap()
}

fn all_arrives(capacity: Option<usize>, write_buffer: usize) {
    let pipe = Pipe::of(capacity);
    let (shared, task) = connection(&pipe, write_buffer);
    let senders = ['a', 'b'].map(|name| send(&shared, name, 3));
    read(&pipe, &['a', 'b'], 3);
    for sender in senders {
        sender.join().unwrap();
    }
    pipe.finish();
    task.join().unwrap();
}

#[test]
fn what_other_threads_send_is_written_although_the_endpoint_sleeps() {
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(|| all_arrives(None, 64 * 1024), SCHEDULES);
    shuttle::check_pct(|| all_arrives(None, 64 * 1024), SCHEDULES, 3);
}

/// The peer takes five bytes at a time, and a sender waits when more than one message is unsent.
#[test]
fn senders_that_wait_for_room_are_woken() {
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(|| all_arrives(Some(5), FRAME), SCHEDULES);
    shuttle::check_pct(|| all_arrives(Some(5), FRAME), SCHEDULES, 3);
}

/// The Close frame of another thread is the last thing that is written, behind all that its thread has sent.
#[test]
fn a_close_from_another_thread_is_written() {
    fn closes() {
        let pipe = Pipe::of(Some(5));
        let (shared, task) = connection(&pipe, 64 * 1024);
        let sender = Sender::new(shared);
        let closing = thread::spawn(move || {
            block_on(sender.send_text("before")).unwrap();
            sender.start_close(Close::new(CloseCode::of::<4000>(), "bye"));
            assert!(block_on(sender.send_text("behind")).is_err());
        });
        let mut bytes = Vec::new();
        while bytes.len() < FRAME + 7 {
            bytes.extend(pipe.read());
        }
        assert_eq!(bytes, b"\x81\x06before\x88\x05\x0f\xa0bye");
        closing.join().unwrap();
        pipe.finish();
        task.join().unwrap();
    }
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(closes, SCHEDULES / 3);
}

/// A receiver on another thread misses nothing, whoever reads: the connection's task, or it while that one polls.
#[test]
fn what_comes_is_received_on_another_thread() {
    fn receives() {
        let pipe = Pipe::of(None);
        let (shared, task) = connection(&pipe, 64 * 1024);
        let mut socket = WebSocket::new(shared, None);
        let receiving = thread::spawn(move || {
            block_on(async {
                for number in 0..3_u8 {
                    assert_eq!(socket.recv().await.unwrap(), Message::from(vec![number]));
                }
            });
        });
        for number in 0..3 {
            pipe.write(&[0x82, 0x81, 0, 0, 0, 0, number]);
            thread::yield_now();
        }
        receiving.join().unwrap();
        pipe.finish();
        task.join().unwrap();
    }
    let clock = clock();
    let _deadlines = clock.enter();
    shuttle::check_random(receives, SCHEDULES / 3);
    shuttle::check_pct(receives, SCHEDULES / 3, 3);
}

/// Whoever is woken may use the connection at once, as executors do that poll in `wake`.
#[test]
fn wakers_are_not_called_under_the_lock() {
    struct Asking {
        shared: Weak<Shared>,
        is_woken: AtomicBool,
    }

    impl Wake for Asking {
        fn wake(self: Arc<Self>) {
            let shared = self.shared.upgrade().unwrap();
            self.is_woken
                .store(shared.lock().over().is_some(), Ordering::Relaxed);
        }
    }

    fn closes() {
        let shared = Shared::new(Arc::new(Resolved::default()), Traffic::default());
        let [driver, waiting] = [(); 2].map(|()| {
            Arc::new(Asking {
                shared: Arc::downgrade(&shared),
                is_woken: AtomicBool::new(false),
            })
        });
        let waker = Waker::from(Arc::clone(&driver));
        shared.lock().begin_poll(&Context::from_waker(&waker));
        let sender = Sender::new(Arc::clone(&shared));
        let waker = Waker::from(Arc::clone(&waiting));
        let mut sending = pin!(sender.send_text("waits for the end of the opening handshake"));
        assert!(
            sending
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let closing = sender.clone();
        let closing = thread::spawn(move || closing.start_close(CloseCode::GOING_AWAY));
        closing.join().unwrap();
        assert!(driver.is_woken.load(Ordering::Relaxed) && waiting.is_woken.load(Ordering::Relaxed));
    }
    shuttle::check_random(closes, SCHEDULES / 3);
}
