//! What is to be written: in a buffer of the thread while that holds bytes, so that an idle connection owns none, and
//! payloads that are written from where they lie.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, IoSlice},
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use hangup_protocol::OpCode;
use smallvec::SmallVec;

use super::{
    frames::Frames,
    pool::{BUFFER_SIZE, Pool, Pooled, give_back, take},
    transport::Transport,
};

/// From this size on a payload is written from where it lies. Below it a copy costs less than what the system does
/// for one more piece of a vectored write.
pub(crate) const BY_REFERENCE: usize = 32 * 1024;

/// How many pieces one vectored write takes.
const PIECES: usize = 16;

/// What a buffer to write from can hold at least, so that it seldom grows.
pub(super) const SMALLEST: usize = 1024;

thread_local! {
    pub(super) static WRITE_BUFFERS: RefCell<Pool<Unsent>> = const { RefCell::new(Pool::new()) };
}

/// Bytes that are to be written.
#[derive(Default)]
pub(crate) struct Output {
    unsent: Option<Box<Unsent>>,
    /// Whether the transport may hold bytes that are not on the wire yet, as TLS does.
    is_unflushed: bool,
}

pub(super) struct Unsent {
    buffer: Vec<u8>,
    written: usize,
    /// How many bytes are not written of a frame that is written in part.
    rest_of_frame: usize,
    attached: Option<Box<Attached>>,
}

impl Pooled for Unsent {
    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

/// Payloads that are written by reference, the first first.
#[derive(Default)]
struct Attached {
    /// Each payload, behind how many bytes of the buffer it comes.
    payloads: VecDeque<(usize, Bytes)>,
    /// How many bytes of them are not written yet.
    unsent: usize,
}

impl Output {
    /// How many bytes are not written yet.
    pub(crate) fn unsent(&self) -> usize {
        self.unsent.as_ref().map_or(0, |unsent| unsent.count())
    }

    fn begun(&mut self) -> &mut Unsent {
        self.unsent
            .get_or_insert_with(|| take(&WRITE_BUFFERS).unwrap_or_else(Unsent::new))
    }

    /// Whether all that was ever added is on the wire.
    pub(crate) fn is_flushed(&self) -> bool {
        self.unsent() == 0 && !self.is_unflushed
    }

    /// The buffer, to append to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.begun().buffer
    }

    /// Adds a payload behind all that is there, without copying it.
    pub(crate) fn attach(&mut self, payload: Bytes) {
        let unsent = self.begun();
        let attached = unsent.attached.get_or_insert_default();
        attached.unsent += payload.len();
        attached.payloads.push_back((unsent.buffer.len(), payload));
    }

    /// Adds whole frames behind all that is there, without copying them. If nothing is unsent, so many of their bytes may be
    /// written already.
    pub(crate) fn attach_frames(&mut self, frames: Bytes, written: usize) {
        debug_assert!(written == 0 || self.unsent() == 0, "these bytes are the next");
        self.attach(frames);
        self.begun().note_written(written);
    }

    /// Drops all frames behind the one that is written in part, but for a Close frame. How many messages they were.
    pub(crate) fn drop_frames(&mut self) -> u64 {
        self.unsent.as_mut().map_or(0, |unsent| unsent.drop_frames())
    }

    /// Writes until nothing is left or the transport is not writable. Ready once all is on the wire.
    pub(crate) fn poll_flush(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<()>> {
        if let Some(unsent) = &mut self.unsent
            && unsent.count() > 0
        {
            let written = unsent.poll_write_all(cx, transport);
            self.is_unflushed = true;
            ready!(written)?;
        }
        self.release();
        if self.is_unflushed {
            ready!(transport.poll_flush(cx))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Drops all that is not written.
    pub(crate) fn release(&mut self) {
        if let Some(mut unsent) = self.unsent.take()
            && unsent.buffer.capacity() <= 2 * BUFFER_SIZE
        {
            unsent.buffer.clear();
            (unsent.written, unsent.rest_of_frame, unsent.attached) = (0, 0, None);
            give_back(&WRITE_BUFFERS, unsent);
        }
    }
}

impl Unsent {
    fn new() -> Box<Self> {
        Box::new(Self {
            buffer: Vec::with_capacity(SMALLEST),
            written: 0,
            rest_of_frame: 0,
            attached: None,
        })
    }

    fn count(&self) -> usize {
        let attached = self.attached.as_ref().map_or(0, |attached| attached.unsent);
        self.buffer.len() - self.written + attached
    }

    fn poll_write_all(&mut self, cx: &mut Context<'_>, transport: &mut Transport) -> Poll<io::Result<()>> {
        while self.count() > 0 {
            match self.poll_write(cx, transport)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => self.note_written(written),
                Poll::Pending => {
                    self.forget_written();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write(&self, cx: &mut Context<'_>, transport: &mut Transport) -> Poll<io::Result<usize>> {
        let rest = |from: usize, to: usize| {
            let bytes = self.buffer.get(from..to);
            debug_assert!(bytes.is_some(), "the pieces lie within the buffer, in order");
            bytes.unwrap_or_default()
        };
        let Some(attached) = &self.attached else {
            return transport.poll_write(cx, rest(self.written, self.buffer.len()));
        };
        let mut pieces = SmallVec::<[IoSlice<'_>; PIECES]>::new();
        let mut from = self.written;
        for (place, payload) in attached.payloads.iter().take(PIECES / 2 - 1) {
            pieces.push(IoSlice::new(rest(from, *place)));
            pieces.push(IoSlice::new(payload));
            from = *place;
        }
        let to = attached
            .payloads
            .get(PIECES / 2 - 1)
            .map_or(self.buffer.len(), |(place, _)| *place);
        pieces.push(IoSlice::new(rest(from, to)));
        pieces.retain(|piece| !piece.is_empty());
        transport.poll_write_vectored(cx, &pieces)
    }

    /// What is not written, piece by piece.
    fn pieces(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let flat = |from: usize, to: usize| {
            let bytes = self.buffer.get(from..to);
            debug_assert!(bytes.is_some(), "the pieces lie within the buffer, in order");
            bytes.unwrap_or_default()
        };
        let payloads = self.attached.iter().flat_map(|attached| &attached.payloads);
        let mut from = self.written;
        let last = self
            .attached
            .as_ref()
            .and_then(|attached| attached.payloads.back());
        let last = last.map_or(from, |(place, _)| *place);
        let before = payloads.flat_map(move |(place, payload)| {
            let piece = flat(from, *place);
            from = *place;
            [piece, payload]
        });
        before.chain(std::iter::once(flat(last, self.buffer.len())))
    }

    /// Takes note of the next `written` bytes, and of the frame that they end in.
    fn note_written(&mut self, written: usize) {
        let mut end = self.rest_of_frame;
        if written == self.count() {
            end = written;
        } else if end < written {
            let mut frames = Frames::in_pieces(self.pieces());
            frames.skip(end);
            while end < written {
                let Some(frame) = frames.peek() else {
                    break;
                };
                frames.skip(frame.length);
                end += frame.length;
            }
        }
        self.advance(written);
        self.rest_of_frame = end.saturating_sub(written);
    }

    /// Drops all frames behind the one that is written in part, but for a Close frame. How many messages they were.
    fn drop_frames(&mut self) -> u64 {
        let (mut messages, mut close) = (0, Vec::new());
        let mut end = self.rest_of_frame;
        {
            let mut frames = Frames::in_pieces(self.pieces());
            frames.skip(self.rest_of_frame);
            while let Some(frame) = frames.peek() {
                match frame.opcode {
                    OpCode::Text | OpCode::Binary => messages += 1,
                    OpCode::Close => close = frames.copy(frame.length),
                    OpCode::Continuation | OpCode::Ping | OpCode::Pong => {}
                }
                frames.skip(frame.length);
                end += frame.length;
            }
        }
        debug_assert_eq!(
            end,
            self.count(),
            "what is unsent is whole frames behind the rest of one"
        );
        self.truncate(self.rest_of_frame);
        self.buffer.extend_from_slice(&close);
        messages
    }

    /// Keeps the next `left` bytes.
    fn truncate(&mut self, mut left: usize) {
        debug_assert!(left <= self.count(), "no more is kept than there is");
        let (mut from, mut kept) = (self.written, 0);
        if let Some(attached) = &mut self.attached {
            attached.unsent = 0;
            for (place, payload) in &mut attached.payloads {
                if left <= *place - from {
                    break;
                }
                left -= *place - from;
                from = *place;
                payload.truncate(left);
                left -= payload.len();
                attached.unsent += payload.len();
                kept += 1;
            }
            attached.payloads.truncate(kept);
        }
        if kept == 0 {
            self.attached = None;
        }
        self.buffer.truncate(from + left);
    }

    /// Marks the next `written` bytes as written.
    fn advance(&mut self, mut written: usize) {
        debug_assert!(written <= self.count(), "no more is written than there is");
        while let Some(attached) = &mut self.attached {
            let Some((place, payload)) = attached.payloads.front_mut() else {
                break;
            };
            let flat = written.min(*place - self.written);
            self.written += flat;
            written -= flat;
            let of_payload = written.min(payload.len());
            payload.advance(of_payload);
            attached.unsent -= of_payload;
            written -= of_payload;
            if *place > self.written || !payload.is_empty() {
                return;
            }
            attached.payloads.pop_front();
        }
        self.attached = None;
        self.written += written;
    }

    /// Takes what is written off the front, where that moves fewer bytes than it takes off. Without it a sender
    /// that is always ahead of its peer would keep every byte that it has ever sent.
    fn forget_written(&mut self) {
        if self.written >= self.buffer.len() - self.written {
            self.buffer.drain(..self.written);
            if let Some(attached) = &mut self.attached {
                for (place, _) in &mut attached.payloads {
                    *place -= self.written;
                }
            }
            self.written = 0;
        }
    }
}
