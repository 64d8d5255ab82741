//! Errors: the one type that an endpoint returns, and what each kind of error stands for on the wire.

mod declared_close;
mod disconnect;
mod ending;
mod http_error;
mod into_close;
mod json_close;
mod panic;
mod receive;
mod refusal;
mod rejection;
mod try_send;

use std::{any::Any, fmt, sync::Arc};

use axum::response::{IntoResponse, Response};
use hangup_protocol::Close;

use crate::{
    logged,
    params::{EndpointContext, ValidationError},
};

pub use crate::params::message::JsonError;
pub(crate) use crate::params::message::from_json;

pub use self::{
    declared_close::DeclaredClose,
    disconnect::Disconnect,
    ending::Ending,
    http_error::HttpError,
    into_close::{CloseRule, IntoClose},
    panic::Panic,
    receive::ReceiveError,
    rejection::Promote,
    try_send::TrySendError,
};
pub(crate) use self::{
    into_close::{registered_close, registered_closes, registered_promotion},
    json_close::json_close,
    panic::{abort_warning, catch_panic, catch_panic_now, watch_panics},
    refusal::{refuse_with_http, refuse_with_status},
    rejection::{Rejection, promote},
    try_send::slow_consumer,
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What an endpoint returns: `Ok(())`, or any error by `?`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Any error, with its concrete type kept: what an endpoint, an extractor or a handler fails with.
///
/// `?` makes one of every [`std::error::Error`]. How it ends the connection is decided by its type: by the
/// handlers in scope first (see [`ErrorHandlers`](crate::ErrorHandlers)), then by what the type says itself
/// ([`Close`](crate::Close), [`HttpError`], [`IntoClose`], a validation error, [`ReceiveError`]); any other
/// error closes with 1011 and an empty reason, and goes to the log with its whole chain, never to the peer.
///
/// Like `anyhow::Error` it does not implement [`std::error::Error`] itself.
pub struct Error(Box<Kind>);

pub(crate) enum Kind {
    /// An error, and how it closes where that was known when it was made.
    Error(BoxError, Option<Close>),
    /// The answer of an extractor, of a type that nobody has asked for yet.
    Rejection(Rejection),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self::from_boxed(Box::new(error))
    }
}

impl Error {
    /// Takes an error that is boxed already, such as an `anyhow::Error` turned into its box.
    ///
    /// ```
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "no such room".into();
    /// let error = hangup::Error::from_boxed(boxed);
    /// assert_eq!(error.to_string(), "no such room");
    /// ```
    #[must_use]
    pub fn from_boxed(error: BoxError) -> Self {
        Self(Box::new(Kind::Error(error, None)))
    }

    /// Takes an error that says itself how it closes, also one whose [`IntoClose`] is not derived.
    #[must_use]
    pub fn closing<E: IntoClose>(error: E) -> Self {
        let close = error.to_close();
        Self(Box::new(Kind::Error(Box::new(error), Some(close))))
    }

    /// Takes what an extractor answered; errors of this crate are taken as they are.
    pub(crate) fn rejected<R: IntoResponse + Send + 'static>(rejection: R) -> Self {
        let boxed: Box<dyn Any + Send> = Box::new(rejection);
        let boxed = match boxed.downcast::<Self>() {
            Ok(error) => return *error,
            Err(boxed) => boxed,
        };
        let boxed = match boxed.downcast::<ValidationError>() {
            Ok(error) => return Self::from_boxed(error),
            Err(boxed) => boxed,
        };
        match boxed.downcast::<HttpError>() {
            Ok(error) => Self::from_boxed(error),
            Err(boxed) => Self::from_rejection(Rejection::new::<R>(boxed)),
        }
    }

    pub(crate) fn from_rejection(rejection: Rejection) -> Self {
        Self(Box::new(Kind::Rejection(rejection)))
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }

    pub(crate) fn from_kind(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    pub(crate) fn into_kind(self) -> Kind {
        *self.0
    }

    /// The error as its concrete type, if it is that type.
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + Send + Sync + 'static>(&self) -> Option<&E> {
        E::find(self, 0)
    }

    /// Whether the error is of that concrete type.
    #[must_use]
    pub fn is<E: std::error::Error + Send + Sync + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// The error and then each `source()` below it; empty for the rejection of an extractor.
    pub fn chain(&self) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
        let first: Option<&(dyn std::error::Error + 'static)> = match &*self.0 {
            Kind::Error(error, _) => Some(&**error),
            Kind::Rejection(_) => None,
        };
        std::iter::successors(first, |error| error.source()).take(logged::LONGEST_CHAIN)
    }

    /// The error and each `source()` below it, in one line for the log, which bounds each of
    /// them: the innermost cause is told however long the others are.
    pub(crate) fn with_sources(&self) -> String {
        match &*self.0 {
            Kind::Error(error, _) => logged::Sources(&**error).to_string(),
            Kind::Rejection(rejection) => logged::text(rejection).to_string(),
        }
    }

    /// How the error closes, where that was known when it was made.
    pub(crate) fn known_close(&self) -> Option<&Close> {
        match &*self.0 {
            Kind::Error(_, close) => close.as_ref(),
            Kind::Rejection(_) => None,
        }
    }

    /// Names the endpoint in a validation error that does not know it.
    pub(crate) fn locate(&mut self, endpoint: &Arc<EndpointContext>) {
        if let Kind::Error(error, _) = &mut *self.0
            && let Some(validation) = error.downcast_mut::<ValidationError>()
            && *validation.endpoint() == EndpointContext::default()
        {
            *validation = validation.clone().with_endpoint(Arc::clone(endpoint));
        }
    }

    /// How the peer left, if that is what the error comes from.
    pub(crate) fn disconnect(&self) -> Option<&Disconnect> {
        self.chain().find_map(|error| error.downcast_ref())
    }
}

/// An error type that a handler can be registered for: every error type, and [`Error`] for "any error".
pub trait Handled: Send + 'static {
    #[doc(hidden)]
    fn find(error: &Error, place: usize) -> Option<&Self>;
    #[doc(hidden)]
    fn promotion() -> Option<Promote>;
}

impl<E: std::error::Error + Send + Sync + 'static> Handled for E {
    fn find(error: &Error, place: usize) -> Option<&Self> {
        match error.kind() {
            Kind::Error(..) => error.chain().nth(place)?.downcast_ref(),
            Kind::Rejection(_) => None,
        }
    }

    fn promotion() -> Option<Promote> {
        Some(promote::<E>)
    }
}

impl Handled for Error {
    fn find(error: &Error, _place: usize) -> Option<&Self> {
        Some(error)
    }

    fn promotion() -> Option<Promote> {
        None
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Error(error, _) => error.fmt(f),
            Kind::Rejection(rejection) => rejection.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Error(error, _) => error.fmt(f),
            Kind::Rejection(rejection) => fmt::Display::fmt(rejection, f),
        }
    }
}

/// As the rejection of an extractor in a plain HTTP route: an [`HttpError`] answers as itself, all else with 500.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self.downcast_ref::<HttpError>() {
            Some(error) => error.to_response(),
            None => {
                tracing::error!(error = %logged::chain(self.with_sources()), "an extractor failed");
                http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
