//! `DeflateIf`: the requests for which compression may be agreed.

use std::{fmt, sync::Arc};

use http::request::Parts;

type Predicate = dyn Fn(&Parts) -> bool + Send + Sync;

/// The requests to which [`Settings::deflate`](crate::Settings::deflate) applies.
#[derive(Clone)]
pub struct DeflateIf(Option<Arc<Predicate>>);

impl DeflateIf {
    /// All requests that offer it (the default).
    #[must_use]
    pub const fn always() -> Self {
        Self(None)
    }

    /// The requests for which the function returns true. It is called once for each admitted handshake.
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
