//! A refusal in place of an endpoint: one that fails at once.

use std::{
    convert::Infallible,
    panic::Location,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use http::request::Parts;

use crate::{
    endpoint::{Description, Endpoint, Handshake},
    error::{Error, Result},
    lifecycle::{Logged, serve},
    metrics::RouteMetrics,
    params::EndpointContext,
    scope::Scope,
};

/// Answers an opening handshake as an endpoint does that fails with this error before `accept`.
pub(crate) async fn refuse_handshake(
    mut request: Request,
    error: Error,
    place: &'static Location<'static>,
) -> Response {
    let template = request.extensions().get::<MatchedPath>();
    let template = template.map(|path| path.as_str().to_owned());
    let mut metrics = RouteMetrics::default();
    metrics.become_of(template.as_deref());
    let context = EndpointContext {
        function: NAME.into(),
        path: template.unwrap_or_else(|| request.uri().path().to_owned()).into(),
        file: place.file().into(),
        line: place.line(),
    };
    let scope = request
        .extensions_mut()
        .remove::<Arc<Scope>>()
        .unwrap_or_default();
    let endpoint = Failing(Arc::new(Mutex::new(Some(error))));
    let mut response = serve(endpoint, Arc::new(context), metrics, scope, request, ()).await;
    response.extensions_mut().insert(Logged);
    response
}

/// What the log has where the name of an endpoint stands.
const NAME: &str = "refuse";

/// An endpoint that fails with this error.
#[derive(Clone)]
struct Failing(Arc<Mutex<Option<Error>>>);

/// Tells the compiler that it is another kind of endpoint than a function.
struct AtOnce;

impl Endpoint<AtOnce, ()> for Failing {
    type Arguments = Infallible;

    fn describe(&self) -> Description {
        Description {
            function: NAME,
            declared_at: None,
            documentation: "",
            settings: None,
            receives: None,
            sends: None,
        }
    }

    async fn extract(&self, _: &mut Parts, (): &()) -> Result<Infallible> {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        debug_assert!(error.is_some(), "it is asked once");
        Err(error.unwrap_or_else(|| "a refusal is asked for twice".into()))
    }

    async fn run(self, _: Handshake, arguments: Infallible) -> Result<(), Error> {
        match arguments {}
    }
}
