//! `Hub`: the handle of all connections that reach each other, its layer and its extractor.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::{FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use hangup_protocol::{Close, CloseCode};
use http::{StatusCode, request::Parts};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    books::HubCounts,
    engine::{Engine, EngineError, ErasedEngine, Node, event_queue},
    error::TagError,
    membership::HubMembership,
    options::HubOptions,
    readiness::{Readiness, ReadinessState, Ready},
    state::HubState,
    tag::Tag,
    tagged::Tagged,
    topic::Topic,
    upkeep::Upkeep,
};
use crate::{
    endpoint::Handshake,
    error::{IntoClose, into_close::CloseRule},
    logged,
    socket::Shared,
};

/// All connections of a service that can reach each other, of this process or of many nodes: see the [guide](crate::hub).
///
/// A clone is the same hub. It is given to the app with [`App::hub`](crate::App::hub), or to a router as a layer; endpoints and HTTP
/// handlers below take it as an argument.
#[derive(Clone)]
pub struct Hub {
    state: Arc<HubState>,
    /// Of a hub with an engine.
    _upkeep: Option<Arc<Upkeep>>,
}

impl Hub {
    /// A hub of this process.
    #[must_use]
    pub fn new() -> Self {
        Self::with(HubOptions::new())
    }

    /// A hub of this process with these options.
    #[must_use]
    pub fn with(options: HubOptions) -> Self {
        Self {
            state: Arc::new(HubState::new(options, None)),
            _upkeep: None,
        }
    }

    /// A hub of many nodes, which this engine connects. See [`connect_with`](Self::connect_with).
    ///
    /// # Errors
    ///
    /// What trying again cannot cure, such as an address that cannot be parsed.
    pub async fn connect<E: Engine>(engine: E) -> Result<Self, EngineError> {
        Self::connect_with(engine, HubOptions::new()).await
    }

    /// The same with options. It waits until the hub is [`ready`](Self::ready), for at most
    /// [`HubOptions::engine_timeout`]; where the engine is out of reach the hub becomes ready later.
    ///
    /// # Errors
    ///
    /// What trying again cannot cure, such as an address that cannot be parsed.
    pub async fn connect_with<E: Engine>(engine: E, options: HubOptions) -> Result<Self, EngineError> {
        let timeout = options.engine_timeout;
        let (sender, events) = event_queue(options.incoming_bytes);
        let engine: Box<dyn ErasedEngine> = Box::new(engine);
        let state = Arc::new(HubState::new(options, Some(engine)));
        let upkeep = Upkeep::start(&state, events);
        if let Some(remote) = &state.remote {
            remote.engine.start(state.node, sender).await?;
            let is_ready = |state| state == ReadinessState::Ready;
            Readiness::wait_for(&remote.readiness, timeout, is_ready).await;
        }
        Ok(Self {
            state,
            _upkeep: Some(Arc::new(upkeep)),
        })
    }

    /// A handle of a topic. See [`Topic`] for the names that topics may have; any other is an error where the handle is used.
    #[must_use]
    pub fn topic(&self, name: impl AsRef<str>) -> Topic {
        Topic::new(&self.state, name.as_ref())
    }

    /// All connections with a tag, on every node.
    #[must_use]
    pub fn tagged(&self, tag: Tag) -> Tagged {
        Tagged::new(&self.state, tag)
    }

    /// Whether its engine is reached, to be served as it is for a readiness probe: 200 or 503.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use hangup::{Hub, hub::Ready};
    ///
    /// async fn ready(hub: Hub) -> Ready {
    ///     hub.ready()
    /// }
    ///
    /// let app: Router = Router::new().route("/ready", get(ready)).layer(Hub::new());
    /// ```
    #[must_use]
    pub fn ready(&self) -> Ready {
        let remote = self.state.remote.as_ref();
        Ready::new(remote.is_none_or(|remote| remote.readiness.get() == ReadinessState::Ready))
    }

    /// This process as a node of the service.
    #[must_use]
    pub fn node(&self) -> Node {
        self.state.node
    }

    /// What became of the messages of topics on this node.
    #[must_use]
    pub fn counts(&self) -> HubCounts {
        self.state.counts()
    }

    /// Leaves the service: the engine ends this node's lease, so that nobody waits for it. To be called when the server has stopped.
    pub async fn leave(&self) {
        if let Some(remote) = &self.state.remote {
            remote.readiness.down();
            remote.engine.stop().await;
        }
    }

    fn of(parts: &Parts) -> Option<&Self> {
        parts.extensions.get::<Self>()
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}

/// Has a connection take part in the hub of its app, if that has one.
pub(crate) fn join(parts: &Parts, shared: &Arc<Shared>) {
    if let Some(hub) = Hub::of(parts) {
        // Nothing else is attached to a new connection.
        let _ = HubMembership::of(shared, &hub.state);
    }
}

impl<In, Out> Handshake<In, Out> {
    /// Gives the connection a tag, by which it is reached and closed from now on, before it is accepted and after.
    ///
    /// It waits for the engine only while the log of kicks is read after an outage, and for the first connection with a tag on this node.
    ///
    /// ```
    /// use hangup::{Handshake, Hub, Result, hub::Tag};
    ///
    /// async fn endpoint(handshake: Handshake, hub: Hub) -> Result {
    ///     let handshake = handshake.tag(Tag::new("user", 42)).await?;
    ///     let mut socket = handshake.accept().await?;
    ///     socket.subscribe(&hub.topic("news")).await?;
    ///     socket.recv().await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`TagError`]: with `?` the connection is refused, with the Close of the kick where one is in force.
    ///
    /// # Cancel safety
    ///
    /// If it is dropped before it is ready, so is the handshake.
    pub async fn tag(self, tag: Tag) -> Result<Self, TagError> {
        let Some(membership) = self.shared().lock().attached::<HubMembership>() else {
            return Err(TagError::NoHub);
        };
        membership.tag(tag).await?;
        Ok(self)
    }
}

impl<S> Layer<S> for Hub {
    type Service = WithHub<S>;

    fn layer(&self, inner: S) -> WithHub<S> {
        WithHub {
            inner,
            hub: self.clone(),
        }
    }
}

/// The service that the layer [`Hub`] makes: it hands the hub to the routes below it.
#[derive(Clone, Debug)]
pub struct WithHub<S> {
    inner: S,
    hub: Hub,
}

impl<S: Service<Request>> Service<Request> for WithHub<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        request.extensions_mut().insert(self.hub.clone());
        self.inner.call(request)
    }
}

impl<S: Sync> FromRequestParts<S> for Hub {
    type Rejection = HubMissing;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HubMissing> {
        Self::of(parts).cloned().ok_or(HubMissing(()))
    }
}

/// A [`Hub`] is an argument, and the app has none: see [`App::hub`](crate::App::hub). It closes with 1011, or answers with 500.
#[derive(Clone, Copy, Debug)]
pub struct HubMissing(());

impl fmt::Display for HubMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the app has no hub: `App::hub` or `Router::layer` gives it one")
    }
}

impl std::error::Error for HubMissing {}

impl IntoClose for HubMissing {
    fn to_close(&self) -> Close {
        CloseCode::INTERNAL_ERROR.into()
    }
}

impl IntoResponse for HubMissing {
    fn into_response(self) -> Response {
        tracing::error!(error = %logged::text(self), "a handler takes a hub");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

inventory::submit! { CloseRule::new::<HubMissing>() }
