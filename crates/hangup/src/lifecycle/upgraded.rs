//! The stream below an upgraded request, as hyper gives it back.

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::{rt::TokioIo, server::conn::auto};
use tokio::{io::DuplexStream, net::TcpStream};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use crate::{
    handshake::{AnyPeer, HttpStream},
    socket::Transport,
};

/// Takes the stream back from hyper, and the bytes that hyper has read past the handshake; `None` where another
/// response than the 101 was written.
pub(super) fn transport_of(upgraded: Upgraded) -> Option<(Transport, Bytes)> {
    // The server of this crate has set `TCP_NODELAY`.
    let upgraded = match upgraded.downcast::<TokioIo<HttpStream<TcpStream>>>() {
        Ok(parts) => {
            let (stream, early) = parts.io.into_inner().into_upgraded()?;
            return Some((Transport::Tcp(stream), join(parts.read_buf, early)));
        }
        Err(upgraded) => upgraded,
    };
    let upgraded = match upgraded.downcast::<TokioIo<HttpStream<DuplexStream>>>() {
        Ok(parts) => {
            let (stream, early) = parts.io.into_inner().into_upgraded()?;
            return Some((Transport::Other(Box::new(stream)), join(parts.read_buf, early)));
        }
        Err(upgraded) => upgraded,
    };
    let upgraded = match upgraded.downcast::<TokioIo<HttpStream<AnyPeer>>>() {
        Ok(parts) => {
            let (stream, early) = parts.io.into_inner().into_upgraded()?;
            return Some((Transport::Other(Box::new(stream)), join(parts.read_buf, early)));
        }
        Err(upgraded) => upgraded,
    };
    #[cfg(feature = "tls")]
    let upgraded = match upgraded.downcast::<TokioIo<HttpStream<TlsStream<TcpStream>>>>() {
        Ok(parts) => {
            let (stream, early) = parts.io.into_inner().into_upgraded()?;
            return Some((Transport::Other(Box::new(stream)), join(parts.read_buf, early)));
        }
        Err(upgraded) => upgraded,
    };
    let upgraded = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => return Some((Transport::tcp(parts.io.into_inner()), parts.read_buf)),
        Err(upgraded) => upgraded,
    };
    Some(match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => (Transport::tcp(parts.io.into_inner()), parts.read_buf),
        Err(upgraded) => (Transport::Other(Box::new(TokioIo::new(upgraded))), Bytes::new()),
    })
}

/// What hyper has read past the handshake, and what came behind it.
fn join(first: Bytes, second: Bytes) -> Bytes {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second,
        (false, true) => first,
        (false, false) => [first, second].concat().into(),
    }
}
