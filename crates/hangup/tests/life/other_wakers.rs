//! Endpoints that poll their socket with another waker than that of the connection's task: wrapped, or in `block_on`.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use hangup::{App, CloseCode, Handshake, Result, Settings, testing::TestClient};
use tokio::{runtime::Handle, task::block_in_place, time::timeout};

use crate::wire::{BINARY, Frame, PING, PONG, Peer, TEXT, close, frame};

/// Polls a future with a waker of its own, and counts polls and wake-ups.
#[derive(Default)]
struct Counts {
    polls: AtomicUsize,
    wakes: AtomicUsize,
}

struct Counting {
    counts: Arc<Counts>,
    outer: Waker,
}

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.counts.wakes.fetch_add(1, Ordering::SeqCst);
        self.outer.wake_by_ref();
    }
}

impl Counts {
    async fn watch<F: Future>(self: &Arc<Self>, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(move |cx| {
            self.polls.fetch_add(1, Ordering::SeqCst);
            let waker = Waker::from(Arc::new(Counting {
                counts: Arc::clone(self),
                outer: cx.waker().clone(),
            }));
            future.as_mut().poll(&mut Context::from_waker(&waker))
        })
        .await
    }

    fn so_far(&self) -> (usize, usize) {
        (
            self.polls.load(Ordering::SeqCst),
            self.wakes.load(Ordering::SeqCst),
        )
    }
}

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

type Boxed = Pin<Box<dyn Future<Output = Result> + Send>>;

/// An app whose endpoint is polled within something, and what is counted there.
fn counted(within: fn(Arc<Counts>, Handshake) -> Boxed) -> (App, Arc<Counts>) {
    let counts = Arc::<Counts>::default();
    let counting = Arc::clone(&counts);
    let app = App::new()
        .route("/ws", move |handshake: Handshake| {
            within(Arc::clone(&counting), handshake)
        })
        .settings(Settings::new().ping_interval(None));
    (app, counts)
}

async fn assert_idle_without_polls(within: fn(Arc<Counts>, Handshake) -> Boxed) {
    let (app, counts) = counted(within);
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    for text in ["one", "two"] {
        peer.send(frame(TEXT, text.as_bytes())).await;
        assert_eq!(peer.frame().await, Frame::text(text));
        let before = counts.so_far();
        assert!(before.0 < 30, "{before:?}");
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let after = counts.so_far();
        assert!(
            after.0 - before.0 <= 1 && after.1 - before.1 <= 1,
            "{before:?} {after:?}"
        );
    }
    peer.send(close(1000, "")).await;
    assert_eq!(peer.frames().await, [Frame::close(1000, "")]);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_not_polled_whatever_wraps_its_endpoint() {
    // The whole endpoint, as `TaskMonitor::instrument` does it.
    assert_idle_without_polls(|counts, handshake| {
        Box::pin(async move { counts.watch(echo(handshake)).await })
    })
    .await;
    // Its receives alone.
    assert_idle_without_polls(|counts, handshake| {
        Box::pin(async move {
            let mut socket = handshake.accept().await?;
            loop {
                let message = counts.watch(socket.recv()).await?;
                socket.send(message).await?;
            }
        })
    })
    .await;
    assert_idle_without_polls(|counts, handshake| {
        Box::pin(async move {
            let mut echoing = FuturesUnordered::new();
            echoing.push(counts.watch(echo(handshake)));
            echoing.next().await.unwrap_or(Ok(()))
        })
    })
    .await;
    // A receiver in another task.
    assert_idle_without_polls(|counts, handshake| {
        Box::pin(async move {
            let (sender, mut receiver) = handshake.accept().await?.split();
            let task = tokio::spawn(async move {
                loop {
                    let message = counts.watch(receiver.recv()).await?;
                    sender.send(message).await?;
                }
            });
            task.await?
        })
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn other_waits_are_not_polled_without_cause_either() {
    let (app, counts) = counted(|counts, handshake| {
        Box::pin(async move {
            let mut socket = counts.watch(handshake.accept()).await?;
            let mut draining = socket.server_shutdown();
            let sender = socket.sender();
            let sending = async { while sender.send_binary(vec![7; 100_000]).await.is_ok() {} };
            let draining = counts.watch(&mut draining);
            tokio::join!(counts.watch(sending), draining, counts.watch(socket.recv())).2?;
            Ok(())
        })
    });
    let app = app.settings(
        Settings::new()
            .write_timeout(Duration::from_secs(100_000))
            .ping_interval(None),
    );
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = counts.so_far();
    assert!(before.0 < 60, "{before:?}");
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(counts.so_far(), before);
    for _ in 0..20 {
        assert_eq!(peer.frame().await.opcode, BINARY, "the sends that waited go on");
    }
}

/// Runs a future as blocking code does within an endpoint.
fn block_on<F: Future>(future: F) -> F::Output {
    block_in_place(|| Handle::current().block_on(future))
}

async fn open(app: App) -> Peer<tokio::io::DuplexStream> {
    let opening = Peer::open(TestClient::new(app).stream(), "/ws");
    timeout(Duration::from_secs(10), opening).await.expect("it opens")
}

async fn next(peer: &mut Peer<tokio::io::DuplexStream>) -> Frame {
    timeout(Duration::from_secs(10), peer.frame())
        .await
        .expect("a frame comes")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_may_receive_and_send_in_block_on() {
    let blocking = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let message = block_on(socket.recv())?;
            block_on(socket.send(message))?;
        }
    };
    let mut peer = open(App::new().route("/ws", blocking)).await;
    for text in ["one", "two"] {
        peer.send(frame(TEXT, text.as_bytes())).await;
        assert_eq!(next(&mut peer).await, Frame::text(text));
        peer.send(frame(PING, text.as_bytes())).await;
        assert_eq!(next(&mut peer).await.opcode, PONG);
    }
    peer.send(close(4001, "bye")).await;
    assert_eq!(next(&mut peer).await, Frame::close(4001, "bye"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_waits_for_capacity_and_a_close_end_in_block_on() {
    let blocking = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for _ in 0..20 {
            block_on(socket.send_binary(vec![7; 100_000]))?;
        }
        let closed = block_on(socket.close(CloseCode::of::<4000>()));
        assert!(closed.is_clean());
        Ok(())
    };
    let mut peer = open(App::new().route("/ws", blocking)).await;
    for _ in 0..20 {
        assert_eq!(next(&mut peer).await.opcode, BINARY);
    }
    assert_eq!(next(&mut peer).await, Frame::close(4000, ""));
    peer.send(close(4000, "")).await;
    let rest = timeout(Duration::from_secs(10), peer.frames()).await;
    assert!(rest.expect("the stream ends").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_send_goes_out_while_the_endpoint_receives_in_block_on() {
    let (hand_out, mut handed) = tokio::sync::mpsc::unbounded_channel();
    let blocking = move |handshake: Handshake| {
        let hand_out = hand_out.clone();
        async move {
            let mut socket = handshake.accept().await?;
            hand_out.send(socket.sender())?;
            while block_on(socket.recv()).is_ok() {}
            Result::<()>::Ok(())
        }
    };
    let mut peer = open(App::new().route("/ws", blocking)).await;
    let sender = handed.recv().await.unwrap();
    for text in ["one", "two"] {
        tokio::time::sleep(Duration::from_millis(20)).await;
        sender.send_text(text).await.unwrap();
        assert_eq!(next(&mut peer).await, Frame::text(text));
    }
    sender.start_close(CloseCode::of::<4000>());
    assert_eq!(next(&mut peer).await, Frame::close(4000, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlines_hold_in_block_on() {
    let blocking = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        block_on(socket.recv())?;
        Ok(())
    };
    let settings = Settings::new()
        .max_lifetime(Duration::from_millis(300))
        .close_timeout(Duration::from_millis(100));
    let mut peer = open(App::new().route("/ws", blocking).settings(settings)).await;
    assert_eq!(next(&mut peer).await, Frame::close(1001, "lifetime"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_in_block_on_fails_with_1011_and_the_endpoint_learns_of_it() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let blocking = move |handshake: Handshake| {
        let tell = tell.clone();
        async move {
            let disconnect = block_on(handshake.accept()).unwrap_err();
            tell.send(disconnect.code().get())?;
            Result::<()>::Err(disconnect.into())
        }
    };
    let mut peer = open(App::new().route("/ws", blocking)).await;
    assert_eq!(next(&mut peer).await, Frame::close(1011, ""));
    assert_eq!(told.recv().await, Some(1011));
}

/// An accept in another task that the endpoint's thread waits for is the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_in_a_task_that_the_endpoint_blocks_for_fails_too() {
    let blocking = async |handshake: Handshake| -> Result {
        let accepting = tokio::spawn(handshake.accept());
        block_on(accepting)??;
        Ok(())
    };
    let mut peer = open(App::new().route("/ws", blocking)).await;
    assert_eq!(next(&mut peer).await, Frame::close(1011, ""));
}

#[tokio::test(start_paused = true)]
async fn an_accept_with_another_waker_that_is_not_blocked_stands() {
    let counts = Arc::<Counts>::default();
    let wrapped = move |handshake: Handshake| {
        let counts = Arc::clone(&counts);
        async move {
            let mut socket = counts.watch(handshake.accept()).await?;
            tokio::time::sleep(Duration::from_secs(5)).await;
            socket.send_text("open").await?;
            Result::<()>::Ok(())
        }
    };
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", wrapped)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::text("open"));
}

#[test]
fn polls_are_counted() {
    let counts = Arc::<Counts>::default();
    let mut watched = pin!(counts.watch(std::future::pending::<()>()));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(watched.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(counts.so_far(), (1, 0));
}
