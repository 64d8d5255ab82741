//! Tests of the buffers.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt, task::noop_waker};
use proptest::prelude::*;
use tokio::io::AsyncReadExt;

use super::{
    output::{Output, SMALLEST, WRITE_BUFFERS},
    pool::{BUFFER_SIZE, POOLED, Pooled},
    transport::Transport,
};

#[tokio::test]
async fn what_is_written_is_not_kept_although_the_peer_never_catches_up() {
    let (stream, mut peer) = tokio::io::duplex(1000);
    let mut transport = Transport::Other(Box::new(stream));
    let waker = noop_waker();
    let mut cx = Context::from_waker(&waker);
    let mut output = Output::default();
    let mut sent = 0_u64;
    let mut read = 0_u64;
    let mut piece = [0; 700];
    while sent < 2_000_000 {
        while output.unsent() <= BUFFER_SIZE {
            output
                .buffer()
                .extend((sent..sent + 1000).map(|at| (at % 251) as u8));
            sent += 1000;
        }
        assert!(output.poll_flush(&mut cx, &mut transport).is_pending());
        // A fresh budget, as without it the pipe takes nothing.
        tokio::task::yield_now().await;
        peer.read_exact(&mut piece).await.unwrap();
        for byte in piece {
            assert_eq!(u64::from(byte), read % 251);
            read += 1;
        }
        let kept = output.buffer().len();
        assert!(kept <= 3 * BUFFER_SIZE, "{kept}");
    }
}

/// The buffers that the thread keeps to write from, and their bytes.
fn kept() -> (usize, usize) {
    WRITE_BUFFERS.with_borrow(|pool| {
        let bytes = pool.buffers.iter().map(|buffer| buffer.capacity()).sum();
        assert_eq!(pool.bytes, bytes);
        (pool.buffers.len(), bytes)
    })
}

#[test]
fn a_thread_keeps_few_large_or_many_small_buffers() {
    let fill = |count: usize, length: usize| {
        let mut outputs: Vec<_> = (0..count).map(|_| Output::default()).collect();
        for output in &mut outputs {
            output.buffer().resize(length, 0);
        }
        for mut output in outputs {
            output.release();
        }
    };
    fill(1000, 100);
    assert_eq!(kept(), (POOLED / SMALLEST, POOLED));
    // All of them grow, and few find room again.
    fill(600, BUFFER_SIZE);
    let (count, bytes) = kept();
    assert!(count <= 8 && bytes <= POOLED, "{count} {bytes}");
    fill(3, 2 * BUFFER_SIZE + 1);
    assert!(kept().0 < count, "what is larger is not kept");
}

#[test]
fn payloads_by_reference_keep_their_place_whatever_the_transport_takes() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let pieces = prop::collection::vec((any::<bool>(), 0_usize..3000), 1..40);
    proptest!(|(pieces in pieces, room in 1_usize..5000, flush_every in 1_usize..10)| {
        runtime.block_on(async {
            let (stream, mut peer) = tokio::io::duplex(room);
            let mut transport = Transport::Other(Box::new(stream));
            let (mut output, mut expected, mut received) = (Output::default(), Vec::new(), Vec::new());
            for (at, (is_attached, length)) in pieces.into_iter().enumerate() {
                let payload: Vec<u8> = (0..length).map(|byte| ((at * 31 + byte) % 251) as u8).collect();
                expected.extend_from_slice(&payload);
                if is_attached {
                    output.attach(Bytes::from(payload));
                } else {
                    output.buffer().extend_from_slice(&payload);
                }
                if at % flush_every == 0 {
                    let _ = poll_fn(|cx| Poll::Ready(output.poll_flush(cx, &mut transport))).await;
                    let _ = peer.read_buf(&mut received).now_or_never();
                }
            }
            while output.unsent() > 0 {
                let _ = poll_fn(|cx| Poll::Ready(output.poll_flush(cx, &mut transport))).await;
                let _ = peer.read_buf(&mut received).now_or_never();
                tokio::task::yield_now().await;
            }
            drop(transport);
            peer.read_to_end(&mut received).await.unwrap();
            assert!(received == expected, "{} of {} bytes", received.len(), expected.len());
        });
    });
}
