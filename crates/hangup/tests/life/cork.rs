//! The cork: what one poll of an endpoint sends goes out in one write, and waits for no later `await`.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hangup::{App, Handshake, Result, endpoint::Endpoint};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use crate::wire::{self, CLOSE, Frame, PONG, Peer, TEXT, frame, serve};

/// A stream that counts the writes on it.
struct Counting {
    stream: DuplexStream,
    writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(_)) = written {
            self.writes.fetch_add(1, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A peer of an endpoint, and how often the server has written.
async fn counted<A: 'static>(endpoint: impl Endpoint<A, ()>) -> (Peer<DuplexStream>, Arc<AtomicUsize>) {
    let (client, server) = duplex(1 << 20);
    let writes = Arc::new(AtomicUsize::new(0));
    let stream = Counting {
        stream: server,
        writes: Arc::clone(&writes),
    };
    serve(stream, App::new().route("/ws", endpoint));
    (Peer::open(client, "/ws").await, writes)
}

#[tokio::test(start_paused = true)]
async fn what_one_poll_sends_is_one_write_and_waits_for_no_later_await() {
    let (mut peer, writes) = counted(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv_text().await?;
        for number in 0..20 {
            socket.send_text(number.to_string()).await?;
        }
        std::future::pending().await
    })
    .await;
    let before = writes.load(Ordering::SeqCst);
    peer.send(frame(TEXT, b"go")).await;
    for number in 0..20 {
        assert_eq!(peer.frame().await, Frame::text(&number.to_string()));
    }
    assert_eq!(writes.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test(start_paused = true)]
async fn the_answers_to_pipelined_messages_are_one_write() {
    let (mut peer, writes) = counted(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let text = socket.recv_text().await?;
            socket.send_text(text).await?;
        }
    })
    .await;
    let before = writes.load(Ordering::SeqCst);
    let messages: Vec<_> = (0..50)
        .flat_map(|number: u8| frame(TEXT, &[b'a' + number % 26]))
        .collect();
    peer.send(messages).await;
    for number in 0..50 {
        assert_eq!(peer.frame().await.payload, [b'a' + number % 26]);
    }
    assert_eq!(writes.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_message_and_the_close_frame_are_one_write() {
    let (mut peer, writes) = counted(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv_text().await?;
        socket.send_text("bye").await?;
        Ok(())
    })
    .await;
    let before = writes.load(Ordering::SeqCst);
    peer.send(frame(TEXT, b"go")).await;
    assert_eq!(peer.frame().await, Frame::text("bye"));
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
    assert_eq!(writes.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test(start_paused = true)]
async fn a_send_whose_future_is_dropped_behind_its_first_poll_goes_out() {
    let (mut peer, _) = counted(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        {
            let mut send = std::pin::pin!(socket.send_text("polled once"));
            std::future::poll_fn(|cx| {
                assert!(send.as_mut().poll(cx).is_ready());
                Poll::Ready(())
            })
            .await;
        }
        std::future::pending().await
    })
    .await;
    assert_eq!(peer.frame().await, Frame::text("polled once"));
}

#[tokio::test(start_paused = true)]
async fn what_another_task_sends_goes_out_while_the_endpoint_sleeps() {
    let (mut peer, writes) = counted(async |handshake: Handshake| -> Result {
        let socket = handshake.accept().await?;
        let sender = socket.sender();
        tokio::spawn(async move {
            for round in 0..3 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                for _ in 0..5 {
                    let _ = sender.send_text(round.to_string()).await;
                }
            }
        });
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Ok(())
    })
    .await;
    let before = writes.load(Ordering::SeqCst);
    for round in 0..3 {
        for _ in 0..5 {
            assert_eq!(peer.frame().await, Frame::text(&round.to_string()));
        }
    }
    assert_eq!(
        writes.load(Ordering::SeqCst) - before,
        3,
        "one for each poll of the other task"
    );
}

#[tokio::test(start_paused = true)]
async fn pongs_to_pings_that_come_together_are_one_write() {
    let (mut peer, writes) = counted(async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        Ok(())
    })
    .await;
    let before = writes.load(Ordering::SeqCst);
    peer.send(frame(wire::PING, b"?").repeat(10)).await;
    for _ in 0..10 {
        assert_eq!(peer.frame().await.opcode, PONG);
    }
    assert_eq!(writes.load(Ordering::SeqCst) - before, 1);
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frame().await.opcode, CLOSE);
    assert_eq!(writes.load(Ordering::SeqCst) - before, 2);
}
