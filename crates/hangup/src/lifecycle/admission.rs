//! Whether a request may reach its endpoint at all.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode};
use http::request::Parts;

use super::verdict::Log;
use crate::{
    error::{catch_panic_now, refuse_with_http},
    handlers::Phase,
    origin::{self, Addressing},
    settings::Resolved,
};

/// A request that is refused with HTTP before anything of the endpoint runs.
pub(super) struct NotAdmitted {
    pub(super) response: Response,
    pub(super) log: Log,
}

/// Checks where a handshake comes from.
pub(super) fn admit(
    parts: &Parts,
    addressing: &Addressing,
    settings: &Resolved,
) -> Result<(), Box<NotAdmitted>> {
    // The check may be a function of the user's.
    let (close, error) = match catch_panic_now(|| origin::check(parts, addressing, &settings.allowed_origins))
    {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(stranger)) => (
            Close::new(CloseCode::FORBIDDEN, "origin not allowed"),
            stranger.to_string(),
        ),
        Err(panic) => (Close::from(CloseCode::INTERNAL_ERROR), panic.to_string()),
    };
    Err(Box::new(NotAdmitted {
        log: Log {
            error,
            is_unforeseen: close.code() == CloseCode::INTERNAL_ERROR,
            phase: Phase::BeforeAccept,
        },
        response: refuse_with_http(&close),
    }))
}
