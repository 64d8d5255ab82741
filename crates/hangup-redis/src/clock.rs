//! `ServerClock`: the time of the server, as it was last seen.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The server's time in milliseconds since 1970, carried on by the clock of this process: ages do not depend on the system time of nodes.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(Instant, u64)>>);

impl ServerClock {
    /// The server has given this time since then.
    pub(crate) fn set(&self, asked: Instant, server: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((asked, server));
    }

    /// How long ago that was by the server's clock; nothing while that is not known.
    pub(crate) fn age(&self, then: u64) -> Duration {
        let seen = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map_or(Duration::ZERO, |(asked, server)| {
            let now = Duration::from_millis(server).saturating_add(asked.elapsed());
            now.saturating_sub(Duration::from_millis(then))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn ages_grow_with_the_clock_of_this_process() {
        let clock = ServerClock::default();
        assert_eq!(clock.age(0), Duration::ZERO);
        clock.set(Instant::now(), 10_000);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.age(9_000), Duration::from_secs(3));
        assert_eq!(clock.age(20_000), Duration::ZERO, "clocks differ a little");
    }
}
