//! Any field of an error as a `dyn Error`: for `#[close(transparent)]`.

use std::error::Error as StdError;

/// Called as a method, so that a box or a report, which are no errors themselves, are looked into.
#[doc(hidden)]
pub trait AsError {
    fn as_error(&self) -> &(dyn StdError + 'static);
}

impl<E: StdError + 'static> AsError for E {
    fn as_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsError for dyn StdError + 'static {
    fn as_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsError for dyn StdError + Send + 'static {
    fn as_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}

impl AsError for dyn StdError + Send + Sync + 'static {
    fn as_error(&self) -> &(dyn StdError + 'static) {
        self
    }
}
