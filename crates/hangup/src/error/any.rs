//! `Error`: any error with its concrete type kept, what an endpoint returns.

use std::{any::Any, fmt, sync::Arc};

use super::{
    Disconnect, HttpError, IntoClose,
    error_report::ErrorReport,
    into_close::CloseRule,
    rejection::{Answered, BoxError, Promote, Rejection, promote},
};
use crate::{
    logged,
    params::{EndpointContext, ValidationError},
};
use axum::response::{IntoResponse, Response};

/// What an endpoint returns: `Ok(())`, or any error by `?`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Any error, with its concrete type kept: what an endpoint, an extractor or a handler fails with.
///
/// `?` makes one of every [`std::error::Error`], and of whatever else is an error once it is boxed: a `String`, an
/// `anyhow::Error`, an `eyre::Report`. With the features `anyhow` and `eyre` the types behind those are kept too, and
/// found wherever they stand, also as context; without, those behind the outermost. How it ends the connection is decided by its type: by the
/// handlers in scope first (see [`ErrorHandlers`](crate::ErrorHandlers)), then by what the type says itself
/// ([`Close`](crate::Close), [`HttpError`], [`IntoClose`], a validation error, [`ReceiveError`](super::ReceiveError)), or
/// else the first of its [`chain`](Self::chain) that says something; any other error closes with 1011 and an empty reason, and goes to the log with its whole chain, never to the peer.
///
/// Like `anyhow::Error` it does not implement [`std::error::Error`] itself.
pub struct Error(Box<Carried>);

/// What an [`Error`] carries.
pub(crate) enum Carried {
    /// An error, and how it closes where its type was known when it was made.
    Error(BoxError, Option<CloseRule>),
    /// An error of `anyhow` or `eyre`.
    Report(ErrorReport),
    /// The answer of an extractor, of a type that nobody has asked for yet.
    Rejection(Rejection),
    /// The same, of a type that nobody knows.
    Answer(Answered),
}

impl<E> From<E> for Error
where
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    fn from(error: E) -> Self {
        let mut error = Some(error);
        if let Some(report) = ErrorReport::take(&mut error) {
            return Self::from_carried(Carried::Report(report));
        }
        debug_assert!(error.is_some(), "only a report is taken");
        Self::from_boxed(error.map_or_else(|| "an error was lost".into(), Into::into))
    }
}

impl Error {
    /// Takes an error that is boxed already. A box that an `anyhow::Error` or an `eyre::Report` was turned into hides the
    /// type of its outermost error from everybody: pass those by `?`, or by [`From`], as they are.
    ///
    /// ```
    /// let boxed: Box<dyn std::error::Error + Send + Sync> = "no such room".into();
    /// let error = hangup::Error::from_boxed(boxed);
    /// assert_eq!(error.to_string(), "no such room");
    /// ```
    #[must_use]
    pub fn from_boxed(error: BoxError) -> Self {
        Self(Box::new(Carried::Error(error, None)))
    }

    /// Takes an error that says itself how it closes, also one whose [`IntoClose`] is not derived.
    #[must_use]
    pub fn closing<E: IntoClose>(error: E) -> Self {
        Self(Box::new(Carried::Error(
            Box::new(error),
            Some(CloseRule::new::<E>()),
        )))
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

    /// The error as it was before it became one of any type; of a report or an answer, its text.
    pub(crate) fn into_boxed(self) -> BoxError {
        match *self.0 {
            Carried::Error(error, _) => error,
            carried => Self(Box::new(carried)).with_sources().to_string().into(),
        }
    }

    /// Takes what a layer answered in place of an endpoint.
    pub(crate) fn of_layer(response: Response) -> Self {
        Self::from_rejection(Rejection::of_layer(response))
    }

    pub(crate) fn from_rejection(rejection: Rejection) -> Self {
        Self(Box::new(Carried::Rejection(rejection)))
    }

    pub(crate) fn carried(&self) -> &Carried {
        &self.0
    }

    pub(crate) fn from_carried(carried: Carried) -> Self {
        Self(Box::new(carried))
    }

    pub(crate) fn into_carried(self) -> Carried {
        *self.0
    }

    /// The response of the extractor that has rejected, if the error is one.
    pub(super) fn into_rejected(self) -> Option<Response> {
        match *self.0 {
            Carried::Rejection(rejection) => Some(rejection.into_response()),
            Carried::Error(..) | Carried::Report(_) | Carried::Answer(_) => None,
        }
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
            Carried::Error(error, _) => Some(&**error),
            Carried::Report(report) => Some(report.head()),
            Carried::Rejection(_) | Carried::Answer(_) => None,
        };
        std::iter::successors(first, |error| error.source()).take(logged::LONGEST_CHAIN)
    }

    /// The error and each `source()` below it, in one line for the log, which bounds each of
    /// them: the innermost cause is shown however long the others are.
    pub(crate) fn with_sources(&self) -> String {
        match &*self.0 {
            Carried::Error(error, _) => logged::Sources(&**error).to_string(),
            Carried::Report(report) => logged::Sources(report.head()).to_string(),
            Carried::Rejection(rejection) => logged::text(rejection).to_string(),
            Carried::Answer(answer) => logged::chain(answer).to_string(),
        }
    }

    /// How the error closes, where its type was known when it was made.
    pub(super) fn known_rule(&self) -> Option<&CloseRule> {
        match &*self.0 {
            Carried::Error(_, rule) => rule.as_ref(),
            Carried::Report(_) | Carried::Rejection(_) | Carried::Answer(_) => None,
        }
    }

    /// The report of `anyhow` or `eyre`, if the error is one.
    pub(super) fn report(&self) -> Option<&ErrorReport> {
        match &*self.0 {
            Carried::Report(report) => Some(report),
            Carried::Error(..) | Carried::Rejection(_) | Carried::Answer(_) => None,
        }
    }

    /// Names the endpoint in a validation error that does not know it.
    pub(crate) fn locate(&mut self, endpoint: &Arc<EndpointContext>) {
        if let Carried::Error(error, _) = &mut *self.0
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
        let at_place = error.chain().nth(place)?.downcast_ref();
        // What was added to a report as context is of no type that a chain shows.
        at_place.or_else(|| error.report().filter(|_| place == 0)?.find())
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
            Carried::Error(error, _) => error.fmt(f),
            Carried::Report(report) => fmt::Display::fmt(report.head(), f),
            Carried::Rejection(rejection) => rejection.fmt(f),
            Carried::Answer(answer) => answer.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Carried::Error(error, _) => error.fmt(f),
            Carried::Report(report) => fmt::Debug::fmt(report.head(), f),
            Carried::Rejection(rejection) => fmt::Display::fmt(rejection, f),
            Carried::Answer(answer) => fmt::Display::fmt(answer, f),
        }
    }
}
