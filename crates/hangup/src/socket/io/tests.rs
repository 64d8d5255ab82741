//! Tests of the buffers.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt, task::noop_waker};
use hangup_protocol::{Close, CloseCode, Connection, FrameHeader, MessageKind, OpCode, Role};
use proptest::prelude::*;
use tokio::io::AsyncReadExt;

use super::{
    frames::Frames,
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

/// How a message gets into the output.
#[derive(Clone, Copy, Debug)]
enum Way {
    Copied,
    Referred,
    /// As frames that many connections share, so many of their bytes written already if nothing is unsent.
    Shared {
        written: usize,
    },
}

fn any_way() -> impl Strategy<Value = Way> {
    prop_oneof![
        Just(Way::Copied),
        Just(Way::Referred),
        (0_usize..600).prop_map(|written| Way::Shared { written }),
    ]
}

/// The frames that `bytes` are, whole.
fn opcodes(mut bytes: &[u8]) -> Vec<OpCode> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let frame = Frames::of(bytes).peek().expect("a whole header");
        assert!(
            frame.length <= bytes.len(),
            "{frame:?} is cut: {} bytes",
            bytes.len()
        );
        found.push(frame.opcode);
        bytes = &bytes[frame.length..];
    }
    found
}

#[test]
fn what_is_left_when_frames_are_dropped_is_whole_frames_and_one_close() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let messages = prop::collection::vec((any_way(), 0_usize..400), 0..30);
    let reads = prop::collection::vec(0_usize..700, 0..12);
    proptest!(|(messages in messages, room in 1_usize..2000, reads in reads, closes_first in any::<bool>())| {
        runtime.block_on(async {
            let (stream, mut peer) = tokio::io::duplex(room);
            let mut transport = Transport::Other(Box::new(stream));
            let mut protocol = Connection::new(Role::Server, 0);
            let (mut output, mut wire) = (Output::default(), Vec::new());
            let mut expected = Vec::new();
            let count = messages.len();
            let mut reads = reads.into_iter();
            for (way, length) in messages {
                let start = expected.len();
                FrameHeader { fin: true, rsv1: false, opcode: OpCode::Binary, mask: None, length: length as u64 }
                    .write(&mut expected);
                expected.resize(expected.len() + length, start as u8);
                let frame = &expected[start..];
                match way {
                    Way::Copied => output.buffer().extend_from_slice(frame),
                    Way::Referred => {
                        protocol.send_header(MessageKind::Binary, length, output.buffer()).unwrap();
                        output.attach(Bytes::copy_from_slice(&frame[frame.len() - length..]));
                    }
                    // What is written past the output is on the wire before all that it writes.
                    Way::Shared { written } => {
                        let is_first = output.is_flushed();
                        while is_first && peer.read_buf(&mut wire).now_or_never().is_some() {}
                        let written = if is_first { written.min(frame.len() - 1) } else { 0 };
                        wire.extend_from_slice(&frame[..written]);
                        output.attach_frames(Bytes::copy_from_slice(frame), written);
                    }
                }
                if let Some(read) = reads.next() {
                    let _ = poll_fn(|cx| Poll::Ready(output.poll_flush(cx, &mut transport))).await;
                    let mut piece = vec![0; read];
                    if let Some(Ok(read)) = peer.read(&mut piece).now_or_never() {
                        wire.extend_from_slice(&piece[..read]);
                    }
                    let _ = poll_fn(|cx| Poll::Ready(output.poll_flush(cx, &mut transport))).await;
                }
            }
            let close = Close::new(CloseCode::of::<4001>(), "kicked");
            if closes_first {
                protocol.close(&close, output.buffer()).unwrap();
            }
            let dropped = output.drop_frames();
            if !closes_first {
                protocol.close(&close, output.buffer()).unwrap();
            }
            prop_assert!(output.unsent() <= 404 + 10, "no more than the rest of a frame, and the Close frame");
            while !output.is_flushed() {
                let _ = poll_fn(|cx| Poll::Ready(output.poll_flush(cx, &mut transport))).await;
                let _ = peer.read_buf(&mut wire).now_or_never();
                tokio::task::yield_now().await;
            }
            drop(transport);
            peer.read_to_end(&mut wire).await.unwrap();
            let (close, sent) = wire.split_at_checked(wire.len() - 10).map(|(sent, close)| (close, sent)).unwrap();
            prop_assert_eq!(close, b"\x88\x08\x0f\xa1kicked");
            prop_assert!(expected.starts_with(sent), "what was sent is on the wire, in order");
            let seen = opcodes(&wire);
            prop_assert_eq!(seen.len() - 1 + usize::try_from(dropped).unwrap(), count);
            prop_assert_eq!(seen.iter().filter(|opcode| **opcode == OpCode::Close).count(), 1);
            Ok(())
        })?;
    });
}
