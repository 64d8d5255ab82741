//! `CookieJar`: the cookies of a test client, as a browser keeps them (RFC 6265, section 5).

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, header};
use tokio::time::Instant;

/// The cookies of a [`TestClient`](super::TestClient): what its responses set, its requests and handshakes send.
///
/// There is one host, so `Domain`, `Secure`, `HttpOnly` and `SameSite` are not looked at; `Path`, `Max-Age` and
/// `Expires` are. Clones are handles to the same jar. A cookie that expires does so in tokio's time.
#[derive(Clone, Default)]
pub struct CookieJar(Arc<Mutex<Vec<Cookie>>>);

#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    expires: Option<Instant>,
}

impl CookieJar {
    /// The value of a cookie; of several with that name, that of the longest path.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let cookies = self.live();
        let named = cookies.iter().filter(|cookie| cookie.name == name);
        named
            .max_by_key(|cookie| cookie.path.len())
            .map(|cookie| cookie.value.clone())
    }

    /// Sets a cookie for all paths.
    pub fn set(&self, name: &str, value: impl fmt::Display) {
        self.insert(Cookie {
            name: name.to_owned(),
            value: value.to_string(),
            path: "/".to_owned(),
            expires: None,
        });
    }

    /// Removes a cookie, of all paths.
    pub fn remove(&self, name: &str) {
        self.live().retain(|cookie| cookie.name != name);
    }

    /// Removes all.
    pub fn clear(&self) {
        self.live().clear();
    }

    /// What a request for this target sends, the longest paths first.
    pub(super) fn pairs(&self, target: &str) -> Vec<(String, String)> {
        let path = path_of(target);
        let mut cookies: Vec<_> = self
            .live()
            .iter()
            .filter(|cookie| cookie.matches(path))
            .cloned()
            .collect();
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        cookies
            .into_iter()
            .map(|cookie| (cookie.name, cookie.value))
            .collect()
    }

    /// Keeps what the response to a request for this target sets.
    pub(super) fn store(&self, target: &str, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            if let Some(cookie) = Cookie::parse(&String::from_utf8_lossy(line.as_bytes()), path_of(target)) {
                self.insert(cookie);
            }
        }
    }

    fn insert(&self, cookie: Cookie) {
        let mut cookies = self.live();
        cookies.retain(|other| other.name != cookie.name || other.path != cookie.path);
        cookies.push(cookie);
    }

    /// The cookies that have not expired.
    fn live(&self) -> MutexGuard<'_, Vec<Cookie>> {
        let mut cookies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.retain(|cookie| cookie.expires.is_none_or(|expires| expires > Instant::now()));
        cookies
    }
}

impl Cookie {
    /// RFC 6265, section 5.2.
    fn parse(line: &str, request_path: &str) -> Option<Self> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        let mut cookie = Self {
            name: name.to_owned(),
            value: value.trim().to_owned(),
            path: default_path(request_path).to_owned(),
            expires: None,
        };
        let mut max_age = None;
        for attribute in parts {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "path" => default_path(request_path).clone_into(&mut cookie.path),
                "max-age" => max_age = value.parse::<i64>().ok().or(max_age),
                "expires" => cookie.expires = expiry(value).or(cookie.expires),
                _ => {}
            }
        }
        if let Some(seconds) = max_age {
            let seconds = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
            cookie.expires = Some(crate::settings::deadline(seconds));
        }
        Some(cookie)
    }

    /// RFC 6265, section 5.1.4.
    fn matches(&self, path: &str) -> bool {
        match path.strip_prefix(&*self.path) {
            Some(rest) => rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'),
            None => false,
        }
    }
}

/// When an HTTP date will be, in tokio's time.
fn expiry(date: &str) -> Option<Instant> {
    let date = httpdate::parse_http_date(date).ok()?;
    let left = date.duration_since(SystemTime::now()).unwrap_or_default();
    Some(crate::settings::deadline(left))
}

fn path_of(target: &str) -> &str {
    target.split(['?', '#']).next().unwrap_or_default()
}

/// The directory of a path.
fn default_path(path: &str) -> &str {
    match path.rsplit_once('/') {
        None | Some(("", _)) => "/",
        Some((directory, _)) => directory,
    }
}

impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cookies = self.live();
        f.debug_map()
            .entries(cookies.iter().map(|cookie| (&cookie.name, &cookie.value)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// What is sent to `target` after a response to `/a/b` with these lines.
    fn sent(lines: &[&'static str], target: &str) -> String {
        let jar = CookieJar::default();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        jar.store("/a/b?x=/y", &headers);
        let pairs = jar.pairs(target).into_iter();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[tokio::test(start_paused = true)]
    async fn cookies_are_kept_as_rfc_6265_says() {
        for (lines, target, expected) in [
            (&["n=v"][..], "/a", "n=v"),
            (&["n=v"], "/a/c/d?q", "n=v"),
            (&["n=v"], "/ab", ""),
            (&["n=v"], "/", ""),
            (&["n=v; Path=/"], "/x", "n=v"),
            (&["n=v; path=/x; HttpOnly; Secure; SameSite=Lax"], "/x/y", "n=v"),
            (&["n=v; Path=nonsense"], "/a/z", "n=v"),
            (&["n=1; Path=/", "n=2; Path=/"], "/", "n=2"),
            (&["n=1; Path=/", "m=2"], "/a/b", "m=2; n=1"),
            (&["n=v; Path=/; Max-Age=0"], "/", ""),
            (&["n=v; Path=/; Max-Age=-1"], "/", ""),
            (&["n=v; Path=/; Max-Age=60"], "/", "n=v"),
            (&["n=v; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", ""),
            (
                &["n=v; Path=/; Expires=Fri, 31 Dec 2100 00:00:00 GMT"],
                "/",
                "n=v",
            ),
            (
                &["n=v; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"],
                "/",
                "n=v",
            ),
            (&["n=v; Path=/", "n=; Path=/; Max-Age=0"], "/", ""),
            (&["n = a=b ; Path=/"], "/", "n=a=b"),
            (&["=v; Path=/", "nothing", "x=\"q\"; Path=/"], "/", "x=\"q\""),
        ] {
            assert_eq!(sent(lines, target), expected, "{lines:?} {target}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cookie_expires_in_tokios_time() {
        let jar = CookieJar::default();
        let line = HeaderValue::from_static("n=v; Max-Age=60");
        jar.store("/", &HeaderMap::from_iter([(header::SET_COOKIE, line)]));
        jar.set("kept", 1);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(jar.get("n").as_deref(), Some("v"));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((jar.get("n"), jar.get("kept").as_deref()), (None, Some("1")));
        jar.remove("kept");
        assert_eq!(jar.get("kept"), None);
    }
}
