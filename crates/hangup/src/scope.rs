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

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::extract::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    handlers::ErrorHandlers,
    settings::{Resolved, Settings},
};

/// The scope of a route: every setting resolved, and the error handlers, the nearest first.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) settings: Arc<Resolved>,
    pub(crate) handlers: Arc<[Arc<ErrorHandlers>]>,
}

/// What one layer adds to the scope around it.
#[derive(Clone, Debug)]
pub(crate) enum Addition {
    Settings(Box<Settings>),
    Handlers(Arc<ErrorHandlers>),
}

impl Addition {
    fn within(&self, outer: &Scope) -> Scope {
        match self {
            Self::Settings(settings) => Scope {
                settings: Arc::new(settings.over(&outer.settings)),
                handlers: Arc::clone(&outer.handlers),
            },
            Self::Handlers(handlers) => Scope {
                settings: Arc::clone(&outer.settings),
                handlers: std::iter::once(handlers)
                    .chain(outer.handlers.iter())
                    .cloned()
                    .collect(),
            },
        }
    }
}

/// An addition with a cache of the scope that it last made, which is the same for nearly every request.
pub(crate) struct Nested {
    addition: Addition,
    last: Mutex<Option<Made>>,
}

/// A scope, and the one around it.
struct Made {
    outer: Option<Arc<Scope>>,
    inner: Arc<Scope>,
}

impl Nested {
    pub(crate) fn new(addition: Addition) -> Self {
        Self {
            addition,
            last: Mutex::new(None),
        }
    }

    pub(crate) fn within(&self, outer: Option<&Arc<Scope>>) -> Arc<Scope> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*last
            && made.outer.as_ref().map(Arc::as_ptr) == outer.map(Arc::as_ptr)
        {
            return Arc::clone(&made.inner);
        }
        let scope = Arc::new(match outer {
            Some(outer) => self.addition.within(outer),
            None => self.addition.within(&Scope::default()),
        });
        *last = Some(Made {
            outer: outer.cloned(),
            inner: Arc::clone(&scope),
        });
        scope
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

/// The service of the layers [`Settings`] and [`ErrorHandlers`]. It passes them to the routes below it.
#[derive(Clone)]
pub struct Scoped<S> {
    inner: S,
    nested: Arc<Nested>,
}

impl<S: Service<Request>> Service<Request> for Scoped<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        let scope = self.nested.within(request.extensions().get::<Arc<Scope>>());
        request.extensions_mut().insert(scope);
        self.inner.call(request)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Refusal;

    #[test]
    fn a_scope_is_made_once_for_each_scope_around_it() {
        let route = Nested::new(Addition::Settings(Box::new(Settings::new().max_message_size(20))));
        let http = Nested::new(Addition::Settings(Box::new(
            Settings::new().refusal(Refusal::Http),
        )))
        .within(None);
        let close = Nested::new(Addition::Settings(Box::default())).within(None);
        assert_eq!(route.within(Some(&http)).settings.refusal, Refusal::Http);
        assert_eq!(route.within(Some(&close)).settings.refusal, Refusal::Close);
        assert!(Arc::ptr_eq(
            &route.within(Some(&close)),
            &route.within(Some(&close))
        ));
    }

    #[test]
    fn the_nearest_handlers_come_first() {
        let outer = Nested::new(Addition::Handlers(Arc::new(ErrorHandlers::new()))).within(None);
        let near = Arc::new(ErrorHandlers::new());
        let inner = Nested::new(Addition::Handlers(Arc::clone(&near))).within(Some(&outer));
        assert_eq!(inner.handlers.len(), 2);
        assert!(Arc::ptr_eq(&inner.handlers[0], &near));
    }
}
