//! Which route a request belongs to: axum's routes by the path as it came, the endpoints of an `App` by the decoded one.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    task::{Context, Poll},
};

use axum::{Router, body::Body, extract::Request, response::Response, routing::MethodRouter};
use futures_util::FutureExt;
use http::{Method, Uri};
use tower_layer::Layer;
use tower_service::Service;

use crate::params::decode_path;

/// The routes of an `App`, and those of its endpoints and of the merged routers apart.
#[derive(Clone, Debug)]
pub(super) struct Routes<S = ()> {
    pub(super) all: Router<S>,
    endpoints: Router<S>,
    merged: Router<S>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub(super) fn new() -> Self {
        Self {
            all: Router::new(),
            endpoints: Router::new(),
            merged: Router::new(),
        }
    }

    /// Adds an endpoint.
    #[track_caller]
    pub(super) fn route(self, path: &str, endpoint: MethodRouter<S>) -> Self {
        Self {
            all: explained(|| self.all.route(path, endpoint.clone())),
            endpoints: self.endpoints.route(path, endpoint),
            merged: self.merged,
        }
    }

    #[track_caller]
    pub(super) fn nest(self, prefix: &str, inner: Self) -> Self {
        Self {
            all: explained(|| self.all.nest(prefix, inner.all)),
            endpoints: self.endpoints.nest(prefix, inner.endpoints),
            merged: self.merged.nest(prefix, inner.merged),
        }
    }

    #[track_caller]
    pub(super) fn include(self, other: Self) -> Self {
        Self {
            all: explained(|| self.all.merge(other.all)),
            endpoints: self.endpoints.merge(other.endpoints),
            merged: self.merged.merge(other.merged),
        }
    }

    /// Adds a router of axum's.
    #[track_caller]
    pub(super) fn merge(self, router: Router<S>) -> Self {
        Self {
            all: explained(|| self.all.merge(router.clone())),
            endpoints: self.endpoints,
            merged: self.merged.merge(router),
        }
    }

    /// The same with a layer around each of them.
    pub(super) fn map(self, layer: impl Fn(Router<S>) -> Router<S>) -> Self {
        Self {
            all: layer(self.all),
            endpoints: layer(self.endpoints),
            merged: layer(self.merged),
        }
    }

    pub(super) fn with_state<S2>(self, state: S) -> Routes<S2> {
        Routes {
            all: self.all.with_state(state.clone()),
            endpoints: self.endpoints.with_state(state.clone()),
            merged: self.merged.with_state(state),
        }
    }
}

/// Adds to axum's panic about a path that is taken what to write instead.
#[track_caller]
fn explained<S>(add: impl FnOnce() -> Router<S>) -> Router<S> {
    match catch_unwind(AssertUnwindSafe(add)) {
        Ok(router) => router,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            match text {
                Some(text) if text.contains("Overlapping method route") => panic!(
                    "{text}: an endpoint and a route of axum's for the same path would hide one another; write \
                     `App::route_with_http(path, endpoint, get(handler))`, or \
                     `hangup::route(endpoint).http(get(handler))` in a router"
                ),
                _ => resume_unwind(panic),
            }
        }
    }
}

/// Routers, and how to find out which of them a path belongs to.
#[derive(Clone, Debug)]
pub(super) struct Routing {
    routes: Routes,
    /// Which kind of route a path matches, among all.
    kinds: Router,
}

impl Routing {
    pub(super) fn new(routes: Routes) -> Self {
        let kinds = answering(&routes.endpoints, RouteKind::Endpoint)
            .merge(answering(&routes.merged, RouteKind::Merged));
        Self {
            // Without it axum would apply all layers anew for each request.
            routes: routes.with_state(()),
            kinds: kinds.with_state(()),
        }
    }

    /// The router that a request belongs to. The path of the request is decoded if that is an endpoint's.
    pub(super) fn select<B>(&self, request: &mut Request<B>) -> Router {
        let Some(decoded) = decode_path(request.uri()) else {
            return self.routes.all.clone();
        };
        if self.kind(request.method(), request.uri()) == Some(RouteKind::Merged) {
            return self.routes.all.clone();
        }
        if self.kind(request.method(), &decoded) == Some(RouteKind::Endpoint) {
            *request.uri_mut() = decoded;
            return self.routes.endpoints.clone();
        }
        self.routes.merged.clone()
    }

    /// The kind of the route that matches a path; `None` where a fallback would answer.
    fn kind(&self, method: &Method, uri: &Uri) -> Option<RouteKind> {
        let mut probe = Request::new(Body::empty());
        *probe.method_mut() = method.clone();
        *probe.uri_mut() = uri.clone();
        // Every service of this router is ready at once.
        let answered = self.kinds.clone().call(probe).now_or_never();
        debug_assert!(answered.is_some());
        let Ok(response) = answered?;
        response.extensions().get().copied()
    }
}

/// Whose rules hold for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RouteKind {
    /// Of an endpoint of the app: FastAPI's.
    Endpoint,
    /// Of a router that was merged: axum's.
    Merged,
}

/// A router with the same paths, whose routes answer with their kind, and whose fallback without one.
fn answering(router: &Router, kind: RouteKind) -> Router {
    if router.has_routes() {
        router.clone().route_layer(AnswerWithKind(kind)).reset_fallback()
    } else {
        Router::new()
    }
}

/// Answers in place of the service that it is put around.
#[derive(Clone, Copy, Debug)]
struct AnswerWithKind(RouteKind);

impl<I> Layer<I> for AnswerWithKind {
    type Service = Self;

    fn layer(&self, _: I) -> Self {
        *self
    }
}

impl Service<Request> for AnswerWithKind {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        let mut response = Response::default();
        response.extensions_mut().insert(self.0);
        ready(Ok(response))
    }
}
