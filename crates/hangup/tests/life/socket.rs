//! The open socket: receiving and sending from one task, from many, and from none.

use std::{
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use hangup::{
    App, CloseCode, Endpoint, Handshake, Message, Result, Sender, Settings,
    testing::{Received, TestClient, TestSocket},
};
use tokio::{sync::Notify, time::timeout};

use crate::{
    errors::Unforeseen,
    wire::{self, CLOSE, Frame, PING, PONG, Peer, TEXT, frame},
};

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

#[tokio::test]
async fn the_halves_of_a_socket_work_in_two_tasks() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let (sender, mut receiver) = handshake.accept().await?.split();
        let (hand_over, mut handed) = tokio::sync::mpsc::channel(1);
        let receiving = tokio::spawn(async move {
            while let Ok(message) = receiver.recv().await {
                let _ = hand_over.send(message).await;
            }
        });
        let sending = tokio::spawn(async move {
            while let Some(message) = handed.recv().await {
                if sender.send(message).await.is_err() {
                    break;
                }
            }
        });
        receiving.await?;
        sending.await?;
        Ok(())
    })
    .await;
    for number in 0..200 {
        socket.send_text(number.to_string()).await;
        if number % 3 == 0 {
            socket.send_binary(number.to_string()).await;
        }
    }
    for number in 0..200 {
        assert_eq!(socket.recv_text().await, number.to_string());
        if number % 3 == 0 {
            assert_eq!(socket.recv_binary().await, number.to_string().as_bytes());
        }
    }
    socket.close(CloseCode::NORMAL_CLOSURE, "").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn clones_of_a_sender_send_from_other_threads_and_no_message_is_torn() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let tasks: Vec<_> = (0..8)
            .map(|task: u8| {
                let sender = socket.sender();
                tokio::spawn(async move {
                    for length in 0..100 {
                        sender.send_binary(vec![task; length * 40]).await?;
                    }
                    Ok::<_, hangup::Disconnect>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        socket.send_text("done").await?;
        Ok(())
    })
    .await;
    let mut next = [0; 8];
    let mut empty = 0;
    loop {
        match socket.recv().await {
            Received::Message(Message::Binary(bytes)) => match bytes.first() {
                None => empty += 1,
                Some(&task) => {
                    let next = &mut next[usize::from(task)];
                    *next += 40;
                    assert_eq!(bytes, vec![task; *next], "in order, and whole");
                }
            },
            Received::Message(Message::Text(_)) => break,
            other => panic!("{other}"),
        }
    }
    assert_eq!((next, empty), ([99 * 40; 8], 8));
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test(start_paused = true)]
async fn a_sender_in_another_task_waits_for_a_peer_that_does_not_read() {
    let sent = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&sent);
    let endpoint = move |handshake: Handshake| {
        let counter = Arc::clone(&counter);
        async move {
            let mut socket = handshake.accept().await?;
            let sender = socket.sender();
            tokio::spawn(async move {
                while sender.send_binary(vec![7; 50_000]).await.is_ok() && *counter.lock().unwrap() < 20 {
                    *counter.lock().unwrap() += 1;
                }
            });
            while socket.recv().await.is_ok() {}
            Result::<()>::Ok(())
        }
    };
    let mut peer = Peer::open(client(endpoint).stream(), "/ws").await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = *sent.lock().unwrap();
    assert!(
        (1..=4).contains(&before),
        "{before} times 50 KB in 64 KiB of pipe and 64 KiB of buffer"
    );
    for _ in 0..20 {
        assert_eq!(peer.frame().await.payload.len(), 50_000);
    }
    assert_eq!(*sent.lock().unwrap(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_sender_in_another_task_that_waits_is_told_when_the_connection_ends() {
    let told = Arc::new(Notify::new());
    let telling = Arc::clone(&told);
    let endpoint = move |handshake: Handshake| {
        let telling = Arc::clone(&telling);
        async move {
            let socket = handshake.accept().await?;
            let sender = socket.sender();
            tokio::spawn(async move {
                while sender.send_binary(vec![7; 50_000]).await.is_ok() {}
                telling.notify_one();
            });
            tokio::time::sleep(Duration::from_secs(1)).await;
            Result::<()>::Err(Unforeseen.into())
        }
    };
    let _peer = Peer::open(client(endpoint).stream(), "/ws").await;
    timeout(Duration::from_secs(2), told.notified()).await.unwrap();
}

#[tokio::test]
async fn sends_inside_of_futures_unordered_and_join_arrive() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        let sender = socket.sender();
        let mut sends: FuturesUnordered<_> = (0..50)
            .map(|number: u32| sender.send_text(number.to_string()))
            .collect();
        while let Some(sent) = sends.next().await {
            sent?;
        }
        drop(sends);
        let (first, second) = tokio::join!(socket.recv_text(), sender.send_text("joined"));
        second?;
        Ok(sender.send_text(first?).await?)
    })
    .await;
    let mut numbers = Vec::new();
    for _ in 0..50 {
        numbers.push(socket.recv_text().await.parse::<u32>().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
    assert_eq!(socket.recv_text().await, "joined");
    socket.send_text("echo").await;
    assert_eq!(socket.recv_text().await, "echo");
}

#[tokio::test]
async fn a_receive_inside_of_futures_unordered_gets_its_message() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        for _ in 0..3 {
            let mut receives: FuturesUnordered<_> = [socket.recv_text()].into_iter().collect();
            let text = receives.next().await.unwrap()?;
            drop(receives);
            socket.send_text(text).await?;
        }
        Ok(())
    })
    .await;
    for text in ["a", "b", "c"] {
        socket.send_text(text).await;
        assert_eq!(socket.recv_text().await, text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_outlives_its_connection_sends_nothing_and_says_so() {
    let kept: Arc<Mutex<Option<Sender>>> = Arc::default();
    let keeping = Arc::clone(&kept);
    let endpoint = move |handshake: Handshake| {
        let keeping = Arc::clone(&keeping);
        async move {
            let socket = handshake.accept().await?;
            *keeping.lock().unwrap() = Some(socket.sender());
            Result::<()>::Ok(())
        }
    };
    let mut socket = open(endpoint).await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
    let sender = kept.lock().unwrap().take().unwrap();
    assert!(sender.is_closed());
    assert_eq!(sender.send_text("late").await.unwrap_err().code(), 1000);
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
    let mut peer = Peer::open(client(endpoint).stream(), "/ws").await;
    let message = frame(wire::BINARY, &vec![7; 500_000]);
    peer.send(&message).await;
    let second = timeout(Duration::from_secs(5), peer.send(&message)).await;
    assert!(second.is_err(), "half a megabyte waits outside");
}
