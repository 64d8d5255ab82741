//! `Served`: what a server of this crate answers requests with.

use std::{
    net::SocketAddr,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use tower_service::Service;

use super::App;
use crate::params::decode_path;

/// An [`App`] or an axum router, as the servers of this crate take it.
///
/// The paths of requests to an [`App`] are decoded once before they are routed, as ASGI servers do: `/%69tems` is
/// `/items`, and an encoded slash divides segments. An axum router is left its own rules.
#[derive(Clone, Debug)]
pub struct Served {
    router: Router,
    decodes_paths: bool,
    peer: Option<SocketAddr>,
}

impl From<App> for Served {
    fn from(app: App) -> Self {
        Self {
            router: app.into_router(),
            decodes_paths: true,
            peer: None,
        }
    }
}

impl From<Router> for Served {
    fn from(router: Router) -> Self {
        Self {
            router,
            decodes_paths: false,
            peer: None,
        }
    }
}

impl Served {
    /// The same with an extension for every request.
    pub(crate) fn with_extension<T: Clone + Send + Sync + 'static>(self, extension: T) -> Self {
        Self {
            router: self.router.layer(axum::Extension(extension)),
            ..self
        }
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
        if self.decodes_paths
            && let Some(decoded) = decode_path(request.uri())
        {
            *request.uri_mut() = decoded;
        }
        self.router.call(request)
    }
}
