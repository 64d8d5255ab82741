//! The accept loop: it counts connections, and starts a task for each.

use std::{convert::Infallible, net::SocketAddr};

use futures_util::FutureExt;
use http::StatusCode;
use tokio::{io::AsyncWriteExt, sync::watch};

#[cfg(feature = "tls")]
use super::Tls;
use super::{
    Served,
    http::Http,
    listener::{Bound, Incoming, IncomingStream},
    stage::Stage,
};
use crate::{
    handshake::HttpLimits,
    lifecycle::answered_without_endpoint,
    logged,
    origin::TrustedProxies,
    settings::{ConnectionLimit, Slot},
};

/// The answer to a connection beyond the limit.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A listener, and what serves each of its connections.
pub(super) struct Accepting {
    pub(super) listener: Bound,
    pub(super) served: Served,
    pub(super) limits: HttpLimits,
    pub(super) stage: watch::Receiver<Stage>,
    /// The bounds of an HTTP connection before it becomes a WebSocket.
    pub(super) in_total: Option<ConnectionLimit>,
    pub(super) per_peer: Option<ConnectionLimit>,
    /// Peers that forward the requests of many clients.
    pub(super) proxies: TrustedProxies,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl Accepting {
    /// Accepts connections until it is dropped.
    pub(super) async fn run(&mut self) -> Infallible {
        loop {
            let incoming = self.listener.accept().await;
            self.serve(incoming);
        }
    }

    fn serve(&self, Incoming { stream, peer }: Incoming) {
        let Some(slots) = self.admit(peer) else {
            // Best effort: a fresh connection has an empty buffer, and over TLS nobody could read it.
            match stream {
                IncomingStream::Tcp(stream) if !self.is_secured() => {
                    let _ = stream.try_write(TOO_MANY);
                }
                IncomingStream::Tcp(_) => {}
                IncomingStream::Any(mut stream) => {
                    let _ = AsyncWriteExt::write(&mut stream, TOO_MANY).now_or_never();
                }
            }
            return answered_without_endpoint(peer, None, StatusCode::SERVICE_UNAVAILABLE);
        };
        let http = Http {
            peer,
            served: match peer {
                Some(peer) => self.served.for_peer(peer),
                None => self.served.clone(),
            },
            limits: self.limits,
            stage: self.stage.clone(),
            slots,
        };
        let stream = match stream {
            IncomingStream::Tcp(stream) => stream,
            IncomingStream::Any(stream) => {
                tokio::spawn(http.serve(stream));
                return;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %logged::error(&error), "TCP_NODELAY cannot be set");
        }
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            tokio::spawn(http.serve_secured(stream, tls.clone()));
            return;
        }
        tokio::spawn(http.serve(stream));
    }

    /// Counts one more connection; `None` if there are too many. A peer without an address counts only in total.
    fn admit(&self, peer: Option<SocketAddr>) -> Option<Vec<Slot>> {
        let address = peer.map(|peer| peer.ip().to_canonical());
        let is_proxy = self.proxies.contain_peer(address);
        let per_peer = self.per_peer.as_ref().filter(|_| !is_proxy);
        let mut slots = Vec::new();
        for limit in self.in_total.iter().chain(per_peer) {
            slots.extend(limit.admit(address).ok()?);
        }
        Some(slots)
    }

    fn is_secured(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        false
    }
}
