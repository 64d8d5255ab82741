//! `Served`: what answers the requests of a server of this crate.

use std::{
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use tower_service::Service;

use super::{App, routing::Routing};
#[cfg(feature = "tls")]
use crate::origin::OverTls;
use crate::{
    connections::{Connections, Membership},
    lifecycle::Witness,
};

/// An [`App`] or an axum router, for a server or a test client.
///
/// The paths of requests to an [`App`] are decoded once before they are routed, as ASGI servers do: `/%69tems` is
/// `/items`, and an encoded slash separates segments. An axum router keeps its own rules.
#[derive(Clone, Debug)]
pub struct Served {
    routing: RoutingRules,
    #[cfg(feature = "tls")]
    over_tls: Option<OverTls>,
    peer: Option<SocketAddr>,
    connections: Option<Membership>,
    witness: Option<Witness>,
    /// The largest head of a request that is parsed.
    max_head_size: usize,
}

/// Whose rules hold for the paths of requests.
#[derive(Clone, Debug)]
enum RoutingRules {
    /// Axum's, for all.
    Axum(Router),
    /// Axum's or FastAPI's, by the route.
    ByRoute(Arc<Routing>),
}

impl From<App> for Served {
    fn from(app: App) -> Self {
        let max_head_size = app.max_head_size();
        let routing = Routing::new(app.into_routes());
        Self::new(RoutingRules::ByRoute(Arc::new(routing)), max_head_size)
    }
}

impl From<Router> for Served {
    fn from(router: Router) -> Self {
        // Without this, axum would apply all layers for each request again, with new scopes each time.
        let routing = RoutingRules::Axum(router.with_state(()));
        // Below it the settings of each route hold.
        Self::new(routing, LARGEST_HEAD)
    }
}

/// The largest head of a request to an axum router, as in axum's own server.
const LARGEST_HEAD: usize = 400 * 1024;

impl Served {
    fn new(routing: RoutingRules, max_head_size: usize) -> Self {
        Self {
            routing,
            #[cfg(feature = "tls")]
            over_tls: None,
            peer: None,
            connections: None,
            witness: None,
            max_head_size,
        }
    }

    pub(super) fn max_head_size(&self) -> usize {
        self.max_head_size
    }

    /// The same as part of a server over TLS.
    #[cfg(feature = "tls")]
    pub(super) fn over_tls(self) -> Self {
        Self {
            over_tls: Some(OverTls),
            ..self
        }
    }

    /// The same as part of a server, which keeps its connections there. An extension of each request names them.
    pub(crate) fn with_connections(self, connections: Arc<Connections>) -> Self {
        Self {
            connections: Some(Membership::of(connections)),
            ..self
        }
    }

    /// The same with a witness of how its connections end.
    pub(crate) fn witnessed_by(self, witness: Witness) -> Self {
        Self {
            witness: Some(witness),
            ..self
        }
    }

    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The same for the requests of one peer, whose address is then an extension as [`ConnectInfo`].
    pub(crate) fn for_peer(&self, peer: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            ..self.clone()
        }
    }
}

impl<B> Service<Request<B>> for Served
where
    Router: Service<Request<B>>,
{
    type Response = <Router as Service<Request<B>>>::Response;
    type Error = <Router as Service<Request<B>>>::Error;
    type Future = <Router as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Routers always are, and which one answers depends on the request.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        if let Some(connections) = &self.connections {
            request.extensions_mut().insert(connections.clone());
        }
        if let Some(witness) = &self.witness {
            request.extensions_mut().insert(witness.clone());
        }
        #[cfg(feature = "tls")]
        if let Some(over_tls) = self.over_tls {
            request.extensions_mut().insert(over_tls);
        }
        match &mut self.routing {
            RoutingRules::Axum(router) => router.call(request),
            RoutingRules::ByRoute(routing) => routing.select(&mut request).call(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::Body;
    use tower_layer::Layer;

    use super::*;
    use crate::endpoint::Handshake;

    /// Counts how often it is applied.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicUsize>);

    impl<S> Layer<S> for Counting {
        type Service = S;

        fn layer(&self, inner: S) -> S {
            self.0.fetch_add(1, Ordering::Relaxed);
            inner
        }
    }

    #[tokio::test]
    async fn layers_are_applied_before_the_first_request_and_not_again() {
        let counting = Counting::default();
        let route = crate::app::route(async |_: Handshake| ()).layer(counting.clone());
        let mut served = Served::from(Router::new().route("/ws", route).layer(counting.clone()));
        let before = counting.0.load(Ordering::Relaxed);
        assert!(before >= 2);
        for _ in 0..3 {
            let request = Request::builder().uri("/ws").body(Body::empty()).unwrap();
            assert_eq!(served.call(request).await.unwrap().status(), 426);
        }
        assert_eq!(counting.0.load(Ordering::Relaxed), before);
    }
}
