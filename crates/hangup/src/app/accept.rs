//! The accept loop: it counts connections, and starts a task for each.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use http::StatusCode;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

#[cfg(feature = "tls")]
use super::Tls;
use super::{Served, http::Http, stage::Stage};
use crate::{
    handshake::HttpLimits,
    lifecycle::answered_without_endpoint,
    logged,
    origin::TrustedProxies,
    settings::{ConnectionLimit, Slot},
};

/// How long the accept loop pauses when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The answer to a connection beyond the limit.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A listener, and what serves each of its connections.
pub(super) struct Accepting {
    pub(super) listener: TcpListener,
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
    pub(super) async fn run(&self) -> Infallible {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, peer),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(error = %logged::error(&error), "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(slots) = self.admit(peer) else {
            // Best effort: a fresh connection has an empty buffer, and over TLS nobody could read it.
            if !self.is_secured() {
                let _ = stream.try_write(TOO_MANY);
            }
            return answered_without_endpoint(Some(peer), None, StatusCode::SERVICE_UNAVAILABLE);
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %logged::error(&error), "TCP_NODELAY cannot be set");
        }
        let http = Http {
            peer: Some(peer),
            served: self.served.for_peer(peer),
            limits: self.limits,
            stage: self.stage.clone(),
            slots,
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            tokio::spawn(http.serve_secured(stream, tls.clone()));
            return;
        }
        tokio::spawn(http.serve(stream));
    }

    /// Counts one more connection; `None` if there are too many.
    fn admit(&self, peer: SocketAddr) -> Option<Vec<Slot>> {
        let address = peer.ip().to_canonical();
        let per_peer = self.per_peer.as_ref().filter(|_| !self.proxies.contain(address));
        let mut slots = Vec::new();
        for limit in self.in_total.iter().chain(per_peer) {
            slots.extend(limit.admit(Some(address)).ok()?);
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

/// Errors of `accept` that concern the connection, not the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
