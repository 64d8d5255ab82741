//! Whether a request may reach its endpoint at all.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode, DeflateConfig};
use http::request::Parts;

use super::verdict::Log;
use crate::{
    error::{catch_panic_now, refuse_with_http},
    handlers::Phase,
    origin::{self, Addressing},
    settings::{Refusal, Resolved, Slot},
};

/// Why nothing of the endpoint runs.
pub(super) enum NotAdmitted {
    /// The answer is this response, whatever the [`Refusal`].
    Http(Response, Log),
    /// There are too many connections, and a place is left for saying so with a Close frame.
    TooMany(Slot),
}

/// How messages may be compressed on the connection of this request.
pub(super) fn deflate_for<'s>(parts: &Parts, settings: &'s Resolved) -> Option<&'s DeflateConfig> {
    // The predicate is a function of the user's; where it panics, the connection goes on without compression.
    let is_allowed = || {
        catch_panic_now(|| settings.deflate_if.allows(parts)).unwrap_or_else(|panic| {
            tracing::error!(%panic, "the predicate of `Settings::deflate_if` panicked");
            false
        })
    };
    settings.deflate.as_ref().filter(|_| is_allowed())
}

/// Checks where a handshake comes from, and whether there is room for one more connection. The places that it takes
/// are those of the connection until they are dropped.
pub(super) fn admit(
    parts: &Parts,
    addressing: &Addressing,
    settings: &Resolved,
    is_stopping: bool,
) -> Result<Box<[Slot]>, Box<NotAdmitted>> {
    if is_stopping {
        let close = Close::from(CloseCode::SERVICE_RESTART);
        return Err(refused(&close, "the server stops".to_owned()));
    }
    // The check may be a function of the user's.
    match catch_panic_now(|| origin::check(parts, addressing, &settings.allowed_origins)) {
        Ok(Ok(())) => {}
        Ok(Err(stranger)) => {
            let close = Close::new(CloseCode::FORBIDDEN, "origin not allowed");
            return Err(refused(&close, stranger.to_string()));
        }
        Err(panic) => return Err(refused(&CloseCode::INTERNAL_ERROR.into(), panic.to_string())),
    }
    let mut slots = Vec::new();
    for limit in &settings.connection_limits {
        match limit.admit(addressing.client) {
            Ok(slot) => slots.extend(slot),
            Err(too_many) => {
                return Err(match (settings.refusal, too_many.refusal) {
                    (Refusal::Close, Some(slot)) => Box::new(NotAdmitted::TooMany(slot)),
                    _ => refused(&too_many_connections(), "too many connections".to_owned()),
                });
            }
        }
    }
    Ok(slots.into())
}

pub(super) fn too_many_connections() -> Close {
    Close::new(CloseCode::TRY_AGAIN_LATER, "too many connections")
}

fn refused(close: &Close, error: String) -> Box<NotAdmitted> {
    let log = Log {
        error,
        is_unforeseen: close.code() == CloseCode::INTERNAL_ERROR,
        phase: Phase::BeforeAccept,
    };
    Box::new(NotAdmitted::Http(refuse_with_http(close), log))
}
