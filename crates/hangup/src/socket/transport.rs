//! The bytes below the protocol: a TCP stream where it is one, any other stream boxed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::{rt::TokioIo, server::conn::auto};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    net::TcpStream,
};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use crate::{
    handshake::{AnyPeer, HttpStream},
    logged,
};

/// A stream that an upgraded connection runs on.
pub(crate) enum Transport {
    Tcp(TcpStream),
    Other(Box<dyn Stream>),
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Transport {
    /// Takes the stream back from hyper, and the bytes that hyper has read past the handshake; `None` where another
    /// response than the 101 was written.
    pub(crate) fn from_upgraded(upgraded: Upgraded) -> Option<(Self, Bytes)> {
        // The server of this crate has set `TCP_NODELAY`.
        let upgraded = match upgraded.downcast::<TokioIo<HttpStream<TcpStream>>>() {
            Ok(parts) => {
                let (stream, early) = parts.io.into_inner().into_upgraded()?;
                return Some((Self::Tcp(stream), join(parts.read_buf, early)));
            }
            Err(upgraded) => upgraded,
        };
        let upgraded = match upgraded.downcast::<TokioIo<HttpStream<DuplexStream>>>() {
            Ok(parts) => {
                let (stream, early) = parts.io.into_inner().into_upgraded()?;
                return Some((Self::Other(Box::new(stream)), join(parts.read_buf, early)));
            }
            Err(upgraded) => upgraded,
        };
        let upgraded = match upgraded.downcast::<TokioIo<HttpStream<AnyPeer>>>() {
            Ok(parts) => {
                let (stream, early) = parts.io.into_inner().into_upgraded()?;
                return Some((Self::Other(Box::new(stream)), join(parts.read_buf, early)));
            }
            Err(upgraded) => upgraded,
        };
        #[cfg(feature = "tls")]
        let upgraded = match upgraded.downcast::<TokioIo<HttpStream<TlsStream<TcpStream>>>>() {
            Ok(parts) => {
                let (stream, early) = parts.io.into_inner().into_upgraded()?;
                return Some((Self::Other(Box::new(stream)), join(parts.read_buf, early)));
            }
            Err(upgraded) => upgraded,
        };
        let upgraded = match upgraded.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => return Some((Self::tcp(parts.io.into_inner()), parts.read_buf)),
            Err(upgraded) => upgraded,
        };
        Some(match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => (Self::tcp(parts.io.into_inner()), parts.read_buf),
            Err(upgraded) => (Self::Other(Box::new(TokioIo::new(upgraded))), Bytes::new()),
        })
    }

    /// Without `TCP_NODELAY` a burst of small messages waits for a delayed acknowledgement.
    fn tcp(stream: TcpStream) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %logged::text(error), "TCP_NODELAY cannot be set");
        }
        Self::Tcp(stream)
    }

    fn stream(&mut self) -> Pin<&mut dyn Stream> {
        match self {
            Self::Tcp(stream) => Pin::new(stream),
            Self::Other(stream) => Pin::new(&mut **stream),
        }
    }

    /// Reads what is there, at most as much as `buffer` holds; 0 bytes are the end of the stream.
    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        let read = match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, &mut buffer),
            Self::Other(stream) => Pin::new(stream).poll_read(cx, &mut buffer),
        };
        read.map_ok(|()| buffer.filled().len())
    }

    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Other(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    pub(crate) fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Self::Other(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
        }
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Other(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}

/// What hyper has read past the handshake, and what came behind it.
fn join(first: Bytes, second: Bytes) -> Bytes {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second,
        (false, true) => first,
        (false, false) => [first, second].concat().into(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn small_messages_wait_for_no_acknowledgement_where_another_server_has_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let Transport::Tcp(stream) = Transport::tcp(stream) else {
            panic!("it is a TCP stream")
        };
        assert!(stream.nodelay().unwrap());
    }
}
