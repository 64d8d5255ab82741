//! `Origin`: the page that a request comes from, as its scheme, host and port (RFC 6454).

use std::{error, fmt, str::FromStr};

use super::authority::Authority;

/// The origin of a page: a scheme, a host and a port (RFC 6454, section 4).
///
/// It is parsed from its serialisation, as in the header `Origin`. Comparison ignores the case of hosts and the form of
/// IPv6 addresses. The default port of a scheme equals no port.
///
/// ```
/// use hangup::origin::Origin;
///
/// let origin: Origin = "https://App.Example:443".parse()?;
/// assert_eq!(origin, "https://app.example".parse()?);
/// assert_eq!((origin.scheme(), origin.host(), origin.port()), ("https", "app.example", Some(443)));
/// assert!("https://app.example/chat".parse::<Origin>().is_err());
/// # Ok::<(), hangup::origin::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Box<str>,
    authority: Authority,
}

impl Origin {
    /// The scheme, in lower case.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, in lower case; an IPv6 address in brackets; empty for `file://`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.authority.host
    }

    /// The port, also if it is the default of the scheme; `None` for a scheme without ports.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.authority.port
    }

    /// `http` for `ws` and `https` for `wss`: native libraries build the origin from the URL of the connection.
    fn web_scheme(&self) -> &str {
        match &*self.scheme {
            "ws" => "http",
            "wss" => "https",
            scheme => scheme,
        }
    }

    /// Whether a listed origin allows this one.
    pub(super) fn is_named_by(&self, listed: &Self) -> bool {
        self.web_scheme() == listed.web_scheme() && self.authority == listed.authority
    }

    /// Whether a server that is addressed like this is of this origin. Without a scheme, it uses that of the origin, and
    /// the default port of it.
    pub(super) fn is_of(&self, authority: &Authority, scheme: Option<&str>) -> bool {
        let default = match &*self.scheme {
            "http" | "https" | "ws" | "wss" => default_port(&self.scheme),
            _ => return false,
        };
        scheme.is_none_or(|scheme| *scheme == *self.web_scheme())
            && authority.host == self.authority.host
            && authority.port.or(default) == self.authority.port
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let parse = || {
            let (scheme, authority) = text.split_once("://")?;
            let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
            let scheme = is_scheme.then(|| scheme.to_ascii_lowercase())?;
            let default = default_port(&scheme);
            let mut authority = match authority {
                "" if default.is_none() => Authority {
                    host: "".into(),
                    port: None,
                },
                authority => Authority::parse(authority)?,
            };
            authority.port = authority.port.or(default);
            Some(Self {
                scheme: scheme.into(),
                authority,
            })
        };
        parse().ok_or_else(|| InvalidOrigin(text.into()))
    }
}

impl TryFrom<&str> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: &str) -> Result<Self, InvalidOrigin> {
        text.parse()
    }
}

impl TryFrom<String> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: String) -> Result<Self, InvalidOrigin> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority.host)?;
        match self.authority.port {
            Some(port) if default_port(&self.scheme) != Some(port) => write!(f, ":{port}"),
            _ => Ok(()),
        }
    }
}

/// A text that is not an [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOrigin(Box<str>);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an origin: ", self.0)?;
        match &*self.0 {
            "null" => f.write_str(
                "every page without an origin sends it; to allow all of them, add `.or_null()` after the list",
            ),
            _ => f.write_str(
                "write a scheme, a host in ASCII, and a port if it is not the default, and nothing else, such as \
                 `https://app.example:8443`",
            ),
        }
    }
}

impl error::Error for InvalidOrigin {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_origin_is_shown_as_browsers_write_it() {
        for (text, shown) in [
            ("HTTP://Localhost:80", "http://localhost"),
            ("https://a:80", "https://a:80"),
            ("http://[::0:1]:8000", "http://[::1]:8000"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
            ("file://", "file://"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_origin_is_named_with_what_to_write() {
        for text in [
            "",
            "null",
            "app.example",
            "https://",
            "https://a/",
            "https://a b",
            "https://a, https://b",
            "*",
            "https://*.a",
            "://a",
            "1http://a",
            "https://u@a",
        ] {
            let error = text.parse::<Origin>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is not an origin: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn an_origin_is_compared_with_what_the_server_is_addressed_as() {
        let of = |origin: &str, host: &str, scheme| {
            let origin: Origin = origin.parse().unwrap();
            origin.is_of(&Authority::parse(host).unwrap(), scheme)
        };
        assert!(of("http://a", "A:80", None));
        assert!(of("https://a:443", "a", None));
        assert!(of("https://a", "a", Some("https")));
        assert!(!of("http://a", "a", Some("https")));
        assert!(!of("http://a", "a:443", None));
        assert!(!of("http://a:8000", "a", None));
        assert!(!of("http://a.b", "b", None));
        assert!(!of("chrome-extension://a", "a", None));
        assert!(of("ws://a", "a:80", None) && of("wss://a:443", "a", Some("https")));
        assert!(!of("ws://a", "a", Some("https")) && !of("wss://a", "a:80", None));
    }

    proptest! {
        #[test]
        fn whatever_is_an_origin_is_shown_in_a_form_that_is_the_same_origin(
            text in "\\PC{0,24}|(http|https|ws|app)://[a-zA-Z0-9.:\\[\\]-]{0,24}"
        ) {
            if let Ok(origin) = text.parse::<Origin>() {
                prop_assert_eq!(origin.to_string().parse(), Ok(origin));
            }
        }
    }
}
