//! A transport that fails by plan: short reads and writes, errors, stalls and ends at a given byte.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::watch::Guard;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    ReadError,
    /// The peer ends its stream.
    ReadEnd,
    /// Nothing comes any more, and nobody says so.
    ReadStall,
    /// The connection is reset: both sides fail.
    Reset,
    WriteError,
    /// A write takes nothing and is no error.
    WriteZero,
    WriteStall,
    FlushError,
    FlushStall,
    ShutdownError,
    ShutdownStall,
}

impl Fault {
    pub(crate) const READING: [Self; 4] = [Self::ReadError, Self::ReadEnd, Self::ReadStall, Self::Reset];
    pub(crate) const WRITING: [Self; 5] = [
        Self::WriteError,
        Self::WriteZero,
        Self::WriteStall,
        Self::FlushError,
        Self::FlushStall,
    ];
    pub(crate) const SHUTDOWN: [Self; 2] = [Self::ShutdownError, Self::ShutdownStall];

    fn strikes_reads(self) -> bool {
        matches!(
            self,
            Self::ReadError | Self::ReadEnd | Self::ReadStall | Self::Reset
        )
    }

    fn strikes_writes(self) -> bool {
        matches!(self, Self::WriteError | Self::WriteZero | Self::WriteStall)
    }

    /// Whether the write side stands still for ever, of which hyper takes no note.
    pub(crate) fn stalls_writes(self) -> bool {
        matches!(self, Self::WriteStall | Self::FlushStall | Self::ShutdownStall)
    }

    /// Whether all that the server writes reaches its peer.
    pub(crate) fn lets_writes_through(self) -> bool {
        matches!(
            self,
            Self::Nothing | Self::ReadStall | Self::ShutdownError | Self::ShutdownStall
        )
    }
}

/// How a stream behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) fault: Fault,
    /// Behind how many bytes, read or written, it strikes.
    pub(crate) at: usize,
    /// How many bytes go through at a time.
    pub(crate) piece: usize,
    /// Whether every other call is not ready.
    pub(crate) is_reluctant: bool,
}

/// What has gone through a stream.
#[derive(Default)]
pub(crate) struct Passed {
    pub(crate) read: usize,
    pub(crate) written: Vec<u8>,
    /// Whether the stream has failed for good.
    has_failed: bool,
    /// How often it was used afterwards.
    pub(crate) used_in_vain: usize,
}

pub(crate) struct Faulty {
    pub(crate) stream: DuplexStream,
    pub(crate) plan: Plan,
    pub(crate) passed: Arc<Mutex<Passed>>,
    /// Of reads, writes, flushes and the shutdown.
    pub(crate) has_hesitated: [bool; 4],
    pub(crate) _guard: Guard,
}

impl Faulty {
    /// Whether a call is not ready yet: the first, and the next once bytes have gone through.
    fn hesitates(&mut self, call: usize, cx: &Context<'_>) -> bool {
        if !self.plan.is_reluctant || self.has_hesitated[call] {
            return false;
        }
        self.has_hesitated[call] = true;
        cx.waker().wake_by_ref();
        true
    }

    fn fail<T>(&self) -> Poll<io::Result<T>> {
        self.passed.lock().unwrap().has_failed = true;
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    /// Takes note of a use.
    fn note(&self) {
        let mut passed = self.passed.lock().unwrap();
        passed.used_in_vain += usize::from(passed.has_failed);
    }

    /// How many bytes go through before the fault, of those that have gone through `passed`.
    fn room(&self, is_struck: bool, passed: usize) -> usize {
        let before = if is_struck {
            self.plan.at.saturating_sub(passed)
        } else {
            usize::MAX
        };
        before.min(self.plan.piece)
    }

    fn read(&self) -> usize {
        self.passed.lock().unwrap().read
    }

    fn written(&self) -> usize {
        self.passed.lock().unwrap().written.len()
    }
}

impl AsyncRead for Faulty {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.note();
        if self.hesitates(0, cx) {
            return Poll::Pending;
        }
        let fault = self.plan.fault;
        let room = self.room(fault.strikes_reads(), self.read());
        if room == 0 {
            return match fault {
                Fault::ReadStall => Poll::Pending,
                Fault::ReadEnd => Poll::Ready(Ok(())),
                _ => self.fail(),
            };
        }
        let mut bytes = vec![0; room.min(buffer.remaining())];
        let mut part = ReadBuf::new(&mut bytes);
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut part);
        self.passed.lock().unwrap().read += part.filled().len();
        self.has_hesitated[0] &= part.filled().is_empty();
        buffer.put_slice(part.filled());
        read
    }
}

impl AsyncWrite for Faulty {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.note();
        if self.hesitates(1, cx) {
            return Poll::Pending;
        }
        let fault = self.plan.fault;
        if fault == Fault::Reset && self.read() >= self.plan.at {
            return self.fail();
        }
        let room = self.room(fault.strikes_writes(), self.written());
        if room == 0 {
            return match fault {
                Fault::WriteStall => Poll::Pending,
                Fault::WriteZero => {
                    self.passed.lock().unwrap().has_failed = true;
                    Poll::Ready(Ok(0))
                }
                _ => self.fail(),
            };
        }
        let bytes = &bytes[..bytes.len().min(room)];
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.has_hesitated[1..3].fill(false);
            let taken = &bytes[..count];
            self.passed.lock().unwrap().written.extend_from_slice(taken);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.note();
        let is_struck = self.written() >= self.plan.at;
        let fault = self.plan.fault;
        match fault {
            Fault::FlushError if is_struck => self.fail(),
            Fault::FlushStall if is_struck => Poll::Pending,
            _ if self.hesitates(2, cx) => Poll::Pending,
            _ => Pin::new(&mut self.stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let fault = self.plan.fault;
        match fault {
            Fault::ShutdownError => self.fail(),
            Fault::ShutdownStall => Poll::Pending,
            _ if self.hesitates(3, cx) => Poll::Pending,
            _ => Pin::new(&mut self.stream).poll_shutdown(cx),
        }
    }
}
