//! The look-up: from an error to its ending, scope by scope outwards.

use std::{any::TypeId, fmt::Write, sync::Arc, time::Duration};

use axum::extract::OriginalUri;
use http::{HeaderValue, Uri, request::Parts};

use super::{Entry, ErrorHandlers, Found, Phase, Scene};
use crate::{
    error::{Ending, Error, Kind, catch_panic, registered_promotion},
    params::{EndpointContext, ValidationError},
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

/// How a failed endpoint ends, and what the log is told of it.
pub(crate) struct Resolution {
    pub(crate) ending: Ending,
    /// All validation errors, where the Close frame may have too little room for them.
    pub(crate) message: Option<String>,
    /// Every error on the way, each with its chain of sources.
    pub(crate) log: String,
    /// Whether nobody had foreseen the error: it closes with 1011 and is logged as an error.
    pub(crate) is_unforeseen: bool,
}

impl Resolution {
    fn foreseen(ending: Ending, log: String) -> Self {
        Self {
            ending,
            message: None,
            log,
            is_unforeseen: false,
        }
    }
}

/// Looks an error up: handlers first, the nearest scope first, then what the error's own type says.
pub(crate) async fn resolve(
    mut error: Error,
    handling: Option<Box<Handling>>,
    phase: Phase,
    socket: Option<Sender>,
) -> Resolution {
    let mut log = String::new();
    let is_over = phase == Phase::AfterAccept && socket.as_ref().is_none_or(Sender::is_closed);
    let (scopes, timeout, scene) = match handling {
        Some(handling) => {
            let Handling {
                scopes,
                endpoint,
                request,
                timeout,
            } = *handling;
            (
                scopes,
                timeout,
                Some(Arc::new(Scene {
                    endpoint,
                    phase,
                    request,
                    socket,
                })),
            )
        }
        None => (Arc::default(), Duration::ZERO, None),
    };
    let mut outwards = scopes.iter();
    loop {
        error = promote(error, outwards.as_slice());
        log.push_str(&error.with_sources());
        let own = Ending::of(&error);
        let has_left = is_over && error.disconnect().is_some();
        let says_nothing = own.is_none() && !has_left && matches!(error.kind(), Kind::Error(..));
        let found = outwards.find_map(|scope| scope.find(&error, says_nothing));
        let (Some((entry, place)), Some(scene)) = (found, &scene) else {
            return unhandled(error, own, log).await;
        };
        let found = Found {
            error,
            place,
            scene: Arc::clone(scene),
        };
        let handler = catch_panic(async { (entry.run)(found).await });
        error = match tokio::time::timeout(timeout, handler).await {
            Ok(Ok(Ok(ending))) => return Resolution::foreseen(ending, log),
            Ok(Ok(Err(raised))) => raised,
            Ok(Err(panic)) => panic.into(),
            Err(elapsed) => elapsed.into(),
        };
        let _ = write!(
            log,
            "; its handler for `{}` at {} failed: ",
            entry.error, entry.place
        );
    }
}

async fn unhandled(error: Error, own: Option<Ending>, mut log: String) -> Resolution {
    if let Some(ending) = own {
        let message = error.downcast_ref().map(ValidationError::to_json);
        return Resolution {
            message,
            ..Resolution::foreseen(ending, log)
        };
    }
    if error.disconnect().is_some() {
        return Resolution::foreseen(Ending::PeerLeft, log);
    }
    let Kind::Rejection(rejection) = error.into_kind() else {
        return Resolution {
            is_unforeseen: true,
            ..Resolution::foreseen(Ending::internal_error(), log)
        };
    };
    let (ending, text) = rejection.into_ending().await;
    let _ = write!(log, " ({text})");
    let is_unforeseen = matches!(ending, Ending::Close(_));
    Resolution {
        is_unforeseen,
        ..Resolution::foreseen(ending, log)
    }
}

/// Turns a rejection into the error that it is, where a handler or `IntoClose` knows its type.
fn promote(error: Error, scopes: &[Arc<ErrorHandlers>]) -> Error {
    match error.into_kind() {
        kind @ Kind::Error(..) => Error::from_kind(kind),
        Kind::Rejection(rejection) => {
            let type_id = rejection.type_id();
            let promotion = scopes
                .iter()
                .find_map(|scope| scope.by_type.get(&type_id)?.promote)
                .or_else(|| registered_promotion(type_id));
            let Some(promotion) = promotion else {
                return Error::from_rejection(rejection);
            };
            match rejection.promote(promotion) {
                Ok(error) => Error::from_boxed(error),
                Err(rejection) => Error::from_rejection(rejection),
            }
        }
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
