//! Reports of `anyhow` and `eyre`, kept as they are: so what was added to them as context is found by its type.

use std::{
    any::Any,
    error::Error as StdError,
    fmt::{Debug, Display},
};

/// A report of either crate. There is none where neither feature is on.
pub(crate) enum ErrorReport {
    #[cfg(feature = "anyhow")]
    Anyhow(anyhow::Error),
    #[cfg(feature = "eyre")]
    Eyre(eyre::Report),
}

impl ErrorReport {
    /// Takes the error, if it is a report.
    pub(super) fn take<E: 'static>(error: &mut Option<E>) -> Option<Self> {
        let error: &mut dyn Any = error;
        #[cfg(feature = "anyhow")]
        if let Some(report) = error.downcast_mut::<Option<anyhow::Error>>() {
            return report.take().map(Self::Anyhow);
        }
        #[cfg(feature = "eyre")]
        if let Some(report) = error.downcast_mut::<Option<eyre::Report>>() {
            return report.take().map(Self::Eyre);
        }
        let _ = error;
        None
    }

    /// The outermost error.
    pub(super) fn head(&self) -> &(dyn StdError + 'static) {
        match *self {
            #[cfg(feature = "anyhow")]
            Self::Anyhow(ref report) => &**report,
            #[cfg(feature = "eyre")]
            Self::Eyre(ref report) => &**report,
        }
    }

    /// The error of that type in the report, also where it was added as context.
    pub(super) fn find<T>(&self) -> Option<&T>
    where
        T: Display + Debug + Send + Sync + 'static,
    {
        match *self {
            #[cfg(feature = "anyhow")]
            Self::Anyhow(ref report) => report.downcast_ref(),
            #[cfg(feature = "eyre")]
            Self::Eyre(ref report) => report.downcast_ref(),
        }
    }
}
