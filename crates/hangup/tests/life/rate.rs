//! How many messages may come in a second.

use std::time::Duration;

use hangup::{App, CloseCode, Handshake, Result, Settings, testing::TestClient};
use tokio::time::{sleep, timeout};

use crate::wire::{self, Frame, PING, Peer, TEXT, frame};

async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

fn client(settings: Settings) -> TestClient {
    TestClient::new(App::new().route("/ws", echo).settings(settings))
}

#[tokio::test(start_paused = true)]
async fn so_many_messages_may_come_in_a_second_and_one_more_ends_in_1008() {
    let client = client(Settings::new().messages_per_second(10));
    let mut socket = client.connect("/ws").await.unwrap();
    // As many as that at once, and then as many each second.
    for _ in 0..3 {
        for _ in 0..10 {
            socket.send_text("x").await;
            assert_eq!(socket.recv_text().await, "x");
        }
        sleep(Duration::from_secs(1)).await;
    }
    for _ in 0..10 {
        socket.send_text("x").await;
        assert_eq!(socket.recv_text().await, "x");
    }
    socket.send_text("one more").await;
    socket
        .assert_closed(CloseCode::POLICY_VIOLATION, "too many messages")
        .await;
}

#[tokio::test(start_paused = true)]
async fn tokens_come_one_by_one_and_pings_take_them_too() {
    let mut peer = Peer::open(client(Settings::new().messages_per_second(4)).stream(), "/ws").await;
    peer.send(frame(TEXT, b"x").repeat(4)).await;
    for _ in 0..3 {
        sleep(Duration::from_millis(250)).await;
        peer.send(frame(TEXT, b"x")).await;
    }
    peer.send(frame(PING, b"")).await;
    let mut expected = vec![Frame::text("x"); 7];
    expected.push(Frame {
        opcode: wire::PONG,
        payload: Vec::new(),
    });
    expected.push(Frame::close(1008, "too many messages"));
    assert_eq!(peer.frames().await, expected);
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_sends_while_it_is_not_read_from_is_allowed_at_the_same_rate() {
    let busy = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        sleep(Duration::from_secs(40)).await;
        loop {
            socket.recv().await?;
        }
    };
    let settings = Settings::new()
        .read_ahead(1000)
        .receive_timeout(None)
        .messages_per_second(2);
    let app = App::new()
        .route("/ws", busy)
        .settings(settings.ping_interval(None));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    for _ in 0..39 {
        peer.send(frame(TEXT, &[b'x'; 1000])).await;
        sleep(Duration::from_secs(1)).await;
    }
    sleep(Duration::from_secs(4)).await;
    // What was allowed for that time does not stay allowed: all of it has been read.
    peer.send(frame(TEXT, b"x").repeat(3)).await;
    let frames = timeout(Duration::from_secs(60), peer.frames()).await;
    assert_eq!(
        frames.expect("it is closed"),
        [Frame::close(1008, "too many messages")]
    );
}

#[tokio::test(start_paused = true)]
async fn pongs_that_answer_nothing_take_tokens_and_answers_do_not() {
    let settings = Settings::new()
        .messages_per_second(1)
        .ping_interval(Duration::from_millis(100));
    let mut peer = Peer::open(client(settings).stream(), "/ws").await;
    for _ in 0..20 {
        let ping = peer.frame().await;
        assert_eq!(ping.opcode, PING);
        peer.send(frame(wire::PONG, &ping.payload)).await;
    }
    peer.send(frame(wire::PONG, b"unasked").repeat(3)).await;
    let last = peer.frames().await.pop().unwrap();
    assert_eq!(last, Frame::close(1008, "too many messages"));
}

#[tokio::test(start_paused = true)]
async fn pongs_that_answer_pings_of_ours_are_not_counted_and_others_are() {
    let pinging = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for number in 0..50_u8 {
            socket.ping(vec![number]).await?;
        }
        socket.recv().await?;
        Ok(())
    };
    let app = || {
        let settings = Settings::new().messages_per_second(2).ping_interval(None);
        TestClient::new(App::new().route("/ws", pinging).settings(settings))
    };
    // One for each, and one for the most recent only (RFC 6455, 5.5.3).
    for answers in [(0..50).collect::<Vec<u8>>(), vec![49]] {
        let mut peer = Peer::open(app().stream(), "/ws").await;
        for _ in 0..50 {
            assert_eq!(peer.frame().await.opcode, PING);
        }
        for number in &answers {
            peer.send(frame(wire::PONG, &[*number])).await;
        }
        sleep(Duration::from_millis(1)).await;
        // Now nobody has asked for them: two may come, and the third is too many.
        peer.send(frame(wire::PONG, &[49]).repeat(2)).await;
        assert!(timeout(Duration::from_millis(100), peer.frame()).await.is_err());
        peer.send(frame(wire::PONG, &[49])).await;
        assert_eq!(peer.frames().await, [Frame::close(1008, "too many messages")]);
    }
}
