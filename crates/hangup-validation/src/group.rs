//! Several parameters that are read together: what `#[derive(Params)]` writes.

use http::request::Parts;

use crate::context::EndpointContext;
use crate::describe::{Describe, RequestDescription};
use crate::error::ValidationError;
use crate::errors::Errors;
use crate::sources::Sources;

/// A struct whose fields are parameters. `#[derive(Params)]` writes it, together with axum's `FromRequestParts`.
#[doc(alias = "Depends")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of parameters",
    label = "cannot be used with `#[params]`",
    note = "derive `Params` on a struct whose fields are parameters"
)]
pub trait Params: Sized {
    /// Reads every parameter of the group, nested groups first. `None` means that errors were added.
    fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Self>;

    /// Says what the group reads, for documents, in the order of reading. Default: it says nothing.
    fn describe(request: &mut RequestDescription) {
        let _ = request;
    }
}

impl<P: Params> Describe for P {
    fn describe(request: &mut RequestDescription) {
        <P as Params>::describe(request);
    }
}

/// Reads a group from a request, outside of an endpoint: what the derived `FromRequestParts` calls.
///
/// # Errors
///
/// Every error of the request, without an endpoint.
pub fn extract<P: Params>(parts: &Parts) -> Result<P, ValidationError> {
    let sources = Sources::new(parts);
    let mut errors = Errors::new();
    match P::read(&sources, &mut errors) {
        Some(params) => Ok(params),
        None => Err(errors.into_error(EndpointContext::default())),
    }
}
