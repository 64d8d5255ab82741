//! What was read and not parsed: in a buffer of the thread while that holds bytes, so that an idle connection owns none.

use std::{
    cell::RefCell,
    io,
    task::{Context, Poll},
};

use super::{
    pool::{BUFFER_SIZE, Pool, Pooled, give_back, take},
    transport::Transport,
};

thread_local! {
    static READ_BUFFERS: RefCell<Pool<Unread>> = const { RefCell::new(Pool::new()) };
}

/// Bytes that were read and not parsed yet.
#[derive(Default)]
pub(crate) struct Input(Option<Box<Unread>>);

struct Unread {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Pooled for Unread {
    fn capacity(&self) -> usize {
        self.buffer.len()
    }
}

impl Unread {
    fn all_of(buffer: Box<[u8]>) -> Box<Self> {
        Box::new(Self {
            start: 0,
            end: buffer.len(),
            buffer,
        })
    }

    fn bytes(&self) -> &[u8] {
        let bytes = self.buffer.get(self.start..self.end);
        debug_assert!(bytes.is_some(), "what is unread lies within the buffer");
        bytes.unwrap_or_default()
    }
}

impl Input {
    /// An input that begins with bytes which somebody else has read already.
    pub(crate) fn starting_with(bytes: &[u8]) -> Self {
        Self((!bytes.is_empty()).then(|| Unread::all_of(bytes.into())))
    }

    pub(crate) fn unread(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |unread| unread.bytes())
    }

    /// Marks all but the last `left` bytes as parsed.
    pub(crate) fn keep_last(&mut self, left: usize) {
        if left == 0 {
            self.release();
        } else if let Some(unread) = &mut self.0 {
            debug_assert!(left <= unread.end - unread.start, "more is left than there was");
            unread.start = unread.end.saturating_sub(left);
        }
    }

    /// Reads once, if nothing unread is left. 0 bytes are the end of the stream.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<usize>> {
        debug_assert!(self.unread().is_empty(), "what is unread would be lost");
        let mut free =
            take(&READ_BUFFERS).unwrap_or_else(|| Unread::all_of(vec![0; BUFFER_SIZE].into_boxed_slice()));
        match transport.poll_read(cx, &mut free.buffer) {
            Poll::Ready(Ok(read)) if read > 0 => {
                (free.start, free.end) = (0, read);
                self.0 = Some(free);
                Poll::Ready(Ok(read))
            }
            other => {
                give_back(&READ_BUFFERS, free);
                other
            }
        }
    }

    /// Moves what is unread into a buffer of its own size, before a wait of unknown length.
    pub(crate) fn shrink(&mut self) {
        if let Some(unread) = &self.0
            && unread.buffer.len() == BUFFER_SIZE
            && unread.end - unread.start < BUFFER_SIZE / 2
        {
            let own = Self::starting_with(unread.bytes());
            self.release();
            *self = own;
        }
    }

    pub(crate) fn release(&mut self) {
        if let Some(unread) = self.0.take_if(|unread| unread.buffer.len() == BUFFER_SIZE) {
            give_back(&READ_BUFFERS, unread);
        }
        self.0 = None;
    }
}
