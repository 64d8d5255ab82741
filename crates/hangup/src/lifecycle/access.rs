//! Who asks for what, and how a handshake is answered: for the metrics.

use std::{net::IpAddr, time::Duration};

use axum::response::Response;
use http::StatusCode;
use tokio::time::Instant;

use crate::{
    metrics::{Refused, RouteMetrics, Traffic},
    origin::Addressing,
};

/// One request on a WebSocket route.
pub(super) struct Access {
    client: Option<IpAddr>,
    begun: Instant,
    pub(super) metrics: RouteMetrics,
}

impl Access {
    pub(super) fn of(addressing: &Addressing, metrics: RouteMetrics) -> Self {
        Self {
            client: addressing.client,
            begun: Instant::now(),
            metrics,
        }
    }

    /// The address of the client, where it is known.
    pub(super) fn client(&self) -> Option<IpAddr> {
        self.client
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
    pub(super) fn accepted(&self) {
        self.metrics.accepted(self.elapsed());
    }

    /// The handshake is refused with an HTTP response of this status.
    pub(super) fn refused(&self, status: StatusCode) {
        self.metrics.refused(Refused::Http(status.as_u16()));
    }

    /// The same, where there is nothing else to say of the request.
    pub(super) fn refuse(self, response: Response) -> Response {
        self.refused(response.status());
        response
    }
}
