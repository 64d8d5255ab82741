//! The look-up: from an error to its ending, scope by scope outwards.

use std::{any::TypeId, fmt::Write, sync::Arc, time::Duration};

use axum::extract::OriginalUri;
use http::{HeaderValue, Uri, request::Parts};

use super::{Entry, ErrorHandlers, Found, Phase, Scene};
use crate::{
    error::{Carried, Ending, Error, catch_panic, ending_of, registered_promotion},
    params::EndpointContext,
    settings::Refusal,
    socket::Sender,
};

/// All that error handlers need, kept for as long as an endpoint runs below at least one scope of them.
pub(crate) struct Handling {
    /// The scopes around the endpoint, the nearest first.
    pub(crate) scopes: Arc<[Arc<ErrorHandlers>]>,
    pub(crate) endpoint: Arc<EndpointContext>,
    pub(crate) request: Parts,
    pub(crate) timeout: Duration,
}

impl Handling {
    /// Keeps what handlers need, if there are any. The request's bytes are copied out of the buffer that the HTTP
    /// connection has read them into, which would otherwise live as long as the endpoint.
    pub(crate) fn needed(
        scopes: &Arc<[Arc<ErrorHandlers>]>,
        endpoint: Arc<EndpointContext>,
        mut request: Parts,
        timeout: Duration,
    ) -> Option<Box<Self>> {
        if scopes.iter().all(|scope| scope.is_empty()) {
            return None;
        }
        for value in request.headers.values_mut() {
            let is_sensitive = value.is_sensitive();
            if let Ok(mut own) = HeaderValue::from_bytes(value.as_bytes()) {
                own.set_sensitive(is_sensitive);
                *value = own;
            }
        }
        if let Some(own) = copied(&request.uri) {
            request.uri = own;
        }
        if let Some(OriginalUri(original)) = request.extensions.get_mut()
            && let Some(own) = copied(original)
        {
            *original = own;
        }
        Some(Box::new(Self {
            scopes: Arc::clone(scopes),
            endpoint,
            request,
            timeout,
        }))
    }
}

/// The same URI in bytes of its own.
fn copied(uri: &Uri) -> Option<Uri> {
    uri.to_string().parse().ok()
}

/// Looks an error up: handlers first, the nearest scope first, then what the error's own type says. Gives the ending, and
/// for the log every error on the way, each with its chain of sources.
pub(crate) async fn resolve(
    error: Error,
    handling: Option<Box<Handling>>,
    phase: Phase,
    refusal: Refusal,
    socket: Option<Sender>,
) -> (Ending, String) {
    let Some(handling) = handling else {
        let error = promote(error, &[]).await;
        let log = error.with_sources();
        return (unhandled(error, refusal), log);
    };
    let Handling {
        scopes,
        endpoint,
        request,
        timeout,
    } = *handling;
    let is_over = phase == Phase::AfterAccept && socket.as_ref().is_none_or(Sender::is_closed);
    let scene = Arc::new(Scene {
        endpoint,
        phase,
        request,
        socket,
    });
    let mut log = String::new();
    let mut outwards = scopes.iter();
    let mut error = error;
    loop {
        error = promote(error, outwards.as_slice()).await;
        log.push_str(&error.with_sources());
        let is_unforeseen = is_unforeseen(&error, is_over, refusal);
        let Some((entry, place)) = outwards.find_map(|scope| scope.find(&error, is_unforeseen)) else {
            return (unhandled(error, refusal), log);
        };
        let scene = Arc::clone(&scene);
        match run_handler(entry, Found { error, place, scene }, timeout).await {
            Ok(ending) => return (ending, log),
            Err(raised) => error = raised,
        }
        let _ = write!(
            log,
            "; its handler for `{}` at {} failed: ",
            entry.error, entry.place
        );
    }
}

/// The ending that a handler gives, or the error that it raises: its own, a panic, or that it is too late.
async fn run_handler(entry: &Entry, found: Found, timeout: Duration) -> Result<Ending, Error> {
    let handler = catch_panic(async { (entry.run)(found).await });
    tokio::time::timeout(timeout, handler).await??
}

/// Whether nothing says how the error ends the connection, so that a catch-all is asked.
fn is_unforeseen(error: &Error, is_over: bool, refusal: Refusal) -> bool {
    match error.carried() {
        Carried::Answer(answer) => answer.is_internal(refusal),
        _ => ending_of(error).is_none() && !(is_over && error.disconnect().is_some()),
    }
}

/// How an error ends the connection that no handler takes.
fn unhandled(error: Error, refusal: Refusal) -> Ending {
    if let Some(ending) = ending_of(&error) {
        return ending;
    }
    match error.into_carried() {
        Carried::Answer(answer) => answer.into_ending(refusal),
        Carried::Error(..) | Carried::Report(_) | Carried::Rejection(_) => Ending::internal_error(),
    }
}

/// Turns a rejection into the error that it is, where a handler or `IntoClose` knows its type; else into the answer that it
/// gives.
async fn promote(error: Error, scopes: &[Arc<ErrorHandlers>]) -> Error {
    let rejection = match error.into_carried() {
        Carried::Rejection(rejection) => rejection,
        carried => return Error::from_carried(carried),
    };
    let type_id = rejection.type_id();
    let promotion = scopes
        .iter()
        .find_map(|scope| scope.by_type.get(&type_id)?.promote)
        .or_else(|| registered_promotion(type_id));
    let promoted = match promotion {
        Some(promotion) => rejection.promote(promotion),
        None => Err(rejection),
    };
    match promoted {
        Ok(error) => Error::from_boxed(error),
        Err(rejection) => Error::from_carried(Carried::Answer(rejection.answer().await)),
    }
}

impl ErrorHandlers {
    /// The handler for an error, and the place in its chain; the catch-all only if it may have the error.
    fn find(&self, error: &Error, may_catch_all: bool) -> Option<(&Entry, usize)> {
        let catch_all = TypeId::of::<Error>();
        let typed = (0..error.chain().count()).find_map(|place| {
            let mut entries = self.by_type.iter().filter(|(type_id, _)| **type_id != catch_all);
            entries.find_map(|(_, entry)| (entry.matches)(error, place).then_some((entry, place)))
        });
        typed.or_else(|| {
            self.by_type
                .get(&catch_all)
                .filter(|_| may_catch_all)
                .map(|entry| (entry, 0))
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::*;
    use crate::handlers::Failure;

    #[test]
    fn what_is_kept_of_a_request_has_bytes_of_its_own() {
        let head = Bytes::from(vec![b'/'; 10_000]);
        let buffer = head.as_ptr_range();
        let mut request = Request::new(()).into_parts().0;
        request.uri = Uri::from_maybe_shared(head.slice(..100)).unwrap();
        let original = Uri::from_maybe_shared(head.slice(..50)).unwrap();
        request.extensions.insert(OriginalUri(original));
        let value = HeaderValue::from_maybe_shared(head.slice(100..200)).unwrap();
        request.headers.insert("x", value);
        assert!(
            buffer.contains(&request.uri.path().as_ptr()),
            "it is shared at first"
        );

        let handlers = ErrorHandlers::new().on(async |_: Failure| hangup_protocol::CloseCode::INTERNAL_ERROR);
        let endpoint = Arc::new(EndpointContext {
            function: "f".into(),
            path: "/".into(),
            file: "f.rs".into(),
            line: 1,
        });
        let scopes: Arc<[Arc<ErrorHandlers>]> = [Arc::new(handlers)].into();
        let kept = Handling::needed(&scopes, endpoint, request, Duration::ZERO).unwrap();
        let original = kept.request.extensions.get::<OriginalUri>().unwrap();
        assert_eq!((kept.request.uri.path().len(), original.path().len()), (100, 50));
        for start in [
            kept.request.uri.path().as_ptr(),
            original.path().as_ptr(),
            kept.request.headers["x"].as_bytes().as_ptr(),
        ] {
            assert!(!buffer.contains(&start));
        }
    }
}
