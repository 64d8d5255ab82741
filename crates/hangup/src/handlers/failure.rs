//! `Failure`: what an error handler is given.

use std::{fmt, marker::PhantomData, sync::Arc};

use http::request::Parts;

use crate::{
    error::{Error, Handled},
    params::EndpointContext,
    socket::Sender,
};

/// On which side of `accept` something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The handshake had not been answered yet.
    BeforeAccept,
    /// The 101 had been asked for.
    AfterAccept,
}

impl Phase {
    /// `before` or `after`, as the log says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeAccept => "before",
            Self::AfterAccept => "after",
        }
    }
}

/// A failed endpoint, as its error handler sees it: the error and everything around it.
///
/// `Failure<E>` is for handlers of the type `E`; a plain `Failure` (of [`Error`]) is for the catch-all.
///
/// ```
/// use hangup::{Close, CloseCode, ErrorHandlers, Failure};
///
/// #[derive(Debug)]
/// struct CustomError;
/// # impl std::fmt::Display for CustomError {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("custom") }
/// # }
/// # impl std::error::Error for CustomError {}
///
/// let handlers = ErrorHandlers::new().on(async |failed: Failure<CustomError>| {
///     if let Some(socket) = failed.socket() {
///         let _ = socket.send_text(r#"{"error":"custom"}"#).await;
///     }
///     Close::new(CloseCode::POLICY_VIOLATION, "Custom exception")
/// });
/// ```
pub struct Failure<E = Error> {
    found: Found,
    error: PhantomData<fn() -> E>,
}

/// An error on its way to a handler, before its type is named.
pub(crate) struct Found {
    pub(crate) error: Error,
    /// Where in the chain of `source()` the handled error stands.
    pub(crate) place: usize,
    pub(crate) scene: Arc<Scene>,
}

/// Where and when an endpoint failed.
pub(crate) struct Scene {
    pub(crate) endpoint: Arc<EndpointContext>,
    pub(crate) phase: Phase,
    pub(crate) request: Parts,
    pub(crate) socket: Option<Sender>,
}

impl<E: Handled> Failure<E> {
    /// The failure, if the error at that place really is an `E`.
    pub(crate) fn new(found: Found) -> Result<Self, Error> {
        match E::find(&found.error, found.place) {
            Some(_) => Ok(Self {
                found,
                error: PhantomData,
            }),
            None => Err(found.error),
        }
    }

    /// The error that the handler is registered for: the endpoint's own, or the first of its `source()` chain
    /// that has this type.
    ///
    /// # Panics
    ///
    /// If the `source()` of a user's error answers differently each time it is asked.
    #[must_use]
    #[track_caller]
    pub fn error(&self) -> &E {
        match E::find(&self.found.error, self.found.place) {
            Some(error) => error,
            None => panic!("`source()` of `{}` is not stable", self.found.error),
        }
    }

    /// The whole error as the endpoint returned it, with its chain.
    #[must_use]
    pub fn root(&self) -> &Error {
        &self.found.error
    }

    /// Gives the whole error back, for example to raise it again: it is then looked up in the outer scopes.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.found.error
    }

    /// The endpoint that failed.
    #[doc(alias = "endpoint_ctx")]
    #[must_use]
    pub fn endpoint(&self) -> &EndpointContext {
        &self.found.scene.endpoint
    }

    /// Whether the endpoint had accepted.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.found.scene.phase
    }

    /// The parts of the opening request: method, URI, headers and extensions.
    #[must_use]
    pub fn request(&self) -> &Parts {
        &self.found.scene.request
    }

    /// The socket, where the client can be written to: what is sent here goes out before the Close frame.
    ///
    /// Before `accept` that is so under [`Refusal::Close`](crate::Refusal::Close): the first message completes
    /// the handshake. `None` under [`Refusal::Http`](crate::Refusal::Http), and once the peer has left.
    #[must_use]
    pub fn socket(&self) -> Option<&Sender> {
        self.found.scene.socket.as_ref()
    }
}

impl<E: Handled> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("error", &self.found.error)
            .field("endpoint", &self.found.scene.endpoint)
            .field("phase", &self.found.scene.phase)
            .finish_non_exhaustive()
    }
}
