//! What the end of an endpoint stands for: the ending on the wire, and what the log is told.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};

use super::admission::too_many_connections;
use crate::{
    error::{Ending, Error, Panic, refuse_with_http},
    handlers::{Phase, Resolution},
    settings::Refusal,
    socket::Conclude,
};

/// The end of an endpoint, judged.
pub(super) struct Verdict {
    ending: Ending,
    log: Option<Box<Log>>,
}

/// What the log is told of an endpoint that failed.
#[derive(Debug)]
pub(super) struct Log {
    /// The error with its whole chain, and the errors of its handlers.
    pub(super) error: String,
    /// Whether it belongs into the log as an error.
    pub(super) is_unforeseen: bool,
    pub(super) phase: Phase,
}

impl Verdict {
    /// The endpoint returned `Ok` after it had accepted.
    pub(super) fn finished() -> Self {
        Self {
            ending: Ending::Close(Close::from(CloseCode::NORMAL_CLOSURE)),
            log: None,
        }
    }

    /// The endpoint ended because the peer had left.
    pub(super) fn peer_left() -> Self {
        Self {
            ending: Ending::PeerLeft,
            log: None,
        }
    }

    /// The endpoint returned `Ok` and had neither accepted nor denied.
    pub(super) fn unanswered() -> Self {
        Self::internal_error("the endpoint returned Ok without accept or deny")
    }

    /// The endpoint neither accepted nor ended in time.
    pub(super) fn too_late() -> Self {
        let log = Log {
            error: "the endpoint neither accepted nor ended within accept_timeout".to_owned(),
            is_unforeseen: true,
            phase: Phase::BeforeAccept,
        };
        let close = Close::new(CloseCode::TIMEOUT, "accept timed out");
        Self {
            ending: Ending::Close(close),
            log: Some(Box::new(log)),
        }
    }

    /// There are as many connections as may be.
    pub(super) fn too_many(code: CloseCode) -> Self {
        let log = Log {
            error: "too many connections".to_owned(),
            is_unforeseen: false,
            phase: Phase::BeforeAccept,
        };
        Self {
            ending: Ending::Close(too_many_connections(code)),
            log: Some(Box::new(log)),
        }
    }

    /// Something panicked before `accept` where no panic is expected, such as in the drop of a future.
    pub(super) fn panicked(panic: &Panic) -> Self {
        Self::internal_error(&panic.to_string())
    }

    fn internal_error(error: &str) -> Self {
        let log = Log {
            error: error.to_owned(),
            is_unforeseen: true,
            phase: Phase::BeforeAccept,
        };
        Self {
            ending: Ending::internal_error(),
            log: Some(Box::new(log)),
        }
    }

    /// The endpoint denied with a response, and may have failed afterwards.
    pub(super) fn denied(response: Response, error: Option<&Error>) -> Self {
        let log = error.map(|error| {
            Box::new(Log {
                error: error.with_sources(),
                is_unforeseen: true,
                phase: Phase::BeforeAccept,
            })
        });
        Self {
            ending: Ending::Http(response),
            log,
        }
    }

    /// The endpoint failed, and this is what its error was resolved to.
    pub(super) fn of(resolution: Resolution, phase: Phase, is_answered: bool, is_over: bool) -> Self {
        let Resolution {
            mut ending,
            log,
            mut is_unforeseen,
            ..
        } = resolution;
        if matches!(ending, Ending::PeerLeft) && !is_over {
            // It was the peer of another connection that left.
            ending = Ending::internal_error();
            is_unforeseen = true;
        }
        let log = match &ending {
            Ending::PeerLeft => None,
            Ending::Http(_) if is_answered => {
                is_unforeseen = true;
                Some(format!("{log} (no HTTP response is possible after the 101)"))
            }
            _ => Some(log),
        };
        Self {
            ending,
            log: log.map(|error| {
                Box::new(Log {
                    error,
                    is_unforeseen,
                    phase,
                })
            }),
        }
    }

    /// The end before `accept`: what is left to say over a completed handshake, or else the HTTP response.
    pub(super) fn into_refusal(self, refusal: Refusal) -> Refused {
        let response = match (self.ending, refusal) {
            (Ending::Http(response), _) | (Ending::Refuse { response, .. }, Refusal::Http) => response,
            (Ending::Close(close), Refusal::Http) => refuse_with_http(&close),
            (Ending::PeerLeft, Refusal::Http) => refuse_with_http(&Close::from(CloseCode::INTERNAL_ERROR)),
            (ending, Refusal::Close) => return Refused::WithClose(Self { ending, ..self }),
        };
        if response.status().is_informational() {
            // A 1xx would not end the exchange, and a 101 would say that the handshake is completed.
            let error = format!("an endpoint cannot be refused with HTTP {}", response.status());
            let log = Log {
                error,
                is_unforeseen: true,
                phase: Phase::BeforeAccept,
            };
            let response = refuse_with_http(&Close::from(CloseCode::INTERNAL_ERROR));
            return Refused::WithHttp(response, Some(Box::new(log)));
        }
        Refused::WithHttp(response, self.log)
    }

    pub(super) fn into_log(self) -> Option<Box<Log>> {
        self.log
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

/// How a handshake is refused.
pub(super) enum Refused {
    /// It is completed, and this is said over it.
    WithClose(Verdict),
    /// It is answered with this response, and this is told to the log.
    WithHttp(Response, Option<Box<Log>>),
}
