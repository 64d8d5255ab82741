//! `ConnectionLimit`: a bound on live connections, in total, of each peer or of each key of the user's.

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::request::Parts;

/// A bound on live connections. Clones share one count.
#[derive(Clone)]
pub(crate) struct ConnectionLimit {
    bound: usize,
    counts: Counts,
    live: Arc<Mutex<HashMap<Counted, Live>>>,
}

/// Which connections are counted together.
#[derive(Clone)]
enum Counts {
    All,
    OfPeer,
    OfKey(KeyOf),
}

/// The digest of a request's key; `None` where the limit does not count it.
type KeyOf = Arc<dyn Fn(&Parts) -> Option<u128> + Send + Sync>;

/// What connections have in common that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Counted {
    All,
    Peer(IpAddr),
    /// A digest: keys are as long as a client makes them.
    Key(u128),
}

/// How many connections are counted under one key.
#[derive(Default)]
struct Live {
    admitted: usize,
    /// Connections that are being refused; they have a bound too.
    refusing: usize,
}

/// One counted connection, until this is dropped.
pub(crate) struct Slot {
    limit: ConnectionLimit,
    counted: Counted,
    is_refusal: bool,
}

/// The bound is reached.
#[derive(Debug)]
pub(crate) struct TooMany {
    /// Counts a refusal with a Close frame; `None` if the number of refusals has reached the bound too.
    pub(crate) refusal: Option<Slot>,
    /// Whether it was the limit of a key.
    pub(crate) is_of_key: bool,
}

impl ConnectionLimit {
    pub(crate) fn in_total(bound: usize) -> Self {
        Self::of(Counts::All, bound)
    }

    pub(crate) fn per_peer(bound: usize) -> Self {
        Self::of(Counts::OfPeer, bound)
    }

    pub(super) fn per_key<K: Hash>(
        bound: usize,
        key: impl Fn(&Parts) -> Option<K> + Send + Sync + 'static,
    ) -> Self {
        // Two hashes with keys that nobody knows: together they are as good as the key.
        let hashers = [RandomState::new(), RandomState::new()];
        let digest = move |key: K| {
            let [high, low] = [&hashers[0], &hashers[1]].map(|hasher| u128::from(hasher.hash_one(&key)));
            high << 64 | low
        };
        Self::of(
            Counts::OfKey(Arc::new(move |parts| key(parts).map(&digest))),
            bound,
        )
    }

    fn of(counts: Counts, bound: usize) -> Self {
        Self {
            bound,
            counts,
            live: Arc::default(),
        }
    }

    pub(super) fn bound(&self) -> usize {
        self.bound
    }

    /// Whether both count the same connections.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.live, &other.live)
    }

    /// Takes a place for a connection whose request is not known; `Ok(None)` where the limit does not count it.
    pub(crate) fn admit(&self, client: Option<IpAddr>) -> Result<Option<Slot>, TooMany> {
        match (&self.counts, client) {
            (Counts::All, _) => self.take(Counted::All).map(Some),
            (Counts::OfPeer, Some(client)) => self.take(Counted::Peer(network_of(client))).map(Some),
            (Counts::OfPeer, None) | (Counts::OfKey(_), _) => Ok(None),
        }
    }

    /// Takes a place for the connection of a request; `Ok(None)` where the limit does not count it, as its peer or its
    /// key is not known. The key is found by a function of the user's.
    pub(crate) fn admit_request(
        &self,
        client: Option<IpAddr>,
        parts: &Parts,
    ) -> Result<Option<Slot>, TooMany> {
        match &self.counts {
            Counts::OfKey(key) => match key(parts) {
                Some(key) => self.take(Counted::Key(key)).map(Some),
                None => Ok(None),
            },
            Counts::All | Counts::OfPeer => self.admit(client),
        }
    }

    fn take(&self, counted: Counted) -> Result<Slot, TooMany> {
        let slot = |is_refusal| Slot {
            limit: self.clone(),
            counted,
            is_refusal,
        };
        let mut all = self.live();
        let live = all.entry(counted).or_default();
        if live.admitted < self.bound {
            live.admitted += 1;
            return Ok(slot(false));
        }
        let refusal = (live.refusing < self.bound).then(|| {
            live.refusing += 1;
            slot(true)
        });
        if live.admitted + live.refusing == 0 {
            all.remove(&counted);
        }
        Err(TooMany {
            refusal,
            is_of_key: matches!(counted, Counted::Key(_)),
        })
    }

    fn live(&self) -> MutexGuard<'_, HashMap<Counted, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut all = self.limit.live();
        if let Some(live) = all.get_mut(&self.counted) {
            if self.is_refusal {
                live.refusing -= 1;
            } else {
                live.admitted -= 1;
            }
            if live.admitted + live.refusing == 0 {
                all.remove(&self.counted);
            }
        }
    }
}

/// The peer under which connections are counted: an IPv4 address, or the IPv6 network of 64 bits that one customer has.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

impl fmt::Debug for ConnectionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionLimit")
            .field("bound", &self.bound)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "All",
            Self::OfPeer => "OfPeer",
            Self::OfKey(_) => "OfKey",
        })
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("is_refusal", &self.is_refusal)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_has_ended() {
        let limit = ConnectionLimit::in_total(2);
        let first = limit.admit(None).unwrap();
        let second = limit.clone().admit(client("10.0.0.1")).unwrap();
        assert!(first.is_some() && second.is_some());
        assert!(limit.admit(None).is_err());
        drop(first);
        assert!(limit.admit(None).is_ok());
        drop(second);
        assert!(
            limit.live().is_empty(),
            "nothing is kept of those that have ended"
        );
    }

    #[test]
    fn each_peer_has_its_own_bound_and_an_unknown_one_has_none() {
        let limit = ConnectionLimit::per_peer(1);
        let _first = limit.admit(client("10.0.0.1")).unwrap();
        assert!(limit.admit(client("10.0.0.1")).is_err());
        assert!(limit.admit(client("::ffff:10.0.0.1")).is_err());
        let _second = limit.admit(client("10.0.0.2")).unwrap();
        assert!(limit.admit(None).unwrap().is_none());
        let _third = limit.admit(client("2001:db8::1")).unwrap();
        assert!(limit.admit(client("2001:db8::ffff:1")).is_err());
        assert!(limit.admit(client("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn as_many_are_told_so_as_may_connect() {
        let limit = ConnectionLimit::in_total(1);
        let _first = limit.admit(None).unwrap();
        let told = limit.admit(None).unwrap_err().refusal;
        assert!(told.is_some());
        assert!(limit.admit(None).unwrap_err().refusal.is_none());
        drop(told);
        assert!(limit.admit(None).unwrap_err().refusal.is_some());
    }

    #[test]
    fn each_key_has_its_own_bound_and_nothing_is_kept_of_it() {
        let limit = ConnectionLimit::per_key(1, |parts| parts.uri.query().map(str::to_owned));
        let parts = |uri: String| http::Request::get(uri).body(()).unwrap().into_parts().0;
        let admit = |uri: &str| limit.admit_request(None, &parts(uri.to_owned()));
        let first = admit("/?ann").unwrap();
        assert!(admit("/?ann").unwrap_err().is_of_key);
        let _bob = admit("/?bob").unwrap();
        assert!(admit("/").unwrap().is_none(), "it has no key");
        assert!(limit.admit(client("10.0.0.1")).unwrap().is_none());
        drop(first);
        assert!(admit("/?ann").unwrap().is_some());
        for number in 0..1000 {
            let _ = admit(&format!("/?{number}"));
        }
        assert_eq!(limit.live().len(), 1, "more is kept than the key that is live");
    }

    #[test]
    fn a_bound_of_zero_admits_nobody_and_keeps_nothing() {
        let limit = ConnectionLimit::per_peer(0);
        assert!(limit.admit(client("10.0.0.1")).unwrap_err().refusal.is_none());
        assert!(limit.live().is_empty());
    }
}
