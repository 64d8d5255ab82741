//! A peer that does not read: what a send to it does, how long it is waited for, and that the others lose nothing.

use std::{future::Future, time::Duration};

use hangup::{
    App, CloseCode, Handshake, Result, Sender, Settings,
    error::TrySendError,
    settings::SlowConsumer,
    testing::{TestClient, TestSocket},
};
use tokio::{
    io::DuplexStream,
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use crate::{
    log::Log,
    wire::{BINARY, CLOSE, Frame, Peer, TEXT, frame},
};

/// More than the pipe, the write buffer and one message take.
const ENOUGH: usize = 1000;

fn message(number: usize) -> String {
    format!("{number:04}{}", "x".repeat(1000))
}

/// An app whose endpoints hand out their senders, and then only receive.
fn app(settings: Settings) -> (TestClient, mpsc::UnboundedReceiver<Sender>) {
    let (hand_out, handed) = mpsc::unbounded_channel();
    let endpoint = move |handshake: Handshake| {
        let hand_out = hand_out.clone();
        async move {
            let mut socket = handshake.accept().await?;
            hand_out.send(socket.sender())?;
            loop {
                socket.recv().await?;
            }
            #[expect(unreachable_code, reason = "it says of what type the endpoint's errors are")]
            Result::<()>::Ok(())
        }
    };
    let app = App::new().route("/ws", endpoint).settings(settings);
    (TestClient::new(app), handed)
}

async fn slow(settings: Settings) -> (Peer<DuplexStream>, Sender) {
    let (client, mut handed) = app(settings.ping_interval(None));
    let peer = Peer::open(client.stream(), "/ws").await;
    (peer, handed.recv().await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_send_waits_and_a_peer_that_takes_nothing_for_30_s_is_closed_with_1013() {
    let log = Log::listen();
    let (mut peer, sender) = slow(Settings::new()).await;
    let begun = Instant::now();
    let mut sent = 0;
    let disconnect = loop {
        match sender.send_text(message(sent)).await {
            Ok(()) => sent += 1,
            Err(disconnect) => break disconnect,
        }
    };
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(
        (disconnect.code().get(), disconnect.reason()),
        (1013, "slow consumer")
    );
    // It reads after all: everything that was sent, and then the Close frame.
    let frames = peer.frames().await;
    assert_eq!(frames.len(), sent + 1);
    assert_eq!(frames[sent].opcode, CLOSE);
    drop(peer);
    assert_eq!(
        log.connection().await.line(&["code_sent", "reason_sent"]),
        "1013 slow consumer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_a_little_now_and_then_is_waited_for() {
    let (mut peer, sender) = slow(Settings::new().write_timeout(Duration::from_secs(10))).await;
    let sending = tokio::spawn(async move {
        for number in 0..ENOUGH {
            sender.send_text(message(number)).await?;
        }
        Ok::<_, hangup::Disconnect>(())
    });
    for number in 0..ENOUGH {
        if number % 50 == 0 {
            sleep(Duration::from_secs(9)).await;
        }
        let frame = peer.frame().await;
        assert_eq!(
            (frame.opcode, &*frame.payload),
            (TEXT, message(number).as_bytes())
        );
    }
    sending.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_newest_messages_are_dropped_and_counted_where_the_settings_say_so() {
    let log = Log::listen();
    let (mut peer, sender) = slow(Settings::new().slow_consumer(SlowConsumer::DropNewest)).await;
    let begun = Instant::now();
    for number in 0..ENOUGH {
        sender.send_text(message(number)).await.unwrap();
    }
    assert_eq!(begun.elapsed(), Duration::ZERO, "no send has waited");
    peer.read_for(Duration::from_secs(1)).await;
    sender.send_text(message(ENOUGH)).await.unwrap();
    sender.start_close(CloseCode::NORMAL_CLOSURE);
    let frames = peer.frames().await;
    let (close, texts) = frames.split_last().unwrap();
    assert_eq!(close.opcode, CLOSE);
    let (newest, oldest) = texts.split_last().unwrap();
    assert_eq!(newest.payload, message(ENOUGH).as_bytes(), "there is room again");
    for (number, text) in oldest.iter().enumerate() {
        assert_eq!(text.payload, message(number).as_bytes());
    }
    drop(peer);
    let dropped = ENOUGH - oldest.len();
    assert!(dropped > ENOUGH / 2, "{dropped}");
    assert_eq!(log.connection().await.get("dropped"), dropped.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_is_closed_with_1013_where_the_settings_say_so() {
    let (mut peer, sender) = slow(Settings::new().slow_consumer(SlowConsumer::Close)).await;
    let begun = Instant::now();
    let mut sent = 0;
    let disconnect = loop {
        match sender.send_text(message(sent)).await {
            Ok(()) => sent += 1,
            Err(disconnect) => break disconnect,
        }
    };
    assert_eq!(begun.elapsed(), Duration::ZERO, "no send has waited");
    assert_eq!(disconnect.code().get(), 1013);
    let frames = peer.frames().await;
    assert_eq!(frames.len(), sent + 1);
    assert_eq!(frames[sent], crate::wire::Frame::close(1013, "slow consumer"));
}

#[tokio::test(start_paused = true)]
async fn an_echo_to_a_peer_that_only_sends_is_closed_too() {
    let echo = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let message = socket.recv().await?;
            socket.send(message).await?;
        }
    };
    let app = App::new()
        .route("/ws", echo)
        .settings(Settings::new().slow_consumer(SlowConsumer::Close));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let begun = Instant::now();
    // Each is more than the write buffer holds.
    for _ in 0..4 {
        peer.send(frame(BINARY, &[7; 100_000])).await;
    }
    let frames = peer.frames().await;
    assert_eq!(
        frames.last().unwrap(),
        &crate::wire::Frame::close(1013, "slow consumer")
    );
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn try_send_says_full_whatever_the_policy_and_there_is_room_again_when_the_peer_has_read() {
    for policy in [SlowConsumer::Wait, SlowConsumer::DropNewest, SlowConsumer::Close] {
        let (mut peer, sender) = slow(Settings::new().slow_consumer(policy)).await;
        let mut sent = 0;
        while sender.try_send(message(sent)) != Err(TrySendError::Full) {
            sent += 1;
        }
        assert!(sent > 100, "{sent}");
        for number in 0..sent {
            assert_eq!(peer.frame().await.payload, message(number).as_bytes());
        }
        sender.try_send("room again").unwrap();
        assert_eq!(peer.frame().await.payload, b"room again");
        sender.start_close(CloseCode::NORMAL_CLOSURE);
        assert!(matches!(
            sender.try_send("over"),
            Err(TrySendError::Disconnect(_))
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_buffer_that_an_endpoint_does_not_handle_ends_it_with_1013() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.try_send(message(0))?;
        }
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    let mut peer = Peer::open(client.stream(), "/ws").await;
    let frames = peer.frames().await;
    assert_eq!(
        frames.last().unwrap(),
        &crate::wire::Frame::close(1013, "slow consumer")
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_is_not_slow_however_much_one_poll_sends() {
    for policy in [SlowConsumer::DropNewest, SlowConsumer::Close] {
        let (client, mut handed) = app(Settings::new().slow_consumer(policy).write_buffer(1000));
        let mut socket = client.connect("/ws").await.unwrap();
        let sender = handed.recv().await.unwrap();
        // Far more than the write buffer, and less than the pipe, before the connection's task has its turn.
        for number in 0..50 {
            sender.send_text(message(number)).await.unwrap();
        }
        for number in 0..50 {
            assert_eq!(socket.recv_text().await, message(number));
        }
    }
}

/// The clock of the test moves only when all that can be done is done, so a round that waited would be seen on it.
#[tokio::test(start_paused = true)]
async fn of_1000_subscribers_one_that_never_reads_slows_nobody_and_the_others_lose_nothing() {
    const MESSAGES: usize = 100;
    const ROUND: Duration = Duration::from_millis(10);
    for (policy, subscribers) in [(SlowConsumer::DropNewest, 1000), (SlowConsumer::Close, 100)] {
        let (client, mut handed) = app(Settings::new().slow_consumer(policy).write_buffer(16 * 1024));
        let mut senders = Vec::new();
        let _never_reads = Peer::open(client.stream(), "/ws").await;
        senders.push(handed.recv().await.unwrap());
        let mut readers = Vec::new();
        for _ in 1..subscribers {
            let socket = client.connect("/ws").await.unwrap();
            senders.push(handed.recv().await.unwrap());
            readers.push(tokio::spawn(read_all(socket, MESSAGES)));
        }
        let begun = Instant::now();
        for number in 0..MESSAGES {
            for sender in &senders {
                let _ = sender.send_text(message(number)).await;
            }
            sleep(ROUND).await;
        }
        for reader in readers {
            timeout(Duration::from_secs(1), reader).await.unwrap().unwrap();
        }
        assert_eq!(begun.elapsed(), ROUND * 100);
    }
}

async fn read_all(mut socket: TestSocket, count: usize) {
    for number in 0..count {
        assert_eq!(socket.recv_text().await, message(number));
    }
}

#[tokio::test(start_paused = true)]
async fn the_code_of_a_slow_consumer_may_be_set() {
    let settings = || Settings::new().overload_code(CloseCode::of::<4013>());
    for settings in [settings(), settings().slow_consumer(SlowConsumer::Close)] {
        let (_peer, sender) = slow(settings).await;
        let disconnect = loop {
            if let Err(disconnect) = sender.send_text(message(0)).await {
                break disconnect;
            }
        };
        assert_eq!(
            (disconnect.code().get(), disconnect.reason()),
            (4013, "slow consumer")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_that_of_an_endpoint_that_fails_with_full_as_well() {
    let endpoint = async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        loop {
            socket.sender().try_send(message(0))?;
        }
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().overload_code(CloseCode::GOING_AWAY));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let last = peer.frames().await.pop().unwrap();
    assert_eq!(last, Frame::close(1001, "slow consumer"));
}

/// Polls a send that has to wait, and drops it: by how many wakers are left.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_leaves_no_waker() {
    struct Nothing;
    impl std::task::Wake for Nothing {
        fn wake(self: std::sync::Arc<Self>) {}
    }
    let (_peer, sender) = slow(Settings::new()).await;
    while timeout(Duration::from_secs(1), sender.send_text(message(0)))
        .await
        .is_ok()
    {}
    let counted = std::sync::Arc::new(Nothing);
    let waker = std::task::Waker::from(std::sync::Arc::clone(&counted));
    let mut cx = std::task::Context::from_waker(&waker);
    let before = std::sync::Arc::strong_count(&counted);
    let mut waits: Vec<_> = (0..1000)
        .map(|_| Box::pin(tokio::task::unconstrained(sender.send_text(message(0)))))
        .collect();
    for wait in &mut waits {
        assert!(wait.as_mut().poll(&mut cx).is_pending());
    }
    let mut draining = Box::pin(sender.server_shutdown());
    assert!(draining.as_mut().poll(&mut cx).is_pending());
    assert_eq!(std::sync::Arc::strong_count(&counted), before + 1001);
    drop((waits, draining));
    assert_eq!(std::sync::Arc::strong_count(&counted), before);
}
