//! Error handlers: they choose, by the type of an error, how the connection ends.
//!
//! ```
//! use hangup::{App, Close, CloseCode, Failure, ValidationError};
//!
//! let app: App = App::new()
//!     .error_handler(async |failed: Failure<ValidationError>| {
//!         Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_reason())
//!     })
//!     // The catch-all: every error that would otherwise close with 1011.
//!     .error_handler(async |_: Failure| CloseCode::INTERNAL_ERROR);
//! ```
//!
//! | to | use |
//! |---|---|
//! | register a handler for an app | [`App::error_handler`](crate::App::error_handler) |
//! | register handlers for a router or a route of axum | [`ErrorHandlers`] as a layer |
//! | see the error, the endpoint, the request, or send a message before the Close | [`Failure`] |
//! | know whether the handshake was accepted | [`Phase`] |
//! | choose the ending | return what implements [`IntoEnding`]: a `Close`, a `CloseCode`, an `HttpError`, a `Response`, or a `Result` of these |
//!
//! The look-up begins in the nearest [`layer`](crate::layer). A scope is asked for the exact type of the error, then for
//! the types along its `source()` chain, then for its catch-all; then the next scope outwards is asked. An error that a
//! handler raises is looked up in the outer scopes only, so no handler runs twice.

mod failure;
mod look_up;

use std::{
    any::{TypeId, type_name},
    collections::HashMap,
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    sync::Arc,
};

use axum::response::{IntoResponse, Response};
use hangup_protocol::{Close, CloseCode};

pub use self::failure::{Failure, Phase};
pub(crate) use self::{
    failure::{Found, Scene},
    look_up::{Handling, resolve},
};
use crate::error::{Ending, Error, Handled, HttpError, Promote};

type Run = dyn Fn(Found) -> Pin<Box<dyn Future<Output = Result<Ending, Error>> + Send>> + Send + Sync;

/// Error handlers of one scope, by error type: a route, a router or an app.
///
/// As a layer it holds for every route below it. The nearest scope is asked first: the error's exact type,
/// then the types along its `source()` chain, then the scope's catch-all; then the next scope outwards. An
/// error that a handler raises is looked up in the outer scopes only, so nothing runs twice.
///
/// ```
/// use axum::Router;
/// use hangup::{Close, CloseCode, ErrorHandlers, Failure, Handshake, Result};
///
/// async fn endpoint(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     let number: u32 = socket.recv_text().await?.parse()?;
///     socket.send_text(number.to_string()).await?;
///     Ok(())
/// }
///
/// let app: Router = Router::new().route("/ws", hangup::route(endpoint)).layer(
///     ErrorHandlers::new()
///         .on(async |failed: Failure<std::num::ParseIntError>| {
///             Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_string())
///         })
///         // The catch-all: every error that would otherwise close with 1011.
///         .on(async |_: Failure| CloseCode::INTERNAL_ERROR),
/// );
/// ```
#[doc(alias = "exception_handler")]
#[doc(alias = "add_exception_handler")]
#[derive(Clone, Default)]
pub struct ErrorHandlers {
    by_type: HashMap<TypeId, Entry>,
}

#[derive(Clone)]
struct Entry {
    run: Arc<Run>,
    /// Whether the error at a place of a chain is of the entry's type.
    matches: fn(&Error, usize) -> bool,
    promote: Option<Promote>,
    error: &'static str,
    place: &'static Location<'static>,
}

impl ErrorHandlers {
    /// A scope without handlers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_type.is_empty()
    }

    /// Registers a handler for the error type `E`: an async closure or function of [`Failure<E>`](Failure).
    ///
    /// What it returns ends the connection, before or after `accept`: a [`Close`], a [`CloseCode`], an
    /// [`HttpError`] or HTTP response (an answer only before `accept`), or a `Result` of one of these.
    ///
    /// A handler of `Failure<Error>`, short `Failure`, is the scope's catch-all: it gets the errors and panics
    /// that would otherwise close with 1011, but not those that say themselves how they close. Rejections of extractors
    /// with a 5xx are among them, and with a redirect where that closes.
    ///
    /// # Panics
    ///
    /// If the scope has a handler for that type already; the message names both places.
    #[must_use]
    #[track_caller]
    pub fn on<E, F, Fut>(mut self, handler: F) -> Self
    where
        E: Handled,
        F: Fn(Failure<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoEnding> + Send + 'static,
    {
        let place = Location::caller();
        let run = move |found: Found| -> Pin<Box<dyn Future<Output = Result<Ending, Error>> + Send>> {
            match Failure::new(found) {
                Ok(failure) => {
                    let handled = handler(failure);
                    Box::pin(async move { handled.await.into_ending() })
                }
                Err(error) => Box::pin(async move { Err(error) }),
            }
        };
        let entry = Entry {
            run: Arc::new(run),
            matches: |error, place| E::find(error, place).is_some(),
            promote: E::promotion(),
            error: type_name::<E>(),
            place,
        };
        if let Some(first) = self.by_type.insert(TypeId::of::<E>(), entry) {
            panic!(
                "two error handlers for `{}` in one scope: at {} and at {place}; keep one of them, or put the \
                 second into the scope of a route or a nested app",
                first.error, first.place
            );
        }
        self
    }
}

/// What an error handler may return.
#[diagnostic::on_unimplemented(
    message = "an error handler cannot return `{Self}`",
    note = "return how the connection ends: a `Close`, a `CloseCode`, an `HttpError`, a `Response`, or a `Result` of one of these"
)]
pub trait IntoEnding {
    #[doc(hidden)]
    fn into_ending(self) -> Result<Ending, Error>;
}

impl IntoEnding for Close {
    fn into_ending(self) -> Result<Ending, Error> {
        Ok(Ending::Close(self))
    }
}

impl IntoEnding for CloseCode {
    fn into_ending(self) -> Result<Ending, Error> {
        Ok(Ending::Close(Close::from(self)))
    }
}

impl IntoEnding for HttpError {
    fn into_ending(self) -> Result<Ending, Error> {
        Ok(Ending::Http(self.into_response()))
    }
}

impl IntoEnding for Response {
    fn into_ending(self) -> Result<Ending, Error> {
        Ok(Ending::Http(self))
    }
}

impl<T: IntoEnding, E: Into<Error>> IntoEnding for Result<T, E> {
    fn into_ending(self) -> Result<Ending, Error> {
        self.map_err(Into::into)?.into_ending()
    }
}

impl fmt::Debug for ErrorHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.by_type.values().map(|entry| entry.error))
            .finish()
    }
}
