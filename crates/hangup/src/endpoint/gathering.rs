//! `Gathering`: extracts the arguments of a `#[websocket]` function, and collects every validation error.

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

    /// Runs an extractor. A validation error is kept, and the value is `None`. Any other rejection ends the request at
    /// once.
    pub async fn extract<T, S>(&mut self, parts: &mut Parts, state: &S) -> Result<Option<T>>
    where
        T: FromRequestParts<S, Rejection: Send + 'static>,
    {
        let error = match T::from_request_parts(parts, state).await {
            Ok(value) => return Ok(Some(value)),
            Err(rejection) => Error::rejected(rejection),
        };
        match error.downcast_ref::<ValidationError>() {
            Some(invalid) => {
                for item in invalid.errors() {
                    self.errors.push(item.clone());
                }
                Ok(None)
            }
            None => Err(error),
        }
    }

    /// Reads the endpoint's own parameters. `None` means that errors were added.
    pub fn read<T>(&mut self, parts: &Parts, read: fn(&Sources<'_>, &mut Errors) -> Option<T>) -> Option<T> {
        read(&Sources::new(parts), &mut self.errors)
    }

    /// All errors as one. The lifecycle adds the endpoint to it.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.errors.into_error(EndpointContext::default()).into()
    }
}
