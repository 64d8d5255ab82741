//! A broadcast to 1,000 subscribers, in bursts of 16: all of them read, or one never does:
//! `cargo bench -p hangup --bench broadcast`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark ends where something is missing"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use divan::Bencher;
use hangup::{
    App, Handshake, Message, Result, Sender, Settings, settings::SlowConsumer, testing::TestClient,
};
use tokio::{io::AsyncReadExt, runtime::Runtime, sync::mpsc, task::yield_now};

const SUBSCRIBERS: usize = 1000;
const BURST: usize = 16;
const PAYLOAD: usize = 125;
/// The header of a server's frame of this length has two bytes.
const FRAME: usize = PAYLOAD + 2;

const OPENING: &str = "GET /ws HTTP/1.1\r\nHost: testserver\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

fn main() {
    divan::main();
}

/// Those who are sent to, and how many bytes those who read have read.
struct Room {
    senders: Vec<Sender>,
    heard: Arc<AtomicUsize>,
    readers: usize,
    message: Message,
    /// Streams that nobody reads from.
    _silent: Vec<tokio::io::DuplexStream>,
}

impl Room {
    /// So many of the subscribers never read, and have no room left.
    async fn open(silent: usize) -> Self {
        let (hand_out, mut handed) = mpsc::unbounded_channel();
        let endpoint = move |handshake: Handshake| {
            let hand_out = hand_out.clone();
            async move {
                let mut socket = handshake.accept().await?;
                hand_out.send(socket.sender())?;
                while socket.recv().await.is_ok() {}
                Result::<()>::Ok(())
            }
        };
        let settings = Settings::new()
            .slow_consumer(SlowConsumer::DropNewest)
            .ping_interval(None)
            .write_timeout(Duration::MAX);
        let client = TestClient::new(App::new().route("/ws", endpoint).settings(settings));
        let message = Message::from("x".repeat(PAYLOAD));
        let heard = Arc::new(AtomicUsize::new(0));
        let (mut senders, mut not_read) = (Vec::new(), Vec::new());
        for number in 0..SUBSCRIBERS {
            let mut stream = client.stream();
            tokio::io::AsyncWriteExt::write_all(&mut stream, OPENING.as_bytes())
                .await
                .unwrap();
            let sender: Sender = handed.recv().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            if number < silent {
                while sender.try_send(message.clone()).is_ok() {}
                not_read.push(stream);
            } else {
                tokio::spawn(read(stream, Arc::clone(&heard)));
            }
            senders.push(sender);
        }
        Self {
            senders,
            heard,
            readers: SUBSCRIBERS - silent,
            message,
            _silent: not_read,
        }
    }

    /// Sends a burst to everybody, and waits until all who read have it.
    async fn broadcast(&self) {
        let expected = self.heard.load(Ordering::Relaxed) + self.readers * BURST * FRAME;
        for _ in 0..BURST {
            for sender in &self.senders {
                sender.send(self.message.clone()).await.unwrap();
            }
        }
        while self.heard.load(Ordering::Relaxed) < expected {
            yield_now().await;
        }
    }
}

async fn read(mut stream: tokio::io::DuplexStream, heard: Arc<AtomicUsize>) {
    let mut buffer = vec![0; BURST * FRAME];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        heard.fetch_add(count, Ordering::Relaxed);
    }
}

#[divan::bench(args = [0, 1], sample_count = 200)]
fn one_burst_with_so_many_that_never_read(bencher: Bencher<'_, '_>, silent: usize) {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let room = runtime.block_on(Room::open(silent));
    bencher.bench_local(|| runtime.block_on(room.broadcast()));
}
