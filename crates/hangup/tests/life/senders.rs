//! The open socket in many hands: halves, senders in other tasks, combinators.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::stream::{FuturesUnordered, StreamExt};
use hangup::{
    App, Close, CloseCode, Handshake, Message, Result, Sender,
    endpoint::Endpoint,
    testing::{Received, TestClient, TestSocket},
};
use tokio::{sync::Notify, time::timeout};

use crate::{errors::Unforeseen, wire::Peer};

fn client<A: 'static>(endpoint: impl Endpoint<A, ()>) -> TestClient {
    TestClient::new(App::new().route("/ws", endpoint))
}

async fn open<A: 'static>(endpoint: impl Endpoint<A, ()>) -> TestSocket {
    client(endpoint).connect("/ws").await.unwrap()
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
    socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
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
async fn a_close_in_another_task_goes_out_at_once() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        let closing = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            socket
                .close(Close::new(CloseCode::of::<4001>(), "elsewhere"))
                .await
        });
        assert!(closing.await?.is_clean());
        Ok(())
    })
    .await;
    socket.assert_closed(CloseCode::of::<4001>(), "elsewhere").await;
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_once_another_task_has_taken_a_message_and_asks_for_no_more() {
    let mut socket = open(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        tokio::spawn(async move {
            socket.recv().await?;
            std::future::pending::<Result>().await
        })
        .await?
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket.send_text("taken").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket.ping("still there?").await;
    assert_eq!(socket.recv().await, Received::Pong("still there?".into()));
    socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
    socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
}

#[tokio::test]
async fn a_sender_closes_from_another_task() {
    async fn kicked(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let sender = socket.sender();
        tokio::spawn(async move {
            sender.send_text("goodbye").await.unwrap();
            sender.start_close(hangup::Close::new(CloseCode::of::<4009>(), "kicked"));
            sender.start_close(CloseCode::NORMAL_CLOSURE);
            assert!(sender.send_text("more").await.is_err());
        });
        assert_eq!(socket.recv().await.unwrap_err().code(), 4009);
        Ok(())
    }
    let mut socket = TestClient::new(App::new().route("/ws", kicked))
        .connect("/ws")
        .await
        .unwrap();
    assert_eq!(socket.recv_text().await, "goodbye");
    socket.assert_closed(CloseCode::of::<4009>(), "kicked").await;
}
