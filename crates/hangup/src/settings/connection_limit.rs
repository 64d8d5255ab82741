//! `ConnectionLimit`: a bound on live connections, in total or for each peer.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A bound on live connections. Clones share one count.
#[derive(Clone)]
pub(crate) struct ConnectionLimit {
    bound: usize,
    is_per_peer: bool,
    live: Arc<Mutex<HashMap<Option<IpAddr>, Live>>>,
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
    peer: Option<IpAddr>,
    is_refusal: bool,
}

/// The bound is reached.
#[derive(Debug)]
pub(crate) struct TooMany {
    /// Counts a refusal with a Close frame; `None` if the number of refusals has reached the bound too.
    pub(crate) refusal: Option<Slot>,
}

impl ConnectionLimit {
    pub(crate) fn in_total(bound: usize) -> Self {
        Self {
            bound,
            is_per_peer: false,
            live: Arc::default(),
        }
    }

    pub(crate) fn per_peer(bound: usize) -> Self {
        Self {
            is_per_peer: true,
            ..Self::in_total(bound)
        }
    }

    pub(super) fn bound(&self) -> usize {
        self.bound
    }

    /// Whether both count the same connections.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.live, &other.live)
    }

    /// Counts a connection. `Ok(None)` if its peer is not known and the limit is per peer.
    pub(crate) fn admit(&self, client: Option<IpAddr>) -> Result<Option<Slot>, TooMany> {
        let peer = match (self.is_per_peer, client) {
            (false, _) => None,
            (true, Some(client)) => Some(network_of(client)),
            (true, None) => return Ok(None),
        };
        let slot = |is_refusal| Slot {
            limit: self.clone(),
            peer,
            is_refusal,
        };
        let mut all = self.live();
        let live = all.entry(peer).or_default();
        if live.admitted < self.bound {
            live.admitted += 1;
            return Ok(Some(slot(false)));
        }
        let refusal = (live.refusing < self.bound).then(|| {
            live.refusing += 1;
            slot(true)
        });
        if live.admitted + live.refusing == 0 {
            all.remove(&peer);
        }
        Err(TooMany { refusal })
    }

    fn live(&self) -> MutexGuard<'_, HashMap<Option<IpAddr>, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut all = self.limit.live();
        if let Some(live) = all.get_mut(&self.peer) {
            if self.is_refusal {
                live.refusing -= 1;
            } else {
                live.admitted -= 1;
            }
            if live.admitted + live.refusing == 0 {
                all.remove(&self.peer);
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
            .field("is_per_peer", &self.is_per_peer)
            .finish_non_exhaustive()
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
    fn a_bound_of_zero_admits_nobody_and_keeps_nothing() {
        let limit = ConnectionLimit::per_peer(0);
        assert!(limit.admit(client("10.0.0.1")).unwrap_err().refusal.is_none());
        assert!(limit.live().is_empty());
    }
}
