//! `Gathering`: the arguments of a `#[websocket]` function, taken from the request with every validation error.

use std::{any::Any, sync::Arc};

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    error::{Error, Result},
    params::{EndpointContext, Errors, Sources, ValidationError},
};

/// The validation errors so far: those of extractors first, then those of the endpoint's own parameters.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Gathering {
    errors: Errors,
}

impl Gathering {
    /// No error so far.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            errors: Errors::new(),
        }
    }

    /// Runs an extractor. A validation error is kept, and then there is no value; any other rejection ends the
    /// request at once.
    pub async fn extract<T, S>(&mut self, parts: &mut Parts, state: &S) -> Result<Option<T>>
    where
        T: FromRequestParts<S, Rejection: Send + 'static>,
    {
        let rejection = match T::from_request_parts(parts, state).await {
            Ok(value) => return Ok(Some(value)),
            Err(rejection) => rejection,
        };
        let any: &dyn Any = &rejection;
        let invalid = any
            .downcast_ref::<ValidationError>()
            .or_else(|| any.downcast_ref::<Error>()?.downcast_ref());
        match invalid {
            Some(invalid) => {
                for item in invalid.errors() {
                    self.errors.push(item.clone());
                }
                Ok(None)
            }
            None => Err(Error::rejected(rejection)),
        }
    }

    /// Reads the endpoint's own parameters. `None` means that errors were added.
    pub fn read<T>(&mut self, parts: &Parts, read: fn(&Sources<'_>, &mut Errors) -> Option<T>) -> Option<T> {
        read(&Sources::new(parts), &mut self.errors)
    }

    /// All errors as one, with the endpoint that the lifecycle has left in the request.
    #[must_use]
    pub fn into_error(self, parts: &Parts) -> Error {
        let endpoint = parts.extensions.get::<Arc<EndpointContext>>();
        let endpoint = endpoint.map(|endpoint| EndpointContext::clone(endpoint));
        self.errors.into_error(endpoint.unwrap_or_default()).into()
    }
}
