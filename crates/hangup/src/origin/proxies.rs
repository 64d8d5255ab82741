//! `TrustedProxies`: the reverse proxies whose forwarded headers are trusted.

use std::{
    error, fmt,
    net::{AddrParseError, IpAddr},
    panic::Location,
    str::FromStr,
    sync::Arc,
};

use ipnet::IpNet;

/// The reverse proxies whose forwarded headers are trusted, by address.
///
/// The headers are `Forwarded` (RFC 7239), `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Proto`. They give the
/// address of the client, and the host and the scheme that it asked for. From other senders they are ignored. If
/// `Forwarded` and `X-Forwarded-*` disagree, both are ignored. A listed proxy must set or remove all of these headers: a
/// proxy that passes them on lets a client choose its own address.
///
/// The address of the peer is known under [`App::serve`](crate::App::serve), and in an axum router that is served
/// with [`into_make_service_with_connect_info::<SocketAddr>()`](axum::Router::into_make_service_with_connect_info).
///
/// ```
/// use hangup::{App, Settings, origin::TrustedProxies};
///
/// let app: App = App::new().settings(
///     Settings::new().trusted_proxies(TrustedProxies::list(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])),
/// );
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias = "forwarded-allow-ips")]
#[doc(alias = "X-Forwarded-For")]
pub struct TrustedProxies {
    networks: Arc<[Network]>,
    trusts_unaddressed: bool,
}

impl TrustedProxies {
    /// No proxies (the default).
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These addresses and networks.
    ///
    /// # Panics
    ///
    /// If a text is neither; the message says what to write. A parsed [`Network`] cannot panic.
    #[must_use]
    #[track_caller]
    pub fn list<I>(networks: I) -> Self
    where
        I: IntoIterator,
        I::Item: TryInto<Network, Error: fmt::Display>,
    {
        let place = Location::caller();
        let parse = |network: I::Item| match network.try_into() {
            Ok(network) => network,
            Err(error) => panic!("{error} (at {place})"),
        };
        Self {
            networks: networks.into_iter().map(parse).collect(),
            trusts_unaddressed: false,
        }
    }

    /// These, and every peer that has no IP address: the proxy on the other end of a Unix socket. Only for a server
    /// whose socket nobody else can open.
    #[must_use]
    pub fn unaddressed(mut self) -> Self {
        self.trusts_unaddressed = true;
        self
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The same of a peer that may have no address.
    pub(crate) fn contain_peer(&self, address: Option<IpAddr>) -> bool {
        address.map_or(self.trusts_unaddressed, |address| self.contain(address))
    }
}

/// An address, `192.0.2.7`, or a network of addresses, `10.0.0.0/8` or `fd00::/8`.
///
/// An IPv4 address that is mapped into IPv6 counts as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Whether it contains an address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical().into())
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let address: Result<IpAddr, AddrParseError> = text.parse();
        match address {
            Ok(address) => Ok(address.into()),
            Err(_) => text
                .parse()
                .map(|network: IpNet| Self(network.trunc()))
                .map_err(|_| InvalidNetwork(text.into())),
        }
    }
}

impl TryFrom<&str> for Network {
    type Error = InvalidNetwork;

    fn try_from(text: &str) -> Result<Self, InvalidNetwork> {
        text.parse()
    }
}

impl TryFrom<String> for Network {
    type Error = InvalidNetwork;

    fn try_from(text: String) -> Result<Self, InvalidNetwork> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is not a [`Network`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidNetwork(Box<str>);

impl fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not an address or a network: write `192.0.2.7`, `10.0.0.0/8` or `fd00::/8`",
            self.0
        )
    }
}

impl error::Error for InvalidNetwork {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_behind_its_prefix() {
        for (network, address, is_inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("fd00::/8", "fdab::1", true),
            ("fd00::/8", "fe80::1", false),
            ("0.0.0.0/0", "::1", false),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(
                network.contains(address.parse().unwrap()),
                is_inside,
                "{network} {address}"
            );
        }
    }

    #[test]
    #[should_panic(expected = "`10.0.0.0/33` is not an address or a network: write")]
    fn a_list_is_checked_when_it_is_made() {
        let _ = TrustedProxies::list(["10.0.0.0/33"]);
    }
}
