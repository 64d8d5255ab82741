//! `Origins`: which pages may connect.

use std::{fmt, panic::Location, sync::Arc};

use super::{authority::Authority, serialized::Origin};

/// Which pages may connect, by their origin. The check prevents that a page of another site uses the cookies of your
/// user (cross-site WebSocket hijacking).
///
/// A browser sends `Origin` with each handshake, and a page cannot change it. A request without it comes from no
/// page, and passes. Other requests are answered with HTTP 403 before the endpoint runs, with any
/// [`Refusal`](crate::Refusal).
///
/// ```
/// use hangup::{App, Settings, origin::Origins};
///
/// // The pages of the server itself, and those of one other site.
/// let app: App = App::new().settings(
///     Settings::new().allowed_origins(Origins::list(["https://app.example"]).or_same()),
/// );
/// ```
///
/// Native libraries often send `ws://host` or `wss://host`, which count as `http://host` or `https://host`.
///
/// # Apps
///
/// The pages of an app have an origin with their own scheme, which a list can contain:
///
/// | app | origin |
/// |---|---|
/// | Capacitor | `capacitor://localhost` (iOS), `https://localhost` (Android) |
/// | Ionic | `ionic://localhost` |
/// | Tauri | `tauri://localhost`, `http://tauri.localhost` (Windows, Android) |
/// | a browser extension | `chrome-extension://ID`, `moz-extension://ID` |
/// | Electron with a custom scheme | `app://-`, `app://NAME` |
/// | Electron or a web view that loads files | `file://`, or `null`: see [`or_null`](Self::or_null) |
///
/// `http://localhost`, `https://localhost` and `file://` are shared by all apps of a device: they do not identify one.
///
/// ```
/// use hangup::origin::Origins;
///
/// let apps = ["capacitor://localhost", "tauri://localhost", "chrome-extension://abcdef", "app://-"];
/// let origins = Origins::list(apps).or_same();
/// ```
#[derive(Clone)]
#[doc(alias = "CORS")]
#[doc(alias = "check_origin")]
pub struct Origins {
    same: bool,
    null: bool,
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
    /// The pages of the server itself (the default). Host and port come from the header `Host`, or from a
    /// [trusted proxy](crate::origin::TrustedProxies). The scheme comes from such a proxy, or is `https` if the server
    /// itself uses TLS; otherwise `http` and `https` both pass.
    #[must_use]
    pub fn same() -> Self {
        Self {
            same: true,
            null: false,
            others: Others::None,
        }
    }

    /// These origins and no other: `https://app.example`, `http://localhost:3000`.
    ///
    /// # Panics
    ///
    /// If a text is not an origin; the message says what to write. A parsed [`Origin`] cannot panic.
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
            null: false,
            others: Others::List(origins.into_iter().map(parse).collect()),
        }
    }

    /// The origins for which the function returns true. It is not called for values that are not an origin, which are
    /// refused, nor for `null`, which is refused unless [`or_null`](Self::or_null) is set.
    ///
    /// ```
    /// use hangup::origin::Origins;
    ///
    /// let tenants = Origins::predicate(|origin| {
    ///     origin.scheme() == "https" && origin.host().ends_with(".app.example")
    /// });
    /// ```
    #[must_use]
    pub fn predicate(is_allowed: impl Fn(&Origin) -> bool + Send + Sync + 'static) -> Self {
        Self {
            same: false,
            null: false,
            others: Others::Predicate(Arc::new(is_allowed)),
        }
    }

    /// Every page of every site. Use it for public services, where neither a cookie nor the network identifies the
    /// client.
    #[must_use]
    pub fn any() -> Self {
        Self {
            same: false,
            null: false,
            others: Others::Any,
        }
    }

    /// Allows the pages of the server itself in addition.
    #[must_use]
    pub fn or_same(mut self) -> Self {
        self.same = true;
        self
    }

    /// Allows pages whose origin is `null` in addition: sandboxed frames, files, `data:` URLs, some apps.
    ///
    /// Any site can create such a page (`<iframe sandbox>`), so `null` identifies no site. Use it only where nothing
    /// that a browser adds by itself, such as a cookie, identifies the client.
    ///
    /// ```
    /// use hangup::origin::Origins;
    ///
    /// let origins = Origins::list(["https://app.example"]).or_null();
    /// ```
    #[must_use]
    #[doc(alias = "null")]
    pub fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    pub(super) fn allow_null(&self) -> bool {
        self.null
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self.others, Others::Any)
    }

    /// Whether a page may connect to a server that is addressed like this.
    pub(super) fn allow(&self, origin: &Origin, authority: Option<&Authority>, scheme: Option<&str>) -> bool {
        let is_same = || authority.is_some_and(|authority| origin.is_of(authority, scheme));
        self.same && is_same()
            || match &self.others {
                Others::None => false,
                Others::List(origins) => origins.iter().any(|listed| origin.is_named_by(listed)),
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
        shown.field("same", &self.same).field("null", &self.null);
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
    #[should_panic(expected = "`https://app.example/` is not an origin: write a scheme")]
    fn a_list_is_checked_when_it_is_made() {
        let _ = Origins::list(["https://app.example/"]);
    }
}
