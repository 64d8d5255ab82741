//! `Addressing`: the client of a request, and the host that it asked for, with the headers of trusted proxies.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{header, request::Parts};

use super::{
    authority::Authority,
    hops::{self, Hop},
    proxies::TrustedProxies,
};

/// The client of a request, and how it addressed the server.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Addressing {
    /// The address of the client; `None` if the server does not provide it.
    pub(crate) client: Option<IpAddr>,
    /// The host and the port that the client has asked for.
    pub(super) authority: Option<Authority>,
    /// `http` or `https`, if a trusted proxy says so, or if the server itself uses TLS.
    pub(super) scheme: Option<&'static str>,
}

/// Marks a request that reached the server itself over TLS.
#[cfg(feature = "tls")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

impl Addressing {
    pub(crate) fn of(parts: &Parts, proxies: &TrustedProxies) -> Self {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|peer| peer.0.ip().to_canonical());
        let trusted = if proxies.contain_peer(peer) {
            trusted(parts, peer, proxies)
        } else {
            Self {
                client: peer,
                ..Self::default()
            }
        };
        Self {
            authority: trusted.authority.or_else(|| requested(parts)),
            scheme: trusted.scheme.or_else(|| own_scheme(parts)),
            ..trusted
        }
    }
}

/// The host in the request itself: a URI in absolute form overrides `Host` (RFC 9112, section 3.2.2).
fn requested(parts: &Parts) -> Option<Authority> {
    match parts.uri.authority() {
        Some(authority) => Authority::parse(authority.as_str()),
        None => Authority::parse(parts.headers.get(header::HOST)?.to_str().ok()?),
    }
}

/// The scheme of the server itself. Without TLS it is unknown: behind an unlisted proxy it may be `https`.
fn own_scheme(parts: &Parts) -> Option<&'static str> {
    #[cfg(feature = "tls")]
    if parts.extensions.get::<OverTls>().is_some() {
        return Some("https");
    }
    let _ = parts;
    None
}

/// What a trusted peer says. Where its two ways of saying it do not agree, one may be the client's own.
fn trusted(parts: &Parts, peer: Option<IpAddr>, proxies: &TrustedProxies) -> Addressing {
    fn agreed<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<T> {
        match (one, other) {
            (Some(one), Some(other)) => (one == other).then_some(one),
            (one, other) => one.or(other),
        }
    }
    let walk = |hops: &[Hop]| walk(hops, peer, proxies);
    let one = walk(&hops::forwarded(&parts.headers));
    let other = walk(&hops::x_forwarded(&parts.headers));
    Addressing {
        client: agreed(one.client, other.client).or(peer),
        authority: agreed(one.authority, other.authority),
        scheme: agreed(one.scheme, other.scheme),
    }
}

/// Goes from proxy to proxy towards the client, as long as they are trusted.
fn walk(hops: &[Hop], peer: Option<IpAddr>, proxies: &TrustedProxies) -> Addressing {
    let mut found = Addressing::default();
    let mut teller = peer;
    for hop in hops.iter().rev() {
        if !proxies.contain_peer(teller) {
            break;
        }
        found.authority = hop.authority.clone().or(found.authority);
        found.scheme = hop.scheme.or(found.scheme);
        match hop.client {
            Some(client) => {
                found.client = Some(client);
                teller = Some(client);
            }
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// `client authority scheme` of a request with these headers from this peer, behind `10.0.0.0/8`.
    fn resolve(peer: Option<&str>, headers: &[(&str, &str)]) -> String {
        let mut request = Request::builder().header("host", "inner:8000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            let peer = SocketAddr::new(peer.parse().unwrap(), 1);
            parts.extensions.insert(ConnectInfo(peer));
        }
        let found = Addressing::of(&parts, &TrustedProxies::list(["10.0.0.0/8"]));
        let client = found.client.map_or("-".to_owned(), |client| client.to_string());
        let authority = found.authority.map_or("-".to_owned(), |found| found.to_string());
        format!("{client} {authority} {}", found.scheme.unwrap_or("-"))
    }

    const X: [(&str, &str); 3] = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "app.example"),
        ("x-forwarded-proto", "https"),
    ];

    const FORWARDED: (&str, &str) = ("forwarded", "for=192.0.2.1;host=app.example;proto=https");

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        for headers in [&X[..], &[FORWARDED]] {
            assert_eq!(resolve(Some("10.0.0.1"), headers), "192.0.2.1 app.example https");
            assert_eq!(
                resolve(Some("::ffff:10.0.0.1"), headers),
                "192.0.2.1 app.example https"
            );
            assert_eq!(resolve(Some("192.0.2.9"), headers), "192.0.2.9 inner:8000 -");
            assert_eq!(resolve(None, headers), "- inner:8000 -");
        }
        assert_eq!(resolve(Some("10.0.0.1"), &[]), "10.0.0.1 inner:8000 -");
        assert_eq!(resolve(Some("10.0.0.1"), &X[2..]), "10.0.0.1 inner:8000 https");
    }

    #[test]
    fn what_the_client_has_written_before_the_first_trusted_proxy_is_not_believed() {
        let forged = [("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.0.0.2")];
        assert_eq!(resolve(Some("10.0.0.1"), &forged), "192.0.2.1 inner:8000 -");
        let forged = [(
            "forwarded",
            "for=1.1.1.1;host=evil;proto=http, for=192.0.2.1;host=app, for=10.0.0.2;proto=wss",
        )];
        assert_eq!(resolve(Some("10.0.0.1"), &forged), "192.0.2.1 app https");
        let all_ours = [("x-forwarded-for", "10.0.0.3, 10.0.0.2")];
        assert_eq!(resolve(Some("10.0.0.1"), &all_ours), "10.0.0.3 inner:8000 -");
        let hidden = [("forwarded", "for=1.1.1.1, for=_hidden;host=app, for=10.0.0.2")];
        assert_eq!(resolve(Some("10.0.0.1"), &hidden), "10.0.0.2 app -");
    }

    #[test]
    fn a_proxy_without_an_address_is_believed_where_that_is_set() {
        let mut request = Request::builder().header("host", "inner:8000");
        for (name, value) in X {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        for (proxies, client) in [
            (TrustedProxies::list(["10.0.0.0/8"]), None),
            (TrustedProxies::none().unaddressed(), Some([192, 0, 2, 1].into())),
        ] {
            assert_eq!(Addressing::of(&parts, &proxies).client, client);
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_server_with_tls_is_https_unless_a_trusted_proxy_says_otherwise() {
        let resolve = |peer: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().header("host", "inner:8443");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            let peer = SocketAddr::new(peer.parse().unwrap(), 1);
            parts.extensions.insert(ConnectInfo(peer));
            parts.extensions.insert(OverTls);
            Addressing::of(&parts, &TrustedProxies::list(["10.0.0.0/8"])).scheme
        };
        let says_http = [("x-forwarded-proto", "http")];
        assert_eq!(resolve("192.0.2.9", &[]), Some("https"));
        assert_eq!(resolve("192.0.2.9", &says_http), Some("https"));
        assert_eq!(resolve("10.0.0.1", &[]), Some("https"));
        assert_eq!(resolve("10.0.0.1", &says_http), Some("http"));
    }

    #[test]
    fn two_headers_that_do_not_agree_are_not_believed() {
        let agreed = [X[0], X[1], X[2], FORWARDED];
        assert_eq!(resolve(Some("10.0.0.1"), &agreed), "192.0.2.1 app.example https");
        let forged = [
            X[0],
            X[1],
            X[2],
            ("forwarded", "for=1.1.1.1;host=evil;proto=http"),
        ];
        assert_eq!(resolve(Some("10.0.0.1"), &forged), "10.0.0.1 inner:8000 -");
        let malformed = [X[0], X[1], X[2], ("forwarded", "for=1.1.1.1 host")];
        assert_eq!(
            resolve(Some("10.0.0.1"), &malformed),
            "192.0.2.1 app.example https"
        );
    }
}
