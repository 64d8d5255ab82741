//! The headers in which proxies describe the request that they received: `Forwarded` (RFC 7239) and `X-Forwarded-*`.

use std::{
    collections::HashSet,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, header};

use super::authority::Authority;

/// What one proxy says about the request that it received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Its sender.
    pub(super) client: Option<IpAddr>,
    /// The host that was asked for.
    pub(super) authority: Option<Authority>,
    /// `http` or `https`.
    pub(super) scheme: Option<&'static str>,
}

/// The hops in `Forwarded`, the one nearest to the client first; none if the header is malformed.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    elements(headers, header::FORWARDED)
        .and_then(|text| parse(&text))
        .unwrap_or_default()
}

/// The hops in `X-Forwarded-For`, the one nearest to the client first, with `X-Forwarded-Host` and `X-Forwarded-Proto`.
/// If those have as many values as there are hops, each hop gets its own; otherwise the hop nearest to us gets the last.
pub(super) fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let read = |name| elements(headers, HeaderName::from_static(name)).unwrap_or_default();
    let clients = read("x-forwarded-for");
    let mut hops: Vec<Hop> = values(&clients)
        .map(|client| Hop {
            client: address(client),
            ..Hop::default()
        })
        .collect();
    let authorities = read("x-forwarded-host");
    let schemes = read("x-forwarded-proto");
    if hops.is_empty() && !(authorities.is_empty() && schemes.is_empty()) {
        hops.push(Hop::default());
    }
    for (hop, value) in of_hops(&mut hops, &authorities) {
        hop.authority = Authority::parse(value);
    }
    for (hop, value) in of_hops(&mut hops, &schemes) {
        hop.scheme = scheme(value);
    }
    hops
}

/// All lines of a header as one (RFC 9110, section 5.3).
fn elements(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Option<Vec<_>> = headers
        .get_all(name)
        .iter()
        .map(|line| line.to_str().ok())
        .collect();
    lines.map(|lines| lines.join(","))
}

fn values(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|value| !value.is_empty())
}

fn of_hops<'a>(hops: &'a mut [Hop], text: &'a str) -> impl Iterator<Item = (&'a mut Hop, &'a str)> {
    let count = values(text).count();
    let skipped = if count == hops.len() {
        (0, 0)
    } else {
        (hops.len().saturating_sub(1), count.saturating_sub(1))
    };
    hops.iter_mut().skip(skipped.0).zip(values(text).skip(skipped.1))
}

/// Some proxies write `ws` and `wss` for the schemes of a WebSocket.
fn scheme(text: &str) -> Option<&'static str> {
    let is = |name: &&str| text.eq_ignore_ascii_case(name);
    if ["http", "ws"].iter().any(is) {
        Some("http")
    } else if ["https", "wss"].iter().any(is) {
        Some("https")
    } else {
        None
    }
}

/// An address with an optional port. With a port, an IPv6 address is in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || {
        text.strip_prefix('[')?
            .strip_suffix(']')?
            .parse()
            .ok()
            .map(IpAddr::V6)
    };
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
        .or_else(bracketed)
        .map(|address| address.to_canonical())
}

/// `for=192.0.2.43;proto=https, for="[2001:db8::17]:4711"` (RFC 7239, section 4).
fn parse(text: &str) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    let mut rest = text;
    loop {
        let mut hop = Hop::default();
        let mut seen = HashSet::new();
        loop {
            rest = rest.trim_start_matches([' ', '\t']);
            let name_end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(name_end);
            rest = behind;
            if !name.is_empty() {
                let name = name.to_ascii_lowercase();
                let (value, behind) = value(rest.strip_prefix('=')?)?;
                rest = behind;
                match name.as_str() {
                    "for" => hop.client = address(&value),
                    "host" => hop.authority = Authority::parse(&value),
                    "proto" => hop.scheme = scheme(&value),
                    _ => {}
                }
                if !seen.insert(name) {
                    return None;
                }
            }
            rest = rest.trim_start_matches([' ', '\t']);
            match rest.strip_prefix(';') {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        if !seen.is_empty() {
            hops.push(hop);
        }
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => return rest.is_empty().then_some(hops),
        }
    }
}

/// A token or a quoted string (RFC 9110, section 5.6), and the rest of the text.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| !is_token(c)).unwrap_or(text.len());
        let (token, behind) = text.split_at(end);
        return (!token.is_empty()).then(|| (token.to_owned(), behind));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    /// `client authority scheme` of each hop.
    fn shown(hops: &[Hop]) -> String {
        let hop = |hop: &Hop| {
            let client = hop.client.map_or("-".to_owned(), |client| client.to_string());
            let authority = hop.authority.as_ref().map_or("-".to_owned(), ToString::to_string);
            format!("{client} {authority} {}", hop.scheme.unwrap_or("-"))
        };
        hops.iter().map(hop).collect::<Vec<_>>().join(", ")
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        for (text, hops) in [
            ("for=\"_gazonk\"", "- - -"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17 - -"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60 - http"),
            (
                "for=192.0.2.43, for=198.51.100.17",
                "192.0.2.43 - -, 198.51.100.17 - -",
            ),
            (
                "proto=WSS ; host=\"App.example:8443\"",
                "- app.example:8443 https",
            ),
            ("for=unknown;host=\"a\\.b\"", "- a.b -"),
            (", ,for=192.0.2.1;,", "192.0.2.1 - -"),
            ("", ""),
            // Malformed.
            ("for=192.0.2.1;for=192.0.2.2", ""),
            ("for=\"192.0.2.1", ""),
            ("for=", ""),
            ("for 192.0.2.1", ""),
            ("for=a b", ""),
            ("for=[::1]", ""),
        ] {
            assert_eq!(
                shown(&forwarded(&headers(&[("forwarded", text)]))),
                hops,
                "{text:?}"
            );
        }
    }

    /// As many as a header of the largest size holds: with a search through all for each this would take minutes.
    #[test]
    fn a_hundred_thousand_parameters_are_read_as_fast_as_they_come() {
        let parameters = |count: usize| (0..count).map(|n| format!("p{n}=1;")).collect::<String>();
        let begun = std::time::Instant::now();
        let hops = parse(&(parameters(100_000) + "for=192.0.2.1")).unwrap();
        assert_eq!(shown(&hops), "192.0.2.1 - -");
        assert_eq!(parse(&(parameters(100_000) + "p0=1")), None);
        assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    }

    #[test]
    fn lines_of_one_header_are_one_list() {
        let lines = [("forwarded", "for=192.0.2.1"), ("forwarded", "for=192.0.2.2")];
        assert_eq!(
            shown(&forwarded(&headers(&lines))),
            "192.0.2.1 - -, 192.0.2.2 - -"
        );
    }

    #[test]
    fn what_x_forwarded_says_is_put_together() {
        let read = |clients: &str, hosts: &str, schemes: &str| {
            let mut lines = Vec::new();
            for (name, value) in [
                ("x-forwarded-for", clients),
                ("x-forwarded-host", hosts),
                ("x-forwarded-proto", schemes),
            ] {
                if !value.is_empty() {
                    lines.push((name, value));
                }
            }
            shown(&x_forwarded(&headers(&lines)))
        };
        assert_eq!(read("192.0.2.1", "a:81", "https"), "192.0.2.1 a:81 https");
        assert_eq!(read("192.0.2.1, ::1", "a", "ws"), "192.0.2.1 - -, ::1 a http");
        assert_eq!(
            read("192.0.2.1,::1", "a,b", "http,https"),
            "192.0.2.1 a http, ::1 b https"
        );
        assert_eq!(read("192.0.2.1:80, [::1]:80", "", ""), "192.0.2.1 - -, ::1 - -");
        assert_eq!(read("", "a, b", ""), "- b -");
        assert_eq!(read("unknown", "a b", "ftp"), "- - -");
        assert_eq!(read("", "", ""), "");
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parsers_panic(
            text in "([a-z]{0,5}[=;, \"\\\\\\[\\]:.0-9-]{0,4}|for=|host=|\"){0,12}"
        ) {
            let Ok(value) = HeaderValue::from_str(&text) else { return Ok(()) };
            for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"] {
                let headers = HeaderMap::from_iter([(HeaderName::from_static(name), value.clone())]);
                forwarded(&headers);
                x_forwarded(&headers);
            }
        }

        #[test]
        fn every_address_is_read_back_from_a_quoted_one(address: u128, port: u16) {
            let address = IpAddr::V6(address.into());
            let text = format!("for=\"[{address}]:{port}\"");
            prop_assert_eq!(parse(&text).unwrap()[0].client, Some(address.to_canonical()));
        }
    }
}
