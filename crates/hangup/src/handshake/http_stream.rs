//! `HttpStream`: the stream below hyper. It passes on one request at a time, bounds every wait, and keeps the bytes that
//! arrive after an opening handshake.

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    deadline::{AwaitedStep, Deadline},
    exchange::{Exchange, Expected},
    head::{empty_lines, end_of_head, last_status, without_close},
    peer::Peer,
};
use crate::settings::Resolved;

/// How many bytes are kept that arrive while a request is being answered. Beyond that, nothing is read.
const MAX_EARLY: usize = 64 * 1024;

/// How often a client is checked for a disconnect while nothing is read from it.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How long incoming data is read and discarded after the last response, so that no TCP reset overtakes the response
/// (RFC 9112, section 9.6).
const LINGER: Duration = Duration::from_secs(1);

/// The size of one read into the held bytes.
const CHUNK: usize = 4096;

/// The bounds of an HTTP connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpLimits {
    /// How long a head may take, from its first byte; for the first head from the start of the connection.
    pub(crate) head_timeout: Duration,
    /// How long a connection may be without a request.
    pub(crate) keep_alive_timeout: Duration,
    /// How long the write of a response may make no progress.
    pub(crate) response_write_timeout: Duration,
    /// The largest head, in bytes.
    pub(crate) max_head_size: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            // Longer than the 60 s of common load balancers.
            keep_alive_timeout: Duration::from_secs(75),
            response_write_timeout: Duration::from_secs(30),
            max_head_size: Resolved::default().max_head_size,
        }
    }
}

/// The stream below hyper.
pub(crate) struct HttpStream<S> {
    stream: S,
    exchange: Arc<Exchange>,
    limits: HttpLimits,
    /// Bytes that hyper has not read yet.
    held: BytesMut,
    /// How many of them hyper may read.
    released: usize,
    /// How many of them were searched for the end of a head.
    searched: usize,
    /// How many of them are empty lines before a head.
    empty_lines: usize,
    /// When the wait for the client ends.
    reading: Deadline,
    /// When the wait for the stream to become writable ends.
    writing: Deadline,
    /// The 101 that is written in part.
    switching: Option<Switching>,
    closing: Closing,
}

/// A 101 that is written: another head in place of hyper's where that names `close`, and how much is written.
struct Switching {
    instead: Option<Vec<u8>>,
    written: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    Open,
    Lingering,
    Closed,
}

impl<S: Peer> HttpStream<S> {
    pub(crate) fn new(stream: S, exchange: Arc<Exchange>, limits: HttpLimits) -> Self {
        Self {
            stream,
            exchange,
            limits,
            held: BytesMut::new(),
            released: 0,
            searched: 0,
            empty_lines: 0,
            reading: Deadline::default(),
            writing: Deadline::default(),
            switching: None,
            closing: Closing::Open,
        }
    }

    /// The stream, and the bytes read after the handshake. `None` if no 101 was written: hyper returns the stream after
    /// any answer that closes the connection.
    pub(crate) fn into_upgraded(self) -> Option<(S, Bytes)> {
        let is_upgraded = self.exchange.expected() == Expected::Upgraded;
        is_upgraded.then(|| (self.stream, self.held.freeze()))
    }

    /// Shuts down the write side, then reads and discards until the client disconnects, or for [`LINGER`].
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closing == Closing::Open {
            let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
            ready!(self.poll_taken(cx, shut))?;
            self.reading.clear();
            self.closing = match self.exchange.written() {
                Some(_) => Closing::Lingering,
                None => Closing::Closed,
            };
        }
        while self.closing == Closing::Lingering {
            self.held.clear();
            let is_over = self.reading.poll(cx, AwaitedStep::Linger, LINGER).is_ready()
                || match self.poll_hold(cx) {
                    Poll::Ready(Ok(count)) => count == 0,
                    Poll::Ready(Err(_)) => true,
                    Poll::Pending => return Poll::Pending,
                };
            if is_over {
                self.closing = Closing::Closed;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads once into the held bytes. 0 bytes are the end of the stream.
    fn poll_hold(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut chunk = [MaybeUninit::uninit(); CHUNK];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut chunk))?;
        self.held.extend_from_slice(chunk.filled());
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// Reads a head into hyper's own buffer. Only what is not exactly one head is held. 0 bytes are the end of the
    /// stream.
    fn poll_first(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        let count = read.len();
        let whole = match end_of_head(read, 0) {
            Some(end) if end <= self.limits.max_head_size && empty_lines(read) == 0 => end,
            _ => 0,
        };
        self.held.extend_from_slice(read.get(whole..).unwrap_or_default());
        buffer.set_filled(before + whole);
        Poll::Ready(Ok(count))
    }

    /// Passes held bytes to hyper, as many as it may read.
    fn hand_over(&mut self, most: usize, buffer: &mut ReadBuf<'_>) {
        let count = most.min(self.held.len()).min(buffer.remaining());
        buffer.put_slice(self.held.get(..count).unwrap_or_default());
        self.held.advance(count);
        self.released = self.released.saturating_sub(count);
        self.searched = self.searched.saturating_sub(count);
        self.empty_lines = self.empty_lines.saturating_sub(count);
        if self.held.is_empty() {
            self.held = BytesMut::new();
        }
    }

    /// The end of the head that is held. Empty lines before it belong to it (RFC 9112, section 2.2): they neither are a head
    /// nor give it more time.
    fn end_of_held_head(&mut self) -> Option<usize> {
        self.empty_lines += empty_lines(self.held.get(self.empty_lines..).unwrap_or_default());
        let head = self.held.get(self.empty_lines..).unwrap_or_default();
        let end = end_of_head(head, self.searched.saturating_sub(self.empty_lines))?;
        Some(self.empty_lines + end)
    }

    /// Passes on a complete head, and nothing after it. No bytes mean the end of the stream, or of the time for the head.
    fn poll_head(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.released > 0 {
                self.reading.clear();
                self.hand_over(self.released, buffer);
                return Poll::Ready(Ok(()));
            }
            if let Some(end) = self.end_of_held_head() {
                self.released = end;
                continue;
            }
            self.searched = self.held.len();
            if self.held.len() > self.limits.max_head_size {
                // hyper answers it with 431.
                self.released = self.held.len();
                continue;
            }
            if self.exchange.is_shutting_down() {
                return Poll::Ready(Ok(()));
            }
            let before = buffer.filled().len();
            let read = if self.held.is_empty() {
                self.poll_first(cx, buffer)?
            } else {
                self.poll_hold(cx)?
            };
            match read {
                Poll::Ready(0) => return Poll::Ready(Ok(())),
                Poll::Ready(_) if buffer.filled().len() > before => {
                    self.reading.clear();
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(_) => {}
                Poll::Pending => {
                    let (wait, timeout) = if self.held.is_empty() && !self.exchange.is_first() {
                        (AwaitedStep::Request, self.limits.keep_alive_timeout)
                    } else {
                        (AwaitedStep::Head, self.limits.head_timeout)
                    };
                    return self.reading.poll(cx, wait, timeout).map(Ok);
                }
            }
        }
    }

    /// Keeps the bytes that arrive while a request is being answered, until the client disconnects.
    fn poll_early(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.exchange.read_behind(cx);
        while self.held.len() < MAX_EARLY {
            if ready!(self.poll_hold(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
        loop {
            if self.stream.has_left() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.reading.poll(cx, AwaitedStep::Look, LOOK_INTERVAL));
            self.reading.clear();
        }
    }

    /// Passes on all bytes at once.
    fn poll_any(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.held.is_empty() {
            self.hand_over(self.held.len(), buffer);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }

    /// Bounds the wait for a client that does not read.
    fn poll_taken<T>(&mut self, cx: &mut Context<'_>, taken: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if taken.is_ready() {
            self.writing.clear();
            return taken;
        }
        let timeout = self.limits.response_write_timeout;
        self.writing
            .poll(cx, AwaitedStep::Write, timeout)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Whether this is the head of a 101, to a WebSocket or to another protocol.
    fn is_switching(&self, bytes: &[u8]) -> bool {
        matches!(self.exchange.expected(), Expected::Nothing | Expected::Body)
            && bytes.starts_with(b"HTTP/1.1 101 ")
    }

    /// Writes a 101 without `close` in `Connection`. hyper adds it if the client has sent it, and during a shutdown. Some
    /// clients reject it.
    fn poll_switch(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let switching = self.switching.get_or_insert_with(|| Switching {
            instead: without_close(bytes),
            written: 0,
        });
        let head = switching.instead.as_deref().unwrap_or(bytes);
        while let Some(rest) = head.get(switching.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => switching.written += count,
            }
        }
        self.switching = None;
        self.exchange.note_written(101);
        self.exchange.upgrade();
        Poll::Ready(Ok(bytes.len()))
    }

    fn note_written(&self, bytes: &[u8]) {
        if let Some(status) = last_status(bytes) {
            self.exchange.note_written(status);
        }
    }
}

impl<S: Peer> AsyncRead for HttpStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.closing != Closing::Open || this.exchange.is_refused() {
            // `poll_close` reads what still arrives.
            return Poll::Pending;
        }
        match this.exchange.expected() {
            Expected::Head => this.poll_head(cx, buffer),
            Expected::Nothing => this.poll_early(cx),
            Expected::Body | Expected::Upgraded => this.poll_any(cx, buffer),
            Expected::RestOfBody => {
                if this.exchange.is_shutting_down() {
                    return Poll::Ready(Ok(()));
                }
                let read = this.poll_any(cx, buffer);
                if read.is_ready() {
                    return read;
                }
                // One wait for all of it: a client that sends byte by byte has no more time.
                let wait = AwaitedStep::RestOfBody(this.exchange.requests());
                let timeout = this.limits.keep_alive_timeout;
                this.reading.poll(cx, wait, timeout).map(Ok)
            }
        }
    }
}

impl<S: Peer> AsyncWrite for HttpStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = if self.is_switching(bytes) {
            self.poll_switch(cx, bytes)
        } else {
            self.note_written(bytes);
            Pin::new(&mut self.stream).poll_write(cx, bytes)
        };
        self.poll_taken(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = pieces.iter().find(|piece| !piece.is_empty());
        let written = match first {
            Some(first) if self.is_switching(first) => self.poll_switch(cx, first),
            first => {
                if let Some(first) = first {
                    self.note_written(first);
                }
                Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
            }
        };
        self.poll_taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closing == Closing::Open {
            let flushed = Pin::new(&mut self.stream).poll_flush(cx);
            ready!(self.poll_taken(cx, flushed))?;
        }
        if self.exchange.is_refused() {
            // hyper does not shut down a stream whose request has asked for an upgrade.
            return self.poll_close(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_close(cx)
    }
}
