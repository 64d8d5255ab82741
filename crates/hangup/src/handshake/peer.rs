//! `Peer`: a stream that knows whether its peer has disconnected, even with unread data.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, Interest, ReadBuf, Ready},
    net::TcpStream,
};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

/// A stream that knows whether its peer has disconnected, even with unread data.
pub(crate) trait Peer: AsyncRead + AsyncWrite + Unpin {
    /// Whether the peer has closed its side; false if unknown.
    fn has_left(&self) -> bool;
}

impl Peer for TcpStream {
    fn has_left(&self) -> bool {
        is_read_closed(self.ready(Interest::READABLE))
    }
}

#[cfg(unix)]
impl Peer for tokio::net::UnixStream {
    fn has_left(&self) -> bool {
        is_read_closed(self.ready(Interest::READABLE))
    }
}

fn is_read_closed(ready: impl Future<Output = io::Result<Ready>>) -> bool {
    match pin!(ready).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(ready)) => ready.is_read_closed(),
        Poll::Ready(Err(_)) => true,
        Poll::Pending => false,
    }
}

#[cfg(feature = "tls")]
impl Peer for TlsStream<TcpStream> {
    fn has_left(&self) -> bool {
        self.get_ref().0.has_left()
    }
}

impl Peer for DuplexStream {
    fn has_left(&self) -> bool {
        false
    }
}

/// A peer over a stream of any type.
pub(crate) struct AnyPeer(Box<dyn Peer + Send>);

impl AnyPeer {
    pub(crate) fn new(peer: impl Peer + Send + 'static) -> Self {
        Self(Box::new(peer))
    }
}

impl Peer for AnyPeer {
    fn has_left(&self) -> bool {
        self.0.has_left()
    }
}

/// A stream of which nothing more is known.
pub(crate) struct WithoutPeer<S>(pub(crate) S);

impl<S: AsyncRead + AsyncWrite + Unpin> Peer for WithoutPeer<S> {
    fn has_left(&self) -> bool {
        false
    }
}

/// Passes reads and writes on to the stream within.
macro_rules! pass_on {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> AsyncRead for $type {
            fn poll_read(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                Pin::new(&mut self.0).poll_read(cx, buffer)
            }
        }

        impl<$($generics)*> AsyncWrite for $type {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.0).poll_write(cx, bytes)
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                pieces: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.0).poll_write_vectored(cx, pieces)
            }

            fn is_write_vectored(&self) -> bool {
                self.0.is_write_vectored()
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.0).poll_flush(cx)
            }

            fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.0).poll_shutdown(cx)
            }
        }
    };
}

pass_on!([] AnyPeer);
pass_on!([S: AsyncRead + AsyncWrite + Unpin] WithoutPeer<S>);
