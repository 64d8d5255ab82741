//! Scopes: the settings and the error handlers that hold for a route.
//!
//! [`Settings`] and [`ErrorHandlers`] are layers. Each layer around a route is a
//! scope of it, the innermost being the nearest. An [`App`](crate::App), included or nested, is a scope too. A setting
//! comes from the nearest scope that sets it; error handlers are asked from the nearest scope outwards.
//!
//! ```
//! use axum::Router;
//! use hangup::{CloseCode, ErrorHandlers, Failure, Handshake, Result, Settings};
//!
//! async fn parse(handshake: Handshake) -> Result {
//!     let mut socket = handshake.accept().await?;
//!     let number: u32 = socket.recv_text().await?.parse()?;
//!     socket.send_text(number.to_string()).await?;
//!     Ok(())
//! }
//!
//! let handlers = ErrorHandlers::new().on(async |_: Failure<std::num::ParseIntError>| CloseCode::UNSUPPORTED_DATA);
//! let router: Router = Router::new()
//!     .route("/parse", hangup::route(parse).layer(Settings::new().max_message_size(64)))  // the nearest
//!     .layer(handlers)
//!     .layer(Settings::new().max_message_size(1024));
//! ```
//!
//! [`Scoped`] is the service that such a layer makes. Its name is needed only where types are written out.
//! [`refuse`] answers a request outside of an endpoint, with a code and a reason.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use futures_util::{
    TryFutureExt,
    future::{Either, MapOk},
};
use http::StatusCode;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    error::Error,
    handlers::ErrorHandlers,
    handshake::opens_websocket,
    lifecycle::Logged,
    refuse::refuse_handshake,
    scope::{Addition, Nested, Scope},
    settings::{Refusal, Settings},
};

/// Answers a request in place of an endpoint, from a middleware for example: where it opens a WebSocket, as an endpoint
/// refuses it that fails with this error before `accept`; else with the HTTP response that the error stands for under
/// [`Refusal::Http`].
///
/// The settings and error handlers of the layers around the middleware hold. By default ([`Refusal::Close`]) the
/// handshake is completed and closed at once with code and reason, which a browser shows; an HTTP status it shows as 1006.
///
/// ```
/// use axum::{Router, extract::Request, middleware::{self, Next}, response::Response};
/// use hangup::{Close, CloseCode, Handshake, Result, layer::refuse};
///
/// async fn authenticate(request: Request, next: Next) -> Response {
///     match request.headers().get("authorization") {
///         Some(_) => next.run(request).await,
///         None => refuse(request, Close::new(CloseCode::UNAUTHORIZED, "no token")).await,
///     }
/// }
///
/// async fn endpoint(handshake: Handshake) -> Result {
///     handshake.accept().await?;
///     Ok(())
/// }
///
/// let app: Router = Router::new()
///     .route("/ws", hangup::route(endpoint))
///     .layer(middleware::from_fn(authenticate));
/// ```
///
/// What layers answer that know nothing of WebSockets is for [`Settings::refusal_without_endpoint`].
#[track_caller]
pub fn refuse(request: Request, error: impl Into<Error>) -> impl Future<Output = Response> + Send {
    let (error, place) = (error.into(), Location::caller());
    async move {
        if opens_websocket(&request) {
            refuse_handshake(request, error, place).await
        } else {
            error.into_response()
        }
    }
}

impl<S> Layer<S> for Settings {
    type Service = Scoped<S>;

    fn layer(&self, inner: S) -> Scoped<S> {
        Scoped {
            inner,
            nested: Arc::new(Nested::new(Addition::Settings(Box::new(self.clone())))),
        }
    }
}

impl<S> Layer<S> for ErrorHandlers {
    type Service = Scoped<S>;

    fn layer(&self, inner: S) -> Scoped<S> {
        Scoped {
            inner,
            nested: Arc::new(Nested::new(Addition::Handlers(Arc::new(self.clone())))),
        }
    }
}

/// An answer that is a Close frame where no endpoint gives one.
type Refusing<E> = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

/// The service that the layers [`Settings`] and [`ErrorHandlers`] make: it hands them to the routes below it.
#[derive(Clone)]
pub struct Scoped<S> {
    inner: S,
    nested: Arc<Nested>,
}

impl<S> Service<Request> for Scoped<S>
where
    S: Service<Request, Response: IntoResponse, Error: 'static, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<MapOk<S::Future, fn(S::Response) -> Response>, Refusing<S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let scope = self.nested.within(request.extensions().get::<Arc<Scope>>());
        let refusal = scope.settings.refusal_without_endpoint;
        request.extensions_mut().insert(scope);
        if refusal == Refusal::Http || !opens_websocket(&request) {
            return Either::Left(self.inner.call(request).map_ok(IntoResponse::into_response));
        }
        let mut again = Request::new(Body::empty());
        *again.method_mut() = request.method().clone();
        *again.version_mut() = request.version();
        *again.uri_mut() = request.uri().clone();
        *again.headers_mut() = request.headers().clone();
        *again.extensions_mut() = request.extensions().clone();
        let answering = self.inner.call(request);
        Either::Right(Box::pin(async move {
            let response = answering.await?.into_response();
            let is_of_endpoint = response.extensions().get::<Logged>().is_some();
            if is_of_endpoint || response.status() == StatusCode::SWITCHING_PROTOCOLS {
                return Ok(response);
            }
            Ok(refuse_handshake(again, Error::of_layer(response), Location::caller()).await)
        }))
    }
}

impl<S: fmt::Debug> fmt::Debug for Scoped<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped")
            .field("inner", &self.inner)
            .field("adds", &self.nested.addition)
            .finish()
    }
}
