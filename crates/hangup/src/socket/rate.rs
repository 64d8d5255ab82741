//! How many messages a peer may send in a second: a generic cell rate algorithm, so one instant is the whole bucket.

use std::time::Duration;

use tokio::time::Instant;

/// What comes while the peer is not read from comes at once afterwards. It is allowed at the same rate, until the peer
/// has sent nothing for so long.
const CATCH_UP: Duration = Duration::from_secs(1);

/// What a peer has sent of the messages that it may: so many a second, as many of them at once.
#[derive(Debug)]
pub(super) struct Rate {
    /// When the peer would have sent what it has, had it sent at its rate.
    paid_until: Instant,
    reading: Reading,
}

#[derive(Clone, Copy, Debug)]
enum Reading {
    /// What the peer does not send in time is no claim for later.
    InTime,
    /// The peer is not read from.
    Paused,
    /// What was sent in a pause is read; the last of it came then.
    CatchingUp { last: Instant },
}

impl Rate {
    pub(super) fn new() -> Self {
        Self {
            paid_until: Instant::now(),
            reading: Reading::InTime,
        }
    }

    /// Whether one more message may come now.
    pub(super) fn take(&mut self, per_second: u32) -> bool {
        let now = Instant::now();
        match &mut self.reading {
            Reading::CatchingUp { last } if now.saturating_duration_since(*last) < CATCH_UP => *last = now,
            Reading::InTime | Reading::Paused | Reading::CatchingUp { .. } => {
                self.reading = Reading::InTime;
                self.paid_until = self.paid_until.max(now);
            }
        }
        // What one message takes of a second, and what as many take as may come at once.
        let interval = Duration::from_secs(1) / per_second.max(1);
        let burst = interval * per_second;
        let paid_until = self.paid_until + interval;
        let is_allowed = paid_until.saturating_duration_since(now) <= burst;
        if is_allowed {
            self.paid_until = paid_until;
        }
        is_allowed
    }

    /// The peer is not read from, as too much waits for the endpoint.
    pub(super) fn pause(&mut self) {
        if matches!(self.reading, Reading::InTime) {
            self.paid_until = self.paid_until.max(Instant::now());
        }
        self.reading = Reading::Paused;
    }

    /// The peer is read from again.
    pub(super) fn resume(&mut self) {
        if matches!(self.reading, Reading::Paused) {
            self.reading = Reading::CatchingUp { last: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// How many messages are taken at once.
    fn burst(rate: &mut Rate, per_second: u32) -> usize {
        (0..100_000).take_while(|_| rate.take(per_second)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_come_at_once_and_in_each_second() {
        for per_second in [1, 3, 7, 1000, 99_999] {
            let mut rate = Rate::new();
            let count = per_second as usize;
            assert_eq!(burst(&mut rate, per_second), count);
            advance(Duration::from_secs(1)).await;
            assert_eq!(burst(&mut rate, per_second), count);
            advance(Duration::from_secs(3600)).await;
            assert_eq!(
                burst(&mut rate, per_second),
                count,
                "what was not sent is no claim"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_of_a_second_gives_a_part_of_the_messages() {
        let mut rate = Rate::new();
        assert_eq!(burst(&mut rate, 10), 10);
        advance(Duration::from_millis(99)).await;
        assert!(!rate.take(10));
        advance(Duration::from_millis(1)).await;
        assert!(rate.take(10) && !rate.take(10));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_in_a_pause_is_allowed_at_the_same_rate() {
        let mut rate = Rate::new();
        assert_eq!(burst(&mut rate, 10), 10);
        rate.pause();
        advance(Duration::from_secs(3)).await;
        rate.resume();
        assert_eq!(burst(&mut rate, 10), 30);
        rate.pause();
        rate.pause();
        advance(Duration::from_secs(2)).await;
        rate.resume();
        rate.resume();
        assert_eq!(burst(&mut rate, 10), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_no_claim_when_nothing_comes_for_a_second() {
        let mut rate = Rate::new();
        rate.pause();
        advance(Duration::from_secs(60)).await;
        rate.resume();
        advance(CATCH_UP - Duration::from_millis(1)).await;
        assert!((0..100).all(|_| rate.take(10)));
        advance(CATCH_UP).await;
        assert_eq!(burst(&mut rate, 10), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn the_largest_rate_is_no_limit() {
        let mut rate = Rate::new();
        assert_eq!(burst(&mut rate, u32::MAX), 100_000);
    }
}
