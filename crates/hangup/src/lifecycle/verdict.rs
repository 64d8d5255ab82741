//! What the end of an endpoint stands for: the ending on the wire, and the cause for the log.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};
use tracing::Level;

use crate::{
    error::{Ending, Error, Panic, refuse_with_http},
    handlers::Phase,
    settings::Refusal,
    socket::Conclude,
};

/// The end of an endpoint, judged.
pub(super) struct Verdict {
    ending: Ending,
    cause: Option<Box<Cause>>,
}

/// Why a connection ended, as the log says it.
#[derive(Debug)]
pub(super) struct Cause {
    /// The error with its whole chain, and the errors of its handlers.
    pub(super) error: String,
    /// ERROR where the server is at fault: whatever closes with 1011, for example.
    pub(super) level: Level,
    pub(super) phase: Phase,
}

/// The HTTP response that refuses a handshake.
pub(super) struct HttpRefusal {
    pub(super) response: Response,
    pub(super) cause: Option<Box<Cause>>,
}

impl HttpRefusal {
    pub(super) fn new(response: Response, cause: impl Into<Option<Box<Cause>>>) -> Box<Self> {
        let cause = cause.into();
        Box::new(Self { response, cause })
    }
}

impl Cause {
    /// Something before `accept` that is the client's to mend, or nobody's.
    pub(super) fn info(error: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            error: error.into(),
            level: Level::INFO,
            phase: Phase::BeforeAccept,
        })
    }

    /// Something before `accept` that is the server's fault.
    pub(super) fn fault(error: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            level: Level::ERROR,
            ..*Self::info(error)
        })
    }
}

impl Verdict {
    fn new(ending: Ending, cause: impl Into<Option<Box<Cause>>>) -> Self {
        Self {
            ending,
            cause: cause.into(),
        }
    }

    /// The endpoint returned `Ok` after it had accepted.
    pub(super) fn finished() -> Self {
        Self::new(Ending::Close(CloseCode::NORMAL_CLOSURE.into()), None)
    }

    /// The endpoint ended because the peer had left.
    pub(super) fn peer_left() -> Self {
        Self::new(Ending::PeerLeft, None)
    }

    /// The endpoint returned `Ok` and had neither accepted nor denied.
    pub(super) fn unanswered() -> Self {
        Self::internal_error("the endpoint returned Ok without accept or deny")
    }

    /// The endpoint neither accepted nor ended in time.
    pub(super) fn too_late() -> Self {
        let cause = Cause::fault("the endpoint neither accepted nor ended within accept_timeout");
        Self::new(
            Ending::Close(Close::new(CloseCode::TIMEOUT, "accept timed out")),
            cause,
        )
    }

    /// The request was not admitted.
    pub(super) fn not_admitted(close: Close, error: String) -> Self {
        Self::new(Ending::Close(close), Cause::info(error))
    }

    /// Something panicked before `accept` where no panic is expected, such as in the drop of a future.
    pub(super) fn panicked(panic: &Panic) -> Self {
        Self::internal_error(panic.to_string())
    }

    /// Something does not hold that always should: a defect of this crate.
    #[track_caller]
    pub(super) fn broken_invariant(what: &str) -> Self {
        debug_assert!(false, "{what}");
        Self::internal_error(format!("a defect of hangup: {what}"))
    }

    fn internal_error(error: impl Into<String>) -> Self {
        Self::new(Ending::internal_error(), Cause::fault(error))
    }

    /// The endpoint denied with a response, and may have failed afterwards.
    pub(super) fn denied(response: Response, error: Option<&Error>) -> Self {
        let cause = error.map(|error| Cause::fault(error.with_sources()));
        Self::new(Ending::Http(response), cause)
    }

    /// The endpoint failed: what its error was resolved to, and what the log says of the way there.
    pub(super) fn failed(
        ending: Ending,
        mut error: String,
        phase: Phase,
        is_answered: bool,
        is_over: bool,
    ) -> Self {
        let ending = match ending {
            Ending::PeerLeft if is_over => return Self::peer_left(),
            // It was the peer of another connection that left.
            Ending::PeerLeft => Ending::internal_error(),
            ending => ending,
        };
        let level = match &ending {
            Ending::Http(_) if is_answered => {
                error.push_str(" (no HTTP response is possible after the 101)");
                Level::ERROR
            }
            Ending::Close(close) if close.code() == CloseCode::INTERNAL_ERROR => Level::ERROR,
            _ => Level::INFO,
        };
        Self::new(ending, Box::new(Cause { error, level, phase }))
    }

    /// The end before `accept`: what is left to say over a completed handshake, or else the HTTP response.
    pub(super) fn into_refusal(self, refusal: Refusal) -> Result<Self, Box<HttpRefusal>> {
        let response = match (self.ending, refusal) {
            (Ending::Http(response), _) | (Ending::Refuse { response, .. }, Refusal::Http) => response,
            (Ending::Close(close), Refusal::Http) => refuse_with_http(&close),
            (Ending::PeerLeft, Refusal::Http) => refuse_with_http(&CloseCode::INTERNAL_ERROR.into()),
            (ending, Refusal::Close) => return Ok(Self { ending, ..self }),
        };
        if response.status().is_informational() {
            // A 1xx would not end the exchange, and a 101 would say that the handshake is completed.
            let error = format!("an endpoint cannot be refused with HTTP {}", response.status());
            let response = refuse_with_http(&CloseCode::INTERNAL_ERROR.into());
            return Err(HttpRefusal::new(response, Cause::fault(error)));
        }
        Err(HttpRefusal::new(response, self.cause))
    }

    pub(super) fn cause(&self) -> Option<&Cause> {
        self.cause.as_deref()
    }
}

impl Conclude for Verdict {
    /// The Close frame that stands for the end on an open connection. It is not written where the peer has
    /// closed before, and not seen where it has vanished.
    fn close(&self) -> Option<Close> {
        match &self.ending {
            Ending::Close(close) | Ending::Refuse { close, .. } => Some(close.clone()),
            Ending::Http(_) | Ending::PeerLeft => Some(Close::from(CloseCode::INTERNAL_ERROR)),
        }
    }
}
