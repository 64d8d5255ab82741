//! What an endpoint may return.

use crate::error::{Error, IntoClose, Result};

/// What an endpoint may return: `()`, [`Result`](crate::Result), or a `Result<(), E>` with `E: IntoClose`; with the
/// features `anyhow` and `eyre` a result of theirs too.
#[diagnostic::on_unimplemented(
    message = "an endpoint cannot return `{Self}`",
    note = "return `hangup::Result`, which takes any error by `?`, or `Result<(), E>` with `E: hangup::IntoClose`"
)]
pub trait IntoOutcome {
    #[doc(hidden)]
    fn into_outcome(self) -> Result<(), Error>;
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
