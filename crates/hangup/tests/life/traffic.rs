//! The metrics of traffic: messages and bytes each way, what waits to be written, and what is dropped.

use std::time::Duration;

use hangup::{App, CloseCode, Handshake, Result, Settings, settings::SlowConsumer, testing::TestClient};
use tokio::time::sleep;

use crate::{
    metrics::{Recorded, echo, rest},
    wire::{BINARY, PING, Peer, TEXT, frame},
};

#[tokio::test(start_paused = true)]
async fn messages_and_their_bytes_are_counted_each_way() {
    let mut recorded = Recorded::start();
    let client = TestClient::new(App::new().nest("/api", App::new().route("/{name}", echo)));
    let mut ann = Peer::open(client.stream(), "/api/ann").await;
    let mut bob = Peer::open(client.stream(), "/api/bob").await;
    ann.send(frame(TEXT, b"12345")).await;
    ann.frame().await;
    ann.send([frame(PING, b"ping"), frame(BINARY, &[7; 40_000])].concat())
        .await;
    bob.send(frame(BINARY, b"")).await;
    bob.frame().await;
    rest().await;
    for (name, number) in [
        ("hangup_messages_received_total", 3),
        ("hangup_bytes_received_total", 40_005),
        ("hangup_messages_sent_total", 3),
        ("hangup_bytes_sent_total", 40_005),
        ("hangup_connections_live", 2),
        ("hangup_handshakes_accepted_total", 2),
    ] {
        assert_eq!(recorded.of(name), [format!("/api/{{name}} {number}")], "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_no_endpoint_takes_is_counted_too_and_one_that_is_not_sent_is_not() {
    async fn close_then_send(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let sender = socket.sender();
        socket.send_text("one").await?;
        sleep(Duration::from_secs(1)).await;
        socket.close(CloseCode::NORMAL_CLOSURE).await;
        assert!(sender.send_text("two").await.is_err());
        Ok(())
    }
    let mut recorded = Recorded::start();
    let mut peer = Peer::open(
        TestClient::new(App::new().route("/", close_then_send)).stream(),
        "/",
    )
    .await;
    peer.send(frame(TEXT, b"ab")).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(recorded.of("hangup_messages_received_total"), ["/ 1"]);
    assert_eq!(recorded.of("hangup_bytes_received_total"), ["/ 2"]);
    assert_eq!(recorded.of("hangup_messages_sent_total"), ["/ 1"]);
    assert_eq!(recorded.of("hangup_bytes_sent_total"), ["/ 3"]);
}

async fn fill(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_binary(vec![0; 300_000]).await?;
    while socket.recv().await.is_ok() {}
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn unsent_bytes_are_shown_until_they_are_written_or_their_connection_ends() {
    for reads in [true, false] {
        let mut recorded = Recorded::start();
        let mut peer = Peer::open(TestClient::new(App::new().route("/", fill)).stream(), "/").await;
        rest().await;
        let shown = recorded.of("hangup_unsent_bytes");
        let unsent: f64 = shown[0].strip_prefix("/ ").unwrap().parse().unwrap();
        assert!((200_000.0..=300_010.0).contains(&unsent), "{unsent}");
        if reads {
            peer.frame().await;
        } else {
            drop(peer);
        }
        rest().await;
        assert_eq!(recorded.of("hangup_unsent_bytes"), [""; 0], "{reads}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_other_tasks_send_to_a_peer_that_does_not_read_is_shown_at_once() {
    let (told, mut senders) = tokio::sync::mpsc::channel(1);
    let endpoint = move |handshake: Handshake| {
        let told = told.clone();
        async move {
            let mut socket = handshake.accept().await?;
            let _ = told.send(socket.sender()).await;
            while socket.recv().await.is_ok() {}
            Result::<()>::Ok(())
        }
    };
    let mut recorded = Recorded::start();
    let app = App::new()
        .route("/", endpoint)
        .settings(Settings::new().write_buffer(1_000_000));
    let _peer = Peer::open(TestClient::new(app).stream(), "/").await;
    let sender = senders.recv().await.unwrap();
    sender.send_binary(vec![0; 100_000]).await.unwrap();
    rest().await;
    let shown = |recorded: &mut Recorded| -> f64 {
        let shown = recorded.of("hangup_unsent_bytes");
        shown[0].strip_prefix("/ ").unwrap().parse().unwrap()
    };
    let before = shown(&mut recorded);
    for _ in 0..3 {
        sender.send_binary(vec![0; 100_000]).await.unwrap();
    }
    let header = 10.0;
    assert_eq!(shown(&mut recorded), before + 3.0 * (100_000.0 + header));
    assert_eq!(recorded.of("hangup_messages_sent_total"), ["/ 4"]);
}

#[test]
fn a_runtime_that_stops_leaves_no_gauge_behind() {
    let mut recorded = Recorded::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let peer = runtime.block_on(async {
        let app = App::new().route("/", fill);
        let peer = Peer::open(TestClient::new(app).stream(), "/").await;
        while recorded.of("hangup_unsent_bytes").is_empty() {
            tokio::task::yield_now().await;
        }
        peer
    });
    assert_eq!(recorded.of("hangup_connections_live"), ["/ 1"]);
    drop(runtime);
    drop(peer);
    assert_eq!(recorded.of("hangup_connections_live"), [""; 0]);
    assert_eq!(recorded.of("hangup_unsent_bytes"), [""; 0]);
    assert_eq!(recorded.of("hangup_closes_total"), ["/ 1006 none 1"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_for_a_slow_consumer_is_counted_and_not_as_sent() {
    async fn flood(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        for _ in 0..10 {
            socket.send_binary(vec![0; 100_000]).await?;
        }
        while socket.recv().await.is_ok() {}
        Ok(())
    }
    let mut recorded = Recorded::start();
    let app = App::new()
        .route("/", flood)
        .settings(Settings::new().slow_consumer(SlowConsumer::DropNewest));
    let _peer = Peer::open(TestClient::new(app).stream(), "/").await;
    rest().await;
    let count = |shown: Vec<String>| -> u32 { shown[0].strip_prefix("/ ").unwrap().parse().unwrap() };
    let sent = count(recorded.of("hangup_messages_sent_total"));
    assert_eq!(count(recorded.of("hangup_messages_dropped_total")), 10 - sent);
    assert_eq!(count(recorded.of("hangup_bytes_sent_total")), 100_000 * sent);
}
