//! `route`: an endpoint as a route of an axum router.

use std::{
    future::Future,
    marker::PhantomData,
    panic::Location,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    extract::{MatchedPath, Request},
    handler::Handler,
    response::Response,
    routing::{MethodRouter, any},
};

use crate::{
    endpoint::Endpoint,
    error::watch_panics,
    lifecycle::{self, Logged},
    metrics::RouteMetrics,
    params::EndpointContext,
    scope::{Addition, Nested, Scope},
};

/// Makes a route of an endpoint, for [`axum::Router::route`].
///
/// The route answers every method: a request that is not an opening handshake gets 426 or 400. Settings and error
/// handlers are layers: on the route, on a router around it, or on the whole application.
///
/// ```
/// use axum::{Router, extract::State};
/// use hangup::{ErrorHandlers, Handshake, Refusal, Result, Settings};
///
/// async fn greet(handshake: Handshake, State(greeting): State<&'static str>) -> Result {
///     let mut socket = handshake.accept().await?;
///     socket.send_text(greeting).await?;
///     Ok(())
/// }
///
/// let app: Router = Router::new()
///     .route("/ws", hangup::route(greet).layer(Settings::new().refusal(Refusal::Http)))
///     .layer(ErrorHandlers::new())
///     .with_state("hello");
/// ```
///
/// A path that serves both is `hangup::route(ws).http(get(page))`: see [`WithHttp`]. Two routes for GET on one path, this
/// and another, make axum panic when the router is built, as one would hide the other.
///
/// [`WithHttp`]: crate::serve::WithHttp
#[doc(alias = "websocket")]
#[doc(alias = "add_api_websocket_route")]
#[track_caller]
pub fn route<E, A, S>(endpoint: E) -> MethodRouter<S>
where
    E: Endpoint<A, S>,
    A: 'static,
    S: Clone + Send + Sync + 'static,
{
    watch_panics();
    let description = endpoint.describe();
    let here = Location::caller();
    let (file, line) = description.declared_at.unwrap_or((here.file(), here.line()));
    let context = EndpointContext {
        function: description.function.into(),
        path: "".into(),
        file: file.into(),
        line,
    };
    let route = Route {
        known: Mutex::new(Known {
            context: Arc::new(context),
            metrics: RouteMetrics::default(),
        }),
        own: description
            .settings
            .map(|settings| Nested::new(Addition::Settings(Box::new(settings)))),
    };
    let handler = EndpointHandler {
        endpoint,
        route: Arc::new(route),
        arguments: PhantomData,
    };
    // GET by name: axum would prefer another handler for GET on the same path, and no handshake would get here.
    any(handler.clone()).get(handler)
}

/// The scope of routes without settings or handlers around them.
static BARE: LazyLock<Arc<Scope>> = LazyLock::new(Arc::default);

/// What a route keeps besides its endpoint.
struct Route {
    /// What was known at the last request: one route may be mounted below several prefixes.
    known: Mutex<Known>,
    /// The settings that the endpoint itself declares.
    own: Option<Nested>,
}

/// The endpoint under the path of one request, and the metrics of that route.
#[derive(Clone)]
struct Known {
    context: Arc<EndpointContext>,
    metrics: RouteMetrics,
}

impl Route {
    /// `template` is what the router has matched; without it the endpoint is a fallback.
    fn known(&self, template: Option<&str>, path: &str) -> Known {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let path = template.unwrap_or(path);
        if known.context.path != path {
            known.context = Arc::new(EndpointContext {
                path: path.to_owned().into(),
                ..EndpointContext::clone(&known.context)
            });
        }
        known.metrics.become_of(template);
        known.clone()
    }
}

/// The scope of an endpoint with settings of its own, within the one around its route.
fn scope(own: Option<&Nested>, outer: Option<Arc<Scope>>) -> Arc<Scope> {
    match own {
        Some(own) => own.within(outer.as_ref()),
        None => outer.unwrap_or_else(|| Arc::clone(&BARE)),
    }
}

struct EndpointHandler<E, A> {
    endpoint: E,
    route: Arc<Route>,
    arguments: PhantomData<fn() -> A>,
}

impl<E: Clone, A> Clone for EndpointHandler<E, A> {
    fn clone(&self) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            route: Arc::clone(&self.route),
            arguments: PhantomData,
        }
    }
}

/// Marks the handler for axum, whose own handlers are told apart by their arguments.
struct Upgrading;

impl<E, A, S> Handler<(Upgrading, A), S> for EndpointHandler<E, A>
where
    E: Endpoint<A, S>,
    A: 'static,
    S: Clone + Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, mut request: Request, state: S) -> Self::Future {
        let template = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let Known { context, metrics } = self.route.known(template, request.uri().path());
        let scope = scope(self.route.own.as_ref(), request.extensions_mut().remove());
        let serving = lifecycle::serve(self.endpoint, context, metrics, scope, request, state);
        Box::pin(async move {
            let mut response = serving.await;
            response.extensions_mut().insert(Logged);
            response
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_without_settings_share_one_scope() {
        assert!(Arc::ptr_eq(&scope(None, None), &scope(None, None)));
    }
}
