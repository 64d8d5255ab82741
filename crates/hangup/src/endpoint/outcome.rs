//! What an endpoint may return.

use crate::error::{DeclaredClose, Error, IntoClose, Result};

/// What an endpoint may return: `()`, [`Result`](crate::Result), or a `Result<(), E>` with `E: IntoClose`; with the
/// features `anyhow` and `eyre` a result of theirs too.
#[diagnostic::on_unimplemented(
    message = "an endpoint cannot return `{Self}`",
    note = "return `hangup::Result`, which takes any error by `?`, or `Result<(), E>` with `E: hangup::IntoClose`"
)]
pub trait IntoOutcome {
    #[doc(hidden)]
    fn into_outcome(self) -> Result<(), Error>;

    /// The closes that the type of the error stands for.
    #[doc(hidden)]
    fn closes() -> Vec<DeclaredClose> {
        Vec::new()
    }
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Result<(), Error> {
        Ok(())
    }
}

impl IntoOutcome for Result<(), Error> {
    fn into_outcome(self) -> Result<(), Error> {
        self
    }
}

impl<E: IntoClose> IntoOutcome for Result<(), E> {
    fn into_outcome(self) -> Result<(), Error> {
        self.map_err(Error::closing)
    }

    fn closes() -> Vec<DeclaredClose> {
        E::closes()
    }
}

#[cfg(feature = "anyhow")]
impl IntoOutcome for Result<(), anyhow::Error> {
    fn into_outcome(self) -> Result<(), Error> {
        self.map_err(Error::from)
    }
}

#[cfg(feature = "eyre")]
impl IntoOutcome for Result<(), eyre::Report> {
    fn into_outcome(self) -> Result<(), Error> {
        self.map_err(Error::from)
    }
}
