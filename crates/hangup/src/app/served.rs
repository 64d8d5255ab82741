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

use super::App;
use crate::{connections::Connections, params::decode_path};

/// An [`App`] or an axum router, for a server or a test client.
///
/// The paths of requests to an [`App`] are decoded once before they are routed, as ASGI servers do: `/%69tems` is
/// `/items`, and an encoded slash separates segments. An axum router keeps its own rules.
#[derive(Clone, Debug)]
pub struct Served {
    router: Router,
    decodes_paths: bool,
    peer: Option<SocketAddr>,
    connections: Option<Arc<Connections>>,
    /// The largest head of a request that is parsed.
    max_head_size: usize,
}

impl From<App> for Served {
    fn from(app: App) -> Self {
        Self {
            decodes_paths: true,
            max_head_size: app.max_head_size(),
            ..Self::from(app.into_router())
        }
    }
}

impl From<Router> for Served {
    fn from(router: Router) -> Self {
        Self {
            // Without this, axum would apply all layers for each request again, with new scopes each time.
            router: router.with_state(()),
            decodes_paths: false,
            peer: None,
            connections: None,
            // Below it the settings of each route hold.
            max_head_size: LARGEST_HEAD,
        }
    }
}

/// The largest head of a request to an axum router, as in axum's own server.
const LARGEST_HEAD: usize = 400 * 1024;

impl Served {
    pub(super) fn max_head_size(&self) -> usize {
        self.max_head_size
    }

    /// The same with an extension for every request.
    #[cfg(feature = "tls")]
    pub(crate) fn with_extension<T: Clone + Send + Sync + 'static>(self, extension: T) -> Self {
        Self {
            router: self.router.layer(axum::Extension(extension)),
            ..self
        }
    }

    /// The same as part of a server, which keeps its connections there. An extension of each request names them.
    pub(crate) fn with_connections(self, connections: Arc<Connections>) -> Self {
        Self {
            connections: Some(connections),
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

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request<B>>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        if let Some(connections) = &self.connections {
            request.extensions_mut().insert(Arc::clone(connections));
        }
        if self.decodes_paths
            && let Some(decoded) = decode_path(request.uri())
        {
            *request.uri_mut() = decoded;
        }
        self.router.call(request)
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
