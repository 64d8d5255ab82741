//! `Backoff`: the waits between tries, with jitter.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// The waits between tries: each is a random part of a bound that doubles from try to try, up to a limit. For engines, which reconnect for
/// ever.
///
/// ```
/// use std::time::Duration;
/// use hangup::hub::Backoff;
///
/// let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
/// assert!(backoff.wait() <= Duration::from_millis(50));
/// assert!(backoff.wait() <= Duration::from_millis(100));
/// backoff.reset(); // once a try has succeeded
/// ```
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    limit: Duration,
    next: Duration,
}

impl Backoff {
    /// The bound of the first wait, and the largest of all.
    #[must_use]
    pub const fn new(first: Duration, limit: Duration) -> Self {
        Self {
            first,
            limit,
            next: first,
        }
    }

    /// The next wait: between a half and the whole of its bound.
    pub fn wait(&mut self) -> Duration {
        let bound = self.next.min(self.limit);
        self.next = bound.saturating_mul(2);
        let random = (RandomState::new().hash_one(()) >> 11) as f64 / (1_u64 << 53) as f64;
        bound.mul_f64(0.5 + random / 2.0)
    }

    /// The next wait is a first one again.
    pub const fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_limit_and_differ() {
        let (first, limit) = (Duration::from_millis(100), Duration::from_secs(1));
        let waits = |()| -> Vec<Duration> {
            let mut backoff = Backoff::new(first, limit);
            std::iter::repeat_with(|| backoff.wait()).take(10).collect()
        };
        let (some, others) = (waits(()), waits(()));
        assert_ne!(
            some, others,
            "nodes that lost their connection at once come back at different times"
        );
        for (number, wait) in some.iter().enumerate() {
            let bound = (first * 2_u32.pow(number as u32)).min(limit);
            assert!(*wait <= bound && *wait >= bound / 2, "{number}: {wait:?}");
        }
    }
}
