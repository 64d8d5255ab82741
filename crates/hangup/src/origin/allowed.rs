//! `Origins`: which pages may connect.

use std::{fmt, panic::Location, sync::Arc};

use super::{authority::Authority, serialized::Origin};

/// Which pages may connect, by their origin: the check that keeps the page of another site from using the cookies of
/// your user (cross-site WebSocket hijacking).
///
/// A browser sends `Origin` with each handshake, and a page cannot change it. A request without it comes from no
/// page, and passes. One that does not pass is answered with HTTP 403 before anything of the endpoint runs, whatever
/// the [`Refusal`](crate::Refusal).
///
/// ```
/// use hangup::{App, Origins, Settings};
///
/// // The pages of the server itself, and those of one other site.
/// let app: App = App::new().settings(
///     Settings::new().allowed_origins(Origins::list(["https://app.example"]).or_same()),
/// );
/// ```
#[derive(Clone)]
#[doc(alias = "CORS")]
#[doc(alias = "check_origin")]
pub struct Origins {
    same: bool,
    others: Others,
}

#[derive(Clone)]
enum Others {
    None,
    List(Arc<[Origin]>),
    Predicate(Arc<dyn Fn(&Origin) -> bool + Send + Sync>),
    Any,
}

impl Origins {
    /// The pages of the server itself (the default): host and port are those of the header `Host`, or what a
    /// [trusted proxy](crate::TrustedProxies) says that they are. The scheme is what such a proxy says, and `https` where
    /// the server itself speaks TLS; else `http` and `https` both pass.
    #[must_use]
    pub fn same() -> Self {
        Self {
            same: true,
            others: Others::None,
        }
    }

    /// These origins and no other: `https://app.example`, `http://localhost:3000`.
    ///
    /// # Panics
    ///
    /// If a text is no origin; the message says what to write. One that is parsed already, as an [`Origin`], cannot
    /// panic.
    #[must_use]
    #[track_caller]
    pub fn list<I>(origins: I) -> Self
    where
        I: IntoIterator,
        I::Item: TryInto<Origin, Error: fmt::Display>,
    {
        let place = Location::caller();
        let parse = |origin: I::Item| match origin.try_into() {
            Ok(origin) => origin,
            Err(error) => panic!("{error} (at {place})"),
        };
        Self {
            same: false,
            others: Others::List(origins.into_iter().map(parse).collect()),
        }
    }

    /// The origins for which this is true. What is no origin, `null` above all, is refused without asking.
    ///
    /// ```
    /// use hangup::Origins;
    ///
    /// let tenants = Origins::predicate(|origin| {
    ///     origin.scheme() == "https" && origin.host().ends_with(".app.example")
    /// });
    /// ```
    #[must_use]
    pub fn predicate(is_allowed: impl Fn(&Origin) -> bool + Send + Sync + 'static) -> Self {
        Self {
            same: false,
            others: Others::Predicate(Arc::new(is_allowed)),
        }
    }

    /// Every page of every site. Right for what is public, and where no cookie and no place in the network says who
    /// the client is.
    #[must_use]
    pub fn any() -> Self {
        Self {
            same: false,
            others: Others::Any,
        }
    }

    /// Those, and the pages of the server itself.
    #[must_use]
    pub fn or_same(mut self) -> Self {
        self.same = true;
        self
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self.others, Others::Any)
    }

    /// Whether a page may connect to the server that is addressed so.
    pub(super) fn allow(&self, origin: &Origin, authority: Option<&Authority>, scheme: Option<&str>) -> bool {
        let is_same = || authority.is_some_and(|authority| origin.is_of(authority, scheme));
        self.same && is_same()
            || match &self.others {
                Others::None => false,
                Others::List(origins) => origins.contains(origin),
                Others::Predicate(is_allowed) => is_allowed(origin),
                Others::Any => true,
            }
    }
}

impl Default for Origins {
    fn default() -> Self {
        Self::same()
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Origins");
        shown.field("same", &self.same);
        match &self.others {
            Others::None => shown.finish(),
            Others::List(origins) => shown.field("list", origins).finish(),
            Others::Predicate(_) => shown.field("predicate", &format_args!("_")).finish(),
            Others::Any => shown.field("any", &true).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "`https://app.example/` is no origin: write a scheme")]
    fn a_list_is_checked_when_it_is_made() {
        let _ = Origins::list(["https://app.example/"]);
    }
}
