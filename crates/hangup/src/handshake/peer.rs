//! `Peer`: a stream that knows whether its peer has disconnected, even with unread data.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, Interest},
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
        let ready = pin!(self.ready(Interest::READABLE));
        match ready.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(ready)) => ready.is_read_closed(),
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        }
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
