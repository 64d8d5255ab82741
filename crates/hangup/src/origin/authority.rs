//! `Authority`: a host and an optional port, as in `Host`, in a URI and in an origin.

use std::{fmt, net::Ipv6Addr};

/// A host, in lower case or as an IPv6 address in canonical form (RFC 5952), and the port if it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    pub(super) host: Box<str>,
    pub(super) port: Option<u16>,
}

impl Authority {
    /// `None` if the text is not a host with an optional port. User information is not allowed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                let address: Ipv6Addr = address.parse().ok()?;
                (format!("[{address}]"), port)
            }
            None => {
                let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
                let is_host = !host.is_empty()
                    && host
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
                (is_host.then(|| host.to_ascii_lowercase())?, port)
            }
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            _ => return None,
        };
        Some(Self {
            host: host.into(),
            port,
        })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_host_is_taken_with_and_without_a_port() {
        for (text, shown) in [
            ("Example.COM", "example.com"),
            ("example.com:", "example.com"),
            ("localhost:8000", "localhost:8000"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[2001:DB8:0::1]:443", "[2001:db8::1]:443"),
            ("my_service", "my_service"),
        ] {
            assert_eq!(Authority::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn nothing_else_is_taken_for_a_host() {
        for text in [
            "",
            ":80",
            "a:b",
            "a:+1",
            "a:65536",
            "a:1:2",
            "user@a",
            "a/b",
            "a b",
            "a,b",
            "[::1",
            "[::1]80",
            "[a]",
            "::1",
            "bücher.example",
            "a\t",
            "a?b",
            "a#b",
        ] {
            assert_eq!(Authority::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_shown_in_a_form_that_is_taken_for_the_same(text in "\\PC{0,24}|[a-zA-Z0-9.:\\[\\]-]{1,24}") {
            if let Some(authority) = Authority::parse(&text) {
                prop_assert_eq!(Authority::parse(&authority.to_string()), Some(authority));
            }
        }

        #[test]
        fn every_ipv6_address_is_one_host_however_it_is_written(address: [u16; 8], port: u16) {
            let short = Ipv6Addr::from(address);
            let long = address.map(|group| format!("{group:04X}")).join(":");
            let parsed = Authority::parse(&format!("[{long}]:{port}"));
            prop_assert!(parsed.is_some());
            prop_assert_eq!(parsed, Authority::parse(&format!("[{short}]:{port}")));
        }
    }
}
