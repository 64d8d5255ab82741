//! `App`: routes, handlers and settings in one builder, and the server that runs them.

mod accept;
mod bounds;
mod document;
mod drain;
mod http;
mod hub;
mod in_memory;
mod inherited;
mod listener;
mod path_templates;
mod route;
mod routing;
mod serve;
mod served;
mod shutdown;
mod signals;
mod stage;
#[cfg(feature = "tls")]
mod tls;
mod with_http;

use std::{collections::HashMap, fmt, future::Future, panic::Location};

use axum::{Router, routing::MethodRouter};

pub(crate) use self::in_memory::InMemoryServer;
#[cfg(feature = "tls")]
pub use self::tls::{Tls, TlsError};
pub use self::{
    drain::{Drain, DrainService},
    listener::ListenOn,
    route::route,
    serve::Serve,
    served::Served,
    with_http::WithHttp,
};
use self::{
    path_templates::{below, without_names},
    routing::Routes,
};
#[cfg(feature = "docs")]
use crate::docs::Docs;
use crate::{
    asyncapi::{Info, Listing},
    endpoint::{Endpoint, Routed},
    error::Handled,
    handlers::{ErrorHandlers, Failure, IntoEnding},
    hub::Hub,
    settings::{Refusal, Settings},
};

/// A WebSocket application: a thin builder over an [`axum::Router`] with [`ErrorHandlers`] and [`Settings`]
/// around it.
///
/// `S` is the state of the router, given with [`with_state`](Self::with_state).
///
/// ```no_run
/// use hangup::{App, Close, CloseCode, Failure, Handshake, Result};
///
/// async fn parse(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     let number: u32 = socket.recv_text().await?.parse()?;
///     socket.send_text(number.to_string()).await?;
///     Ok(())
/// }
///
/// # async fn run() -> std::io::Result<()> {
/// App::new()
///     .route("/parse", parse)
///     .error_handler(async |failed: Failure<std::num::ParseIntError>| {
///         Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_string())
///     })
///     .serve("127.0.0.1:8000")
///     .await
/// # }
/// ```
#[doc(alias = "FastAPI")]
#[doc(alias = "APIRouter")]
#[must_use = "an app does nothing until it is served or turned into a router"]
pub struct App<S = ()> {
    routes: Routes<S>,
    handlers: ErrorHandlers,
    settings: Option<Settings>,
    hub: Option<Hub>,
    #[cfg(feature = "docs")]
    docs: Option<Docs>,
    /// Where each path was added, by its template without names.
    taken: HashMap<String, (String, &'static Location<'static>)>,
    /// For the document.
    listing: Listing,
    info: Info,
}

impl<S: Clone + Send + Sync + 'static> Default for App<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> App<S> {
    /// An app without routes.
    pub fn new() -> Self {
        Self {
            routes: Routes::new(),
            handlers: ErrorHandlers::new(),
            settings: None,
            hub: None,
            #[cfg(feature = "docs")]
            docs: None,
            taken: HashMap::new(),
            listing: Listing::default(),
            info: Info::default(),
        }
    }

    /// Adds an endpoint under the path that its `#[websocket("/path")]` names.
    ///
    /// # Panics
    ///
    /// If the app has an endpoint on this path already; the message names both places.
    #[track_caller]
    pub fn endpoint<E, A>(self, endpoint: E) -> Self
    where
        E: Routed<A> + Endpoint<A, S>,
        A: 'static,
    {
        self.route(E::PATH, endpoint)
    }

    /// Adds an endpoint under a path, in axum's syntax: `/items/{item_id}`, `/files/{*rest}`.
    ///
    /// # Panics
    ///
    /// If the app has an endpoint on this path already; the message names both places. If the path does not begin with
    /// `/`.
    #[track_caller]
    pub fn route<E, A>(mut self, path: &str, endpoint: E) -> Self
    where
        E: Endpoint<A, S>,
        A: 'static,
    {
        self.take(path, Location::caller());
        self.listing.add(path, endpoint.clone());
        self.routes = self.routes.route(path, route(endpoint));
        self
    }

    /// Adds an endpoint under a path, on which `http` answers plain requests: see [`WithHttp::http`].
    ///
    /// ```
    /// use axum::routing::get;
    /// use hangup::{App, Handshake, Result};
    ///
    /// async fn live(handshake: Handshake) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     Ok(socket.send_text("7 open").await?)
    /// }
    ///
    /// let app: App = App::new().route_with_http("/orders", live, get(async || "7 open"));
    /// ```
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    #[track_caller]
    pub fn route_with_http<E, A>(mut self, path: &str, endpoint: E, http: MethodRouter<S>) -> Self
    where
        E: Endpoint<A, S>,
        A: 'static,
    {
        self.take(path, Location::caller());
        self.listing.add(path, endpoint.clone());
        self.routes = self.routes.route(path, route(endpoint).http(http));
        self
    }

    /// Adds all routes of another app below a prefix. Its error handlers and settings apply to its own routes only, and
    /// come before those of this app.
    ///
    /// # Panics
    ///
    /// If two endpoints are on one path; the message names both places.
    #[doc(alias = "mount")]
    pub fn nest(mut self, prefix: &str, app: Self) -> Self {
        let listing = app.listing.clone();
        self.listing
            .include(listing, app.settings.as_ref(), |path| below(prefix, path));
        for (path, place) in app.taken.values() {
            self.take(&below(prefix, path), place);
        }
        self.routes = self.routes.nest(prefix, app.into_routes());
        self
    }

    /// Adds all routes of another app under their own paths. Its error handlers and settings apply to its own routes
    /// only, and come before those of this app. So a route can have its own handlers.
    ///
    /// ```
    /// use hangup::{App, Close, CloseCode, Failure, Handshake, Result};
    ///
    /// async fn parse(handshake: Handshake) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     let number: u32 = socket.recv_text().await?.parse()?;
    ///     Ok(socket.send_text(number.to_string()).await?)
    /// }
    ///
    /// let parsing = App::new().route("/parse", parse).error_handler(
    ///     async |_: Failure<std::num::ParseIntError>| Close::new(CloseCode::UNSUPPORTED_DATA, "not a number"),
    /// );
    /// let app: App = App::new().include(parsing);
    /// ```
    ///
    /// # Panics
    ///
    /// If two endpoints are on one path; the message names both places.
    #[doc(alias = "include_router")]
    pub fn include(mut self, app: Self) -> Self {
        let listing = app.listing.clone();
        self.listing
            .include(listing, app.settings.as_ref(), str::to_owned);
        for (path, place) in app.taken.values() {
            self.take(path, place);
        }
        self.routes = self.routes.include(app.into_routes());
        self
    }

    /// Adds the routes of an axum router, HTTP routes for example.
    ///
    /// They keep axum's rules: the path of a request is matched as it came, so that `/files/a%2Fb` is one segment below
    /// `/files`, and `/%66iles/a` is another path. [`Served`] says what holds for the endpoints of the app. The fallback
    /// of the router is asked where neither a route nor an endpoint matches.
    ///
    /// # Panics
    ///
    /// If a route of the router answers GET, or every method, on the path of an endpoint, as one would hide the other.
    /// [`route_with_http`](Self::route_with_http) serves both.
    #[track_caller]
    pub fn merge(mut self, router: Router<S>) -> Self {
        self.routes = self.routes.merge(router);
        self
    }

    /// Registers an error handler for the whole app. See [`ErrorHandlers::on`].
    ///
    /// # Panics
    ///
    /// If the app has a handler for that error type already; the message names both places.
    #[doc(alias = "exception_handler")]
    #[track_caller]
    pub fn error_handler<E, F, Fut>(mut self, handler: F) -> Self
    where
        E: Handled,
        F: Fn(Failure<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoEnding> + Send + 'static,
    {
        self.handlers = self.handlers.on(handler);
        self
    }

    /// How connections that end before `accept` are answered. Default: [`Refusal::Close`].
    pub fn refusal(mut self, refusal: Refusal) -> Self {
        self.settings = Some(self.settings.unwrap_or_default().refusal(refusal));
        self
    }

    /// Sets the settings of the whole app. It replaces those set before.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Sets the state for the [`State`](axum::extract::State) extractors of the endpoints.
    pub fn with_state(self, state: S) -> App {
        let Self {
            routes,
            handlers,
            settings,
            hub,
            #[cfg(feature = "docs")]
            docs,
            taken,
            listing,
            info,
        } = self;
        App {
            routes: routes.with_state(state),
            handlers,
            settings,
            hub,
            #[cfg(feature = "docs")]
            docs,
            taken,
            listing,
            info,
        }
    }

    fn into_routes(self) -> Routes<S> {
        #[cfg(feature = "docs")]
        let page = self.docs.clone().map(|docs| docs.into_router(|| self.asyncapi()));
        let Self {
            routes,
            handlers,
            settings,
            hub,
            ..
        } = self;
        let routes = routes.map(|router| {
            // Every layer costs each request some allocations, even an empty one.
            let router = if handlers.is_empty() {
                router
            } else {
                router.layer(handlers.clone())
            };
            let router = match &settings {
                Some(settings) => router.layer(settings.clone()),
                None => router,
            };
            match &hub {
                Some(hub) => router.layer(hub.clone()),
                None => router,
            }
        });
        #[cfg(feature = "docs")]
        let routes = match page {
            Some(page) => routes.merge(page),
            None => routes,
        };
        routes
    }

    #[track_caller]
    fn take(&mut self, path: &str, place: &'static Location<'static>) {
        if let Some((first_path, first)) = self.taken.insert(without_names(path), (path.to_owned(), place)) {
            panic!(
                "two endpoints on one path: `{first_path}` at {first} and `{path}` at {place}; give one of them \
                 another path, or nest one of them below a prefix"
            );
        }
    }
}

impl App {
    /// The app as an axum router, for other layers, or as a part of another application.
    pub fn into_router(self) -> Router {
        self.into_routes().all
    }
}

impl From<App> for Router {
    fn from(app: App) -> Self {
        app.into_router()
    }
}

impl<S> App<S> {
    /// The paths of the endpoints, in order.
    fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<_> = self.taken.values().map(|(path, _)| path.as_str()).collect();
        #[cfg(feature = "docs")]
        if let Some(docs) = &self.docs {
            let page = docs.paths();
            paths.retain(|path| !page.iter().any(|one| one == path));
        }
        paths.sort_unstable();
        paths
    }
}

impl<S> fmt::Debug for App<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("paths", &self.paths())
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}
