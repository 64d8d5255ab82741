//! Whether a request may reach its endpoint at all.

use hangup_protocol::{Close, CloseCode, DeflateConfig};
use http::{StatusCode, request::Parts};

use super::verdict::{Cause, HttpRefusal, Verdict};
use crate::{
    error::{catch_panic_now, refuse_with_http, refuse_with_status},
    logged,
    origin::{self, Addressing},
    settings::{Refusal, Resolved, Slot},
};

/// Why nothing of the endpoint runs.
pub(super) enum NotAdmitted {
    /// The answer is this response, whatever the [`Refusal`].
    Http(Box<HttpRefusal>),
    /// The handshake is completed, and this is said over it; the places are those of the connection meanwhile.
    Close(Verdict, Box<[Slot]>),
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
    let checked = catch_panic_now(|| origin::check(parts, addressing, &settings.allowed_origins));
    let stranger = match checked {
        Ok(Ok(())) => None,
        Ok(Err(stranger)) => Some(stranger.to_string()),
        Err(panic) => return Err(refused(&CloseCode::INTERNAL_ERROR.into(), panic.to_string())),
    };
    let forbidden = || Close::new(CloseCode::FORBIDDEN, "origin not allowed");
    if let Some(stranger) = &stranger
        && settings.refusal_without_endpoint == Refusal::Http
    {
        return Err(refused(&forbidden(), stranger.clone()));
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
                        Box::new(NotAdmitted::Close(by_reason(close), [slot].into()))
                    }
                    _ => {
                        let close = too_many_connections(settings.overload_code);
                        let status = if too_many.is_of_key {
                            StatusCode::TOO_MANY_REQUESTS
                        } else {
                            StatusCode::SERVICE_UNAVAILABLE
                        };
                        let response = refuse_with_status(status, &close);
                        let cause = Cause::info("too many connections");
                        Box::new(NotAdmitted::Http(HttpRefusal::new(response, cause)))
                    }
                });
            }
        }
    }
    if let Some(stranger) = stranger {
        // It has its place among the connections until it is closed.
        let verdict = Verdict::not_admitted(forbidden(), stranger);
        return Err(Box::new(NotAdmitted::Close(verdict, slots.into())));
    }
    if is_stopping {
        let close = Close::new(CloseCode::SERVICE_RESTART, "the server is stopping");
        return Err(match settings.refusal {
            Refusal::Close => Box::new(NotAdmitted::Close(by_reason(close), slots.into())),
            Refusal::Http => refused(&close, "the server is stopping".to_owned()),
        });
    }
    Ok(slots.into())
}

fn by_reason(close: Close) -> Verdict {
    let error = close.reason().to_string();
    Verdict::not_admitted(close, error)
}

fn too_many_connections(code: CloseCode) -> Close {
    Close::new(code, "too many connections")
}

fn refused(close: &Close, error: String) -> Box<NotAdmitted> {
    let cause = match close.code() {
        CloseCode::INTERNAL_ERROR => Cause::fault(error),
        _ => Cause::info(error),
    };
    Box::new(NotAdmitted::Http(HttpRefusal::new(
        refuse_with_http(close),
        cause,
    )))
}
