//! The open socket: messages both ways, and what is lost by nobody.

use std::{
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use hangup::{
    App, Close, CloseCode, Handshake, Message, Result, Settings,
    endpoint::Endpoint,
    testing::{Received, TestClient, TestSocket},
};
use tokio::time::timeout;

use crate::wire::{self, CLOSE, Frame, PING, PONG, Peer, TEXT, frame};

fn client<A: 'static>(endpoint: impl Endpoint<A, ()>) -> TestClient {
    TestClient::new(App::new().route("/ws", endpoint))
}

async fn open<A: 'static>(endpoint: impl Endpoint<A, ()>) -> TestSocket {
    client(endpoint).connect("/ws").await.unwrap()
}

#[tokio::test]
async fn text_binary_and_json_go_both_ways() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        socket.send_text(text).await?;
        let bytes = socket.recv_binary().await?;
        socket.send_binary(bytes).await?;
        let json: serde_json::Value = socket.recv_json().await?;
        socket.send_json(&json).await?;
        let message = socket.recv().await?;
        socket.send(message).await?;
        socket.send(String::from("string")).await?;
        socket.send(vec![1, 2]).await?;
        Ok(())
    })
    .await;
    socket.send_text("Grüße").await;
    assert_eq!(socket.recv_text().await, "Grüße");
    socket.send_binary([0, 255]).await;
    assert_eq!(socket.recv_binary().await, [0, 255][..]);
    socket.send_json(&serde_json::json!({"test": "数据"})).await;
    // Compact, and not escaped.
    assert_eq!(socket.recv_text().await, r#"{"test":"数据"}"#);
    socket.send_text("").await;
    assert_eq!(socket.recv_text().await, "");
    assert_eq!(socket.recv_text().await, "string");
    assert_eq!(socket.recv_binary().await, [1, 2][..]);
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn a_value_that_cannot_be_json_is_an_error_and_nothing_is_sent() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let keys = std::collections::HashMap::from([((1, 2), 3)]);
        assert!(socket.send_json(&keys).await.is_err());
        Ok(())
    })
    .await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn a_message_in_fragments_arrives_whole_and_control_frames_may_stand_between_them() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        Ok(socket.send_text(text).await?)
    };
    let mut peer = Peer::open(client(endpoint).stream(), "/ws").await;
    let (mut first, mut middle) = (frame(TEXT, "Gr\u{fc}".as_bytes()), frame(0, "\u{df}".as_bytes()));
    first[0] &= 0x7f;
    middle[0] &= 0x7f;
    peer.send([first, frame(PING, b"?"), middle, frame(0, b"e")].concat())
        .await;
    assert_eq!(
        peer.frame().await,
        Frame {
            opcode: PONG,
            payload: b"?".into()
        }
    );
    assert_eq!(peer.frame().await, Frame::text("Grüße"));
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_while_the_endpoint_receives_nothing() {
    let endpoint = async |handshake: Handshake| -> Result {
        let _socket = handshake.accept().await?;
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Ok(())
    };
    let mut peer = Peer::open(client(endpoint).stream(), "/ws").await;
    for payload in [&b""[..], b"one", &[7; 125]] {
        peer.send(frame(PING, payload)).await;
        assert_eq!(
            peer.frame().await,
            Frame {
                opcode: PONG,
                payload: payload.into()
            }
        );
    }
}

#[tokio::test]
async fn a_ping_of_the_endpoint_carries_at_most_125_bytes() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.ping(Bytes::from_static(b"there?")).await?;
        socket.ping(vec![1; 200]).await?;
        Ok(())
    })
    .await;
    assert_eq!(socket.recv().await, Received::Ping("there?".into()));
    assert_eq!(socket.recv().await, Received::Ping(vec![1; 125].into()));
}

#[tokio::test(start_paused = true)]
async fn a_receive_that_is_cancelled_loses_no_message() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let mut received = Vec::new();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        while received.len() < 100 {
            tokio::select! {
                biased;
                _ = ticks.tick() => {}
                text = socket.recv_text() => received.push(text?.to_string()),
            }
        }
        Ok(socket.send_text(received.join(" ")).await?)
    })
    .await;
    for number in 0..100 {
        socket.send_text(number.to_string()).await;
        if number % 7 == 0 {
            tokio::time::sleep(Duration::from_micros(700)).await;
        }
    }
    let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(socket.recv_text().await, expected.join(" "));
}

#[tokio::test]
async fn a_receive_that_is_polled_by_hand_and_dropped_loses_no_message() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let ready = socket.recv_text().await?;
        socket.send_text(ready).await?;
        let mut polls = 0;
        let message = loop {
            polls += 1;
            // With a waker that is not the task's own: nobody is woken, and nothing may be lost.
            if let Poll::Ready(message) = socket.poll_recv(&mut Context::from_waker(Waker::noop())) {
                break message?;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(message, Message::from("kept"));
        assert!(polls > 1);
        Ok(())
    })
    .await;
    socket.send_text("ready").await;
    assert_eq!(socket.recv_text().await, "ready");
    socket.send_text("kept").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test(start_paused = true)]
async fn dropping_the_socket_closes_nothing_until_the_endpoint_ends() {
    let endpoint = async |handshake: Handshake| -> Result {
        drop(handshake.accept().await?);
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(())
    };
    let begun = tokio::time::Instant::now();
    let mut peer = Peer::open(client(endpoint).stream(), "/ws").await;
    peer.send(frame(PING, b"")).await;
    assert_eq!(peer.frame().await.opcode, PONG);
    assert_eq!(peer.frame().await.opcode, CLOSE);
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_pings_and_reads_nothing_does_not_fill_the_memory() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        while socket.recv().await.is_ok() {}
        Ok(())
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().write_buffer(1000));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let pings = frame(PING, &[7; 125]).repeat(100);
    // The pipe takes 64 KiB each way, the connection little more: the rest cannot be sent.
    let sending = async {
        for sent in 0..100 {
            if timeout(Duration::from_secs(1), peer.send(&pings)).await.is_err() {
                return sent;
            }
        }
        100
    };
    let sent = sending.await;
    assert!(sent < 30, "{sent} times {} bytes were taken", pings.len());
}

#[tokio::test(start_paused = true)]
async fn a_message_waits_for_the_endpoint_and_no_second_one_is_read() {
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        tokio::time::sleep(Duration::from_secs(10)).await;
        for _ in 0..2 {
            socket.recv_binary().await?;
        }
        Ok(())
    };
    let app = App::new()
        .route("/ws", endpoint)
        .settings(hangup::Settings::new().receive_timeout(None));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
    let message = frame(wire::BINARY, &vec![7; 500_000]);
    peer.send(&message).await;
    let second = timeout(Duration::from_secs(5), peer.send(&message)).await;
    assert!(second.is_err(), "half a megabyte waits outside");
}

#[tokio::test(start_paused = true)]
async fn the_peers_close_is_answered_although_messages_wait_unread() {
    async fn busy(handshake: Handshake) -> Result {
        let _socket = handshake.accept().await?;
        std::future::pending().await
    }
    let mut socket = TestClient::new(App::new().route("/ws", busy))
        .connect("/ws")
        .await
        .unwrap();
    for _ in 0..3 {
        socket.send_text("hello").await;
    }
    socket.send_close(CloseCode::of::<4001>(), "gone").await;
    socket.assert_closed(CloseCode::of::<4001>(), "gone").await;
}

#[tokio::test]
async fn messages_that_came_before_the_peers_close_are_still_received() {
    async fn late(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        while !socket.sender().is_closed() {
            tokio::task::yield_now().await;
        }
        assert_eq!(&*socket.recv_text().await?, "one");
        assert_eq!(&*socket.recv_text().await?, "two");
        assert_eq!(socket.recv().await.unwrap_err().code(), 4001);
        Err(Close::from(CloseCode::FORBIDDEN).into())
    }
    let log = crate::log::Log::listen();
    let mut socket = TestClient::new(App::new().route("/ws", late))
        .connect("/ws")
        .await
        .unwrap();
    socket.send_text("one").await;
    socket.send_text("two").await;
    socket.send_close(CloseCode::of::<4001>(), "").await;
    socket.assert_closed(CloseCode::of::<4001>(), "").await;
    // It came to its end, and no assertion of it failed.
    let event = log.ended().await;
    assert_eq!(event.get("error"), "3003");
}

#[tokio::test(start_paused = true)]
async fn what_comes_when_nobody_can_receive_any_more_is_thrown_away() {
    async fn deaf(handshake: Handshake) -> Result {
        let (sender, receiver) = handshake.accept().await?.split();
        drop(receiver);
        sender.send_text("deaf").await?;
        std::future::pending().await
    }
    let mut socket = TestClient::new(App::new().route("/ws", deaf))
        .connect("/ws")
        .await
        .unwrap();
    assert_eq!(socket.recv_text().await, "deaf");
    for _ in 0..100 {
        socket.send_binary(vec![7; 10_000]).await;
    }
    socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}
