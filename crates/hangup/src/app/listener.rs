//! What a server listens on: an address, a TCP or Unix socket, or a listener of the user's.

use std::{
    any::{Any, type_name},
    convert::Infallible,
    fmt,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    time::Duration,
};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};

use super::inherited;
use crate::{
    handshake::{AnyPeer, WithoutPeer},
    logged,
};

/// How long the accept loop rests when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What [`App::serve`](crate::App::serve) takes: an address, or whatever `axum::serve` takes.
///
/// It is implemented for all types that tokio resolves to an address, and for all with axum's
/// [`Listener`](axum::serve::Listener), `TcpListener` and `UnixListener` among them. `Kind` tells the two apart, and is
/// inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an address nor a listener",
    note = "write an address as \"127.0.0.1:8000\" or (\"127.0.0.1\", 8000), or pass a tokio `TcpListener`, a \
            `UnixListener` or a type with `axum::serve::Listener`"
)]
pub trait ListenOn<Kind>: Sized {
    #[doc(hidden)]
    fn listen(self) -> impl Future<Output = io::Result<Bound>> + Send;
}

/// Marks [`ListenOn`] for addresses.
#[derive(Debug)]
pub struct ByAddress(Infallible);

/// Marks [`ListenOn`] for listeners.
#[derive(Debug)]
pub struct ByListener(Infallible);

impl<A: ToSocketAddrs + Send> ListenOn<ByAddress> for A {
    async fn listen(self) -> io::Result<Bound> {
        match inherited::next()? {
            Some(listener) => Ok(Bound::tcp(listener)),
            None => TcpListener::bind(self).await.map(Bound::tcp),
        }
    }
}

impl<L: Listener> ListenOn<ByListener> for L {
    async fn listen(self) -> io::Result<Bound> {
        // A TCP listener has an accept loop of our own, which says more in the log.
        Ok(match downcast::<L, TcpListener>(self) {
            Ok(listener) => Bound::tcp(listener),
            Err(listener) => Bound(Bind::Any(Box::new(listener))),
        })
    }
}

/// A socket that is bound.
#[derive(Debug)]
pub struct Bound(Bind);

enum Bind {
    Tcp(TcpListener),
    Any(Box<dyn AnyListener>),
}

impl Bound {
    pub(super) fn tcp(listener: TcpListener) -> Self {
        Self(Bind::Tcp(listener))
    }

    /// Where it listens, for the log.
    pub(super) fn address(&self) -> io::Result<String> {
        match &self.0 {
            Bind::Tcp(listener) => Ok(listener.local_addr()?.to_string()),
            Bind::Any(listener) => listener.described_address(),
        }
    }

    /// The next connection.
    pub(super) async fn accept(&mut self) -> Incoming {
        let listener = match &mut self.0 {
            Bind::Tcp(listener) => listener,
            Bind::Any(listener) => return listener.accept_any().await,
        };
        loop {
            match TcpListener::accept(listener).await {
                Ok((stream, peer)) => {
                    return Incoming {
                        stream: IncomingStream::Tcp(stream),
                        peer: Some(peer),
                    };
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(error = %logged::error(&error), "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// A connection that was accepted.
pub(super) struct Incoming {
    pub(super) stream: IncomingStream,
    /// Its address, where it has one of IP.
    pub(super) peer: Option<SocketAddr>,
}

pub(super) enum IncomingStream {
    Tcp(TcpStream),
    Any(AnyPeer),
}

/// A listener of any type.
trait AnyListener: Send {
    fn accept_any(&mut self) -> Pin<Box<dyn Future<Output = Incoming> + Send + '_>>;
    fn described_address(&self) -> io::Result<String>;
}

impl<L: Listener> AnyListener for L {
    fn accept_any(&mut self) -> Pin<Box<dyn Future<Output = Incoming> + Send + '_>> {
        Box::pin(async {
            let (stream, address) = self.accept().await;
            Incoming {
                stream: incoming_stream(stream),
                peer: downcast::<L::Addr, SocketAddr>(address).ok(),
            }
        })
    }

    fn described_address(&self) -> io::Result<String> {
        let address = match downcast::<L::Addr, SocketAddr>(self.local_addr()?) {
            Ok(address) => return Ok(address.to_string()),
            Err(address) => address,
        };
        #[cfg(unix)]
        if let Ok(address) = downcast::<L::Addr, tokio::net::unix::SocketAddr>(address) {
            let path = address.as_pathname().unwrap_or("unnamed".as_ref());
            return Ok(format!("unix:{}", path.display()));
        }
        #[cfg(not(unix))]
        drop(address);
        Ok(type_name::<L>().to_owned())
    }
}

/// A stream as the type that it is known to be.
fn incoming_stream<Io>(stream: Io) -> IncomingStream
where
    Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let stream = match downcast::<Io, TcpStream>(stream) {
        Ok(stream) => return IncomingStream::Tcp(stream),
        Err(stream) => stream,
    };
    #[cfg(unix)]
    let stream = match downcast::<Io, tokio::net::UnixStream>(stream) {
        Ok(stream) => return IncomingStream::Any(AnyPeer::new(stream)),
        Err(stream) => stream,
    };
    IncomingStream::Any(AnyPeer::new(WithoutPeer(stream)))
}

/// The value as a `T`, if it is one.
fn downcast<V: 'static, T: 'static>(value: V) -> Result<T, V> {
    let mut value = Some(value);
    let slot: &mut dyn Any = &mut value;
    match slot.downcast_mut::<Option<T>>().and_then(Option::take) {
        Some(wanted) => Ok(wanted),
        None => value.map_or_else(|| unreachable!("it is taken where it is a `T`"), Err),
    }
}

/// Errors of `accept` that say something about the connection and nothing about the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(listener) => listener.fmt(f),
            Self::Any(listener) => listener.described_address().fmt(f),
        }
    }
}
