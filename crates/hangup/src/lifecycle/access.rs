//! Who asks for what, and how a handshake is answered: a line of the access log, and the metrics.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, OriginalUri},
    response::{IntoResponse, Response},
};
use hangup_protocol::Close;
use http::{StatusCode, request::Parts};
use tokio::time::Instant;

use super::witness::Witness;
use crate::{
    logged::{self, Kept},
    metrics::{Refused, RouteMetrics, Traffic},
    origin::Addressing,
};

/// One request on a WebSocket route.
pub(super) struct Access {
    client: Option<IpAddr>,
    begun: Instant,
    pub(super) metrics: RouteMetrics,
    witness: Option<Witness>,
    /// Until it is logged, and only if somebody listens to the access log.
    line: Option<Box<Line>>,
}

/// What a line of the access log says of a request.
struct Line {
    client: Option<Client>,
    /// `None` where the head of the request could not be read.
    path: Option<Kept>,
}

/// The address of a client: with its port, where no proxy stands before it.
enum Client {
    Near(SocketAddr),
    Far(IpAddr),
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(address) => address.fmt(f),
            Self::Far(address) => address.fmt(f),
        }
    }
}

impl Line {
    fn of(parts: &Parts, client: Option<IpAddr>) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let near = peer.map(|peer| canonical(peer.0));
        let client = match (client, near) {
            (Some(client), Some(near)) if near.ip() == client => Some(Client::Near(near)),
            (client, _) => client.map(Client::Far),
        };
        let uri = match parts.extensions.get::<OriginalUri>() {
            Some(OriginalUri(uri)) => uri,
            None => &parts.uri,
        };
        Self {
            client,
            path: Some(logged::path(uri.path()).keep()),
        }
    }

    fn refused(self, status: Option<StatusCode>, close: Option<&Close>) {
        tracing::info!(
            target: "hangup::access",
            client = self.client.map(|client| tracing::field::display(logged::text(client))),
            path = self.path.as_ref().map(|path| tracing::field::display(logged::kept(path))),
            status = status.map(|status| status.as_u16()),
            code = close.map(|close| close.code().get()),
            "WebSocket refused"
        );
    }
}

impl Access {
    pub(super) fn of(parts: &Parts, addressing: &Addressing, metrics: RouteMetrics) -> Self {
        let is_logged = tracing::enabled!(target: "hangup::access", tracing::Level::INFO);
        Self {
            client: addressing.client,
            begun: Instant::now(),
            metrics,
            witness: parts.extensions.get().cloned(),
            line: is_logged.then(|| Box::new(Line::of(parts, addressing.client))),
        }
    }

    /// The address of the client, where it is known.
    pub(super) fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// The connection has ended, or its handshake was refused.
    pub(super) fn ended(&self, error: Option<&str>) {
        if let Some(witness) = &self.witness {
            witness.tell(error);
        }
    }

    /// How long ago the request came.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// For the connection that this request opens.
    pub(super) fn traffic(&self) -> Traffic {
        self.metrics.traffic()
    }

    /// The endpoint has accepted.
    pub(super) fn accepted(&mut self) {
        self.metrics.accepted(self.elapsed());
        if let Some(line) = self.line.take() {
            tracing::info!(
                target: "hangup::access",
                client = line.client.map(|client| tracing::field::display(logged::text(client))),
                path = line.path.as_ref().map(|path| tracing::field::display(logged::kept(path))),
                "WebSocket accepted"
            );
        }
    }

    /// The handshake is completed, and refused with a Close frame: with this one, where it is known already.
    pub(super) fn refusing(&mut self, close: Option<&Close>) {
        self.tell_refusal(None, close);
    }

    /// The handshake is refused with an HTTP response of this status.
    pub(super) fn refused(&mut self, status: StatusCode) {
        self.metrics.refused(Refused::Http(status.as_u16()));
        self.tell_refusal(Some(status), None);
    }

    /// The same, where there is nothing else to say of the request.
    pub(super) fn refuse(mut self, response: impl IntoResponse) -> Box<Response> {
        let response = response.into_response();
        self.refused(response.status());
        Box::new(response)
    }

    fn tell_refusal(&mut self, status: Option<StatusCode>, close: Option<&Close>) {
        if let Some(line) = self.line.take() {
            line.refused(status, close);
        }
    }
}

/// Marks a response whose line the log has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logged;

/// The line of an answer to a request that has reached no endpoint, as a refused handshake has it: of the server itself,
/// or of a layer in front of the routes. `path` is known where the head of the request could be read.
pub(crate) fn answered_without_endpoint(peer: Option<SocketAddr>, path: Option<&str>, status: StatusCode) {
    let line = Line {
        client: peer.map(|peer| Client::Near(canonical(peer))),
        path: path.map(|path| logged::path(path).keep()),
    };
    line.refused(Some(status), None);
}

fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
