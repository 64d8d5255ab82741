//! `DeflateIf`: the requests whose connections may be compressed.

use std::{fmt, sync::Arc};

use http::request::Parts;

type Predicate = dyn Fn(&Parts) -> bool + Send + Sync;

/// For which requests [`Settings::deflate`](crate::Settings::deflate) holds.
#[derive(Clone)]
pub struct DeflateIf(Option<Arc<Predicate>>);

impl DeflateIf {
    /// For all that offer it (the default).
    #[must_use]
    pub const fn always() -> Self {
        Self(None)
    }

    /// For those for which this is true. It is asked once for each handshake that is admitted.
    #[must_use]
    pub fn predicate(is_allowed: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(is_allowed)))
    }

    pub(crate) fn allows(&self, parts: &Parts) -> bool {
        self.0.as_ref().is_none_or(|is_allowed| is_allowed(parts))
    }
}

impl Default for DeflateIf {
    fn default() -> Self {
        Self::always()
    }
}

impl fmt::Debug for DeflateIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "DeflateIf::predicate(_)"
        } else {
            "DeflateIf::always()"
        })
    }
}
