//! Read and write buffers: lent by a pool of the thread while they hold bytes, so that an idle connection
//! owns none.

use std::{
    cell::RefCell,
    io,
    task::{Context, Poll, ready},
};

use super::transport::Transport;

/// The size of a pooled buffer: one read takes as much as is there, up to this.
pub(crate) const BUFFER_SIZE: usize = 64 * 1024;

/// How many buffers of each kind a thread keeps.
const POOLED: usize = 8;

thread_local! {
    static READ_BUFFERS: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
    static WRITE_BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

fn take<B>(pool: &'static std::thread::LocalKey<RefCell<Vec<B>>>) -> Option<B> {
    pool.try_with(|pool| pool.borrow_mut().pop()).ok().flatten()
}

fn give_back<B>(pool: &'static std::thread::LocalKey<RefCell<Vec<B>>>, buffer: B) {
    // Where the thread is ending, the buffer is dropped.
    let _ = pool.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        if pool.len() < POOLED {
            pool.push(buffer);
        }
    });
}

/// Bytes that were read and not parsed yet.
#[derive(Default)]
pub(crate) struct Input {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Input {
    /// An input that begins with bytes which somebody else has read already.
    pub(crate) fn starting_with(bytes: &[u8]) -> Self {
        Self {
            buffer: bytes.into(),
            start: 0,
            end: bytes.len(),
        }
    }

    pub(crate) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Marks all but the last `left` bytes as parsed.
    pub(crate) fn keep_last(&mut self, left: usize) {
        self.start = self.end.saturating_sub(left);
        if self.start == self.end {
            self.release();
        }
    }

    /// Reads once, if nothing unread is left. 0 bytes are the end of the stream.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = take(&READ_BUFFERS).unwrap_or_else(|| vec![0; BUFFER_SIZE].into_boxed_slice());
        match transport.poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(read)) if read > 0 => {
                *self = Self {
                    buffer,
                    start: 0,
                    end: read,
                };
                Poll::Ready(Ok(read))
            }
            other => {
                give_back(&READ_BUFFERS, buffer);
                other
            }
        }
    }

    /// Moves what is unread into a buffer of its own size, before a wait of unknown length.
    pub(crate) fn shrink(&mut self) {
        if self.buffer.len() == BUFFER_SIZE && self.end - self.start < BUFFER_SIZE / 2 {
            let unread: Box<[u8]> = self.unread().into();
            let end = unread.len();
            self.release();
            *self = Self {
                buffer: unread,
                start: 0,
                end,
            };
        }
    }

    pub(crate) fn release(&mut self) {
        let buffer = std::mem::take(self).buffer;
        if buffer.len() == BUFFER_SIZE {
            give_back(&READ_BUFFERS, buffer);
        }
    }
}

/// Bytes that are to be written.
#[derive(Default)]
pub(crate) struct Output {
    buffer: Vec<u8>,
    written: usize,
}

impl Output {
    /// How many bytes are not written yet.
    pub(crate) fn unsent(&self) -> usize {
        self.buffer.len() - self.written
    }

    /// The buffer, to append to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        if self.buffer.capacity() == 0
            && let Some(buffer) = take(&WRITE_BUFFERS)
        {
            self.buffer = buffer;
        }
        &mut self.buffer
    }

    /// Writes until nothing is left or the transport takes no more.
    pub(crate) fn poll_flush(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<()>> {
        if self.buffer.is_empty() {
            self.release();
            return Poll::Ready(Ok(()));
        }
        while let Some(rest) = self.buffer.get(self.written..).filter(|rest| !rest.is_empty()) {
            match transport.poll_write(cx, rest)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => self.written += written,
                Poll::Pending => {
                    self.forget_written();
                    return Poll::Pending;
                }
            }
        }
        ready!(transport.poll_flush(cx))?;
        self.release();
        Poll::Ready(Ok(()))
    }

    /// Takes what is written off the front, where that moves fewer bytes than it takes off. Without it a sender
    /// that is always ahead of its peer would keep every byte that it has ever sent.
    fn forget_written(&mut self) {
        if self.written >= self.unsent() {
            self.buffer.drain(..self.written);
            self.written = 0;
        }
    }

    pub(crate) fn release(&mut self) {
        let mut buffer = std::mem::take(self).buffer;
        if buffer.capacity() > 0 && buffer.capacity() <= 2 * BUFFER_SIZE {
            buffer.clear();
            give_back(&WRITE_BUFFERS, buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::task::noop_waker;
    use tokio::io::AsyncReadExt;

    use super::*;

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
            assert!(output.buffer.len() <= 3 * BUFFER_SIZE, "{}", output.buffer.len());
        }
    }
}
