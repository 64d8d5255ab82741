//! Origins and proxies: which pages may connect, and where a request comes from (RFC 6455, section 10.2).
//!
//! Browsers let every page open a WebSocket to every server, and send cookies with it. So the server checks the header
//! `Origin`: by default only pages of its own origin may connect, and others are answered with HTTP 403. A request
//! without `Origin` comes from no browser, and passes.
//!
//! ```
//! use hangup::{
//!     Settings,
//!     origin::{Origins, TrustedProxies},
//! };
//!
//! let settings = Settings::new()
//!     .allowed_origins(Origins::list(["https://app.example.com"]))
//!     .trusted_proxies(TrustedProxies::list(["10.0.0.0/8"]));
//! ```
//!
//! | to | use |
//! |---|---|
//! | allow pages of the own origin, of a list, or all | [`Origins`] in [`Settings::allowed_origins`](crate::Settings::allowed_origins) |
//! | trust the forwarded headers of a reverse proxy | [`TrustedProxies`] in [`Settings::trusted_proxies`](crate::Settings::trusted_proxies) |
//!
//! Behind a proxy that is not trusted, all clients have the address of the proxy: limits for one address count them
//! together, and the log cannot tell them apart.

mod addressing;
mod allowed;
mod authority;
mod hops;
mod proxies;
mod serialized;

use std::fmt;

use http::{header, request::Parts};

use crate::logged;

pub(crate) use self::addressing::Addressing;
#[cfg(feature = "tls")]
pub(crate) use self::addressing::OverTls;
use self::authority::Authority;
pub use self::{
    allowed::Origins,
    proxies::{InvalidNetwork, Network, TrustedProxies},
    serialized::{InvalidOrigin, Origin},
};

/// A page that is not allowed to connect.
#[derive(Debug)]
pub(crate) struct Stranger {
    origin: String,
    /// The host that the client asked for.
    authority: Option<Authority>,
}

/// Checks the header `Origin` of a handshake. A request without it comes from no page, and passes.
pub(crate) fn check(parts: &Parts, addressing: &Addressing, allowed: &Origins) -> Result<(), Stranger> {
    let mut lines = parts.headers.get_all(header::ORIGIN).iter();
    let Some(first) = lines.next() else {
        return Ok(());
    };
    if allowed.is_any() {
        return Ok(());
    }
    let Addressing {
        authority, scheme, ..
    } = addressing;
    let only = first.to_str().ok().filter(|_| lines.next().is_none());
    if only == Some("null") && allowed.allow_null() {
        return Ok(());
    }
    let origin = only.and_then(|origin| origin.parse().ok());
    if origin.is_some_and(|origin| allowed.allow(&origin, authority.as_ref(), *scheme)) {
        return Ok(());
    }
    Err(Stranger {
        origin: logged::name(String::from_utf8_lossy(first.as_bytes())).to_string(),
        authority: authority.clone(),
    })
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a page of the origin `{}` is not allowed to connect",
            self.origin
        )?;
        if let Some(authority) = &self.authority {
            write!(f, " to `{}`", logged::name(authority))?;
        }
        f.write_str("; Settings::allowed_origins has the allowed ones")
    }
}
