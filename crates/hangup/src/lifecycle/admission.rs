//! Whether a request may reach its endpoint at all.

use axum::response::Response;
use hangup_protocol::{Close, CloseCode, DeflateConfig};
use http::{StatusCode, request::Parts};

use super::verdict::Log;
use crate::{
    error::{catch_panic_now, refuse_with_http, refuse_with_status},
    handlers::Phase,
    logged,
    origin::{self, Addressing},
    settings::{Refusal, Resolved, Slot},
};

/// Why nothing of the endpoint runs.
pub(super) enum NotAdmitted {
    /// The answer is this response, whatever the [`Refusal`].
    Http(Response, Log),
    /// The handshake is completed, and this is said over it; the places are those of the connection meanwhile.
    Close(Close, Box<[Slot]>),
}

/// How messages may be compressed on the connection of this request.
pub(super) fn deflate_for<'s>(parts: &Parts, settings: &'s Resolved) -> Option<&'s DeflateConfig> {
    // The predicate is a function of the user's; where it panics, the connection goes on without compression.
    let is_allowed = || {
        catch_panic_now(|| settings.deflate_if.allows(parts)).unwrap_or_else(|panic| {
            tracing::error!(panic = %logged::text(panic), "the predicate of `Settings::deflate_if` panicked");
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
        // The key of a request may be found by a function of the user's.
        let admitted = match catch_panic_now(|| limit.admit_request(addressing.client, parts)) {
            Ok(admitted) => admitted,
            Err(panic) => return Err(refused(&CloseCode::INTERNAL_ERROR.into(), panic.to_string())),
        };
        match admitted {
            Ok(slot) => slots.extend(slot),
            Err(too_many) => {
                return Err(match (settings.refusal, too_many.refusal) {
                    (Refusal::Close, Some(slot)) => {
                        let close = too_many_connections(settings.overload_code);
                        Box::new(NotAdmitted::Close(close, [slot].into()))
                    }
                    _ => {
                        let close = too_many_connections(settings.overload_code);
                        let status = if too_many.is_of_key {
                            StatusCode::TOO_MANY_REQUESTS
                        } else {
                            StatusCode::SERVICE_UNAVAILABLE
                        };
                        let response = refuse_with_status(status, &close);
                        let log = Log {
                            error: "too many connections".to_owned(),
                            is_unforeseen: false,
                            phase: Phase::BeforeAccept,
                        };
                        Box::new(NotAdmitted::Http(response, log))
                    }
                });
            }
        }
    }
    if is_stopping {
        let close = Close::new(CloseCode::SERVICE_RESTART, "the server is stopping");
        return Err(match settings.refusal {
            Refusal::Close => Box::new(NotAdmitted::Close(close, slots.into())),
            Refusal::Http => refused(&close, "the server is stopping".to_owned()),
        });
    }
    Ok(slots.into())
}

fn too_many_connections(code: CloseCode) -> Close {
    Close::new(code, "too many connections")
}

fn refused(close: &Close, error: String) -> Box<NotAdmitted> {
    let log = Log {
        error,
        is_unforeseen: close.code() == CloseCode::INTERNAL_ERROR,
        phase: Phase::BeforeAccept,
    };
    Box::new(NotAdmitted::Http(refuse_with_http(close), log))
}
