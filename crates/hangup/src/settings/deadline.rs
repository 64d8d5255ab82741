//! When a wait ends.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any process runs, and within the range of the clock.
pub(crate) const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The end of a wait that begins now. With `Duration::MAX` the wait has no end.
pub(crate) fn deadline(wait: Duration) -> Instant {
    deadline_from(Instant::now(), wait)
}

/// The end of a wait that began at `begun`.
pub(crate) fn deadline_from(begun: Instant, wait: Duration) -> Instant {
    begun.checked_add(wait.min(FAR)).unwrap_or(begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_is_no_overflow() {
        let now = Instant::now();
        assert!(deadline_from(now, Duration::MAX) > now + Duration::from_secs(1_000_000));
        assert_eq!(
            deadline_from(now, Duration::from_secs(5)),
            now + Duration::from_secs(5)
        );
    }
}
