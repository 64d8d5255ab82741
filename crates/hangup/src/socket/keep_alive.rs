//! Keep-alive: pings, how long their answers take, and a peer that has fallen silent.

use std::time::Duration;

use tokio::time::Instant;

use super::environment::Options;
use crate::settings::deadline_from;

/// The reason of the 1011 for a peer that answers no ping.
pub(crate) const KEEP_ALIVE_REASON: &str = "keepalive ping timeout";

/// A shorter wait would keep the connection's task busy with nothing else.
const SHORTEST: Duration = Duration::from_millis(1);

/// Where a connection is between two pings.
#[derive(Debug)]
pub(super) struct KeepAlive {
    beat: Beat,
    /// When this beat began.
    since: Instant,
    /// How many pings were sent; the last number is the payload of the last ping.
    pings: u32,
    /// The last round-trip time, in microseconds.
    round_trip: Option<u32>,
    /// What came from the peer in this beat.
    heard: Heard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    /// No pings are sent.
    Off,
    /// The next ping has time.
    Resting,
    /// The last ping has no answer yet.
    Awaiting,
    /// The same, but nothing was read for a while: the peer cannot be judged, nor its answer timed.
    Postponed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Nothing,
    Something,
}

/// Whether bytes go in one direction of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The peer is read from; all that was sent is on the wire.
    Free,
    /// Too much waits for the endpoint; what was sent waits for the peer.
    Blocked,
}

impl Flow {
    pub(super) const fn of_reading(inbox_is_full: bool) -> Self {
        if inbox_is_full { Self::Blocked } else { Self::Free }
    }

    pub(super) const fn of_writing(output_is_flushed: bool) -> Self {
        if output_is_flushed {
            Self::Free
        } else {
            Self::Blocked
        }
    }
}

/// What is to be done at a deadline.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum KeepAliveStep {
    /// Send a ping with this payload.
    Ping([u8; 4]),
    /// The peer has been silent for too long.
    Silence,
}

impl KeepAlive {
    /// No pings before the connection is open.
    pub(super) fn off() -> Self {
        Self {
            beat: Beat::Off,
            since: Instant::now(),
            pings: 0,
            round_trip: None,
            heard: Heard::Nothing,
        }
    }

    pub(super) fn start(&mut self, options: &impl Options) {
        if options.ping_interval().is_some() {
            self.enter(Beat::Resting, Instant::now());
        }
    }

    fn enter(&mut self, beat: Beat, now: Instant) {
        self.beat = beat;
        self.since = now;
        self.heard = Heard::Nothing;
    }

    /// Bytes have come.
    pub(super) fn hear(&mut self) {
        self.heard = Heard::Something;
    }

    /// Whether this is the payload of the last ping, which has no answer yet.
    fn awaits(&self, payload: &[u8]) -> bool {
        matches!(self.beat, Beat::Awaiting | Beat::Postponed) && payload == self.pings.to_be_bytes()
    }

    /// A pong has come: an answer if it is to the last ping.
    pub(super) fn hear_pong(&mut self, payload: &[u8]) {
        if !self.awaits(payload) {
            return;
        }
        let now = Instant::now();
        if self.beat == Beat::Awaiting {
            let taken = now.saturating_duration_since(self.since).as_micros();
            self.round_trip = Some(u32::try_from(taken).unwrap_or(u32::MAX));
        }
        self.enter(Beat::Resting, now);
    }

    pub(super) fn round_trip_time(&self) -> Option<Duration> {
        self.round_trip.map(|micros| Duration::from_micros(micros.into()))
    }

    /// When something is due next.
    pub(super) fn deadline(&self, options: &impl Options) -> Option<Instant> {
        match self.beat {
            Beat::Off => None,
            Beat::Resting => options
                .ping_interval()
                .map(|interval| deadline_from(self.since, interval)),
            Beat::Awaiting | Beat::Postponed => {
                Some(deadline_from(self.since, options.ping_timeout().max(SHORTEST)))
            }
        }
    }

    /// What is due now. While the peer is not read from it is not judged, nor while the last ping is not written.
    pub(super) fn expire(
        &mut self,
        now: Instant,
        options: &impl Options,
        reading: Flow,
        writing: Flow,
    ) -> Option<KeepAliveStep> {
        if self.deadline(options).is_none_or(|deadline| now < deadline) {
            return None;
        }
        match (self.beat, self.heard, reading, writing) {
            (Beat::Off, _, _, _) => None,
            (Beat::Awaiting | Beat::Postponed, Heard::Something, _, _) => {
                self.enter(Beat::Resting, now);
                None
            }
            // A ping would wait behind what is unsent.
            (Beat::Resting, _, _, Flow::Blocked)
            | (Beat::Awaiting | Beat::Postponed, Heard::Nothing, _, Flow::Blocked) => {
                self.enter(Beat::Postponed, now);
                None
            }
            (Beat::Awaiting, Heard::Nothing, Flow::Free, Flow::Free) => Some(KeepAliveStep::Silence),
            (Beat::Resting, _, Flow::Free, Flow::Free)
            | (Beat::Postponed, Heard::Nothing, Flow::Free, Flow::Free) => {
                Some(self.ping(Beat::Awaiting, now))
            }
            // A ping makes the system notice that there is nobody any more.
            (Beat::Resting, _, Flow::Blocked, Flow::Free)
            | (Beat::Awaiting | Beat::Postponed, Heard::Nothing, Flow::Blocked, Flow::Free) => {
                Some(self.ping(Beat::Postponed, now))
            }
        }
    }

    fn ping(&mut self, beat: Beat, now: Instant) -> KeepAliveStep {
        self.enter(beat, now);
        self.pings = self.pings.wrapping_add(1);
        KeepAliveStep::Ping(self.pings.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Resolved;

    const INTERVAL: Duration = Duration::from_secs(20);

    /// What comes of a deadline in each state, as `Settings::ping_timeout` promises it.
    #[tokio::test(start_paused = true)]
    async fn a_peer_is_judged_only_where_it_could_have_answered() {
        use Flow::{Blocked, Free};
        for (beat, heard, reading, writing, step, next) in [
            (Beat::Resting, Heard::Nothing, Free, Free, "ping", Beat::Awaiting),
            (
                Beat::Resting,
                Heard::Something,
                Free,
                Free,
                "ping",
                Beat::Awaiting,
            ),
            (
                Beat::Resting,
                Heard::Nothing,
                Blocked,
                Free,
                "ping",
                Beat::Postponed,
            ),
            (
                Beat::Resting,
                Heard::Something,
                Free,
                Blocked,
                "-",
                Beat::Postponed,
            ),
            (Beat::Awaiting, Heard::Something, Free, Free, "-", Beat::Resting),
            (
                Beat::Awaiting,
                Heard::Something,
                Blocked,
                Blocked,
                "-",
                Beat::Resting,
            ),
            (
                Beat::Awaiting,
                Heard::Nothing,
                Free,
                Free,
                "silence",
                Beat::Awaiting,
            ),
            (
                Beat::Awaiting,
                Heard::Nothing,
                Free,
                Blocked,
                "-",
                Beat::Postponed,
            ),
            (
                Beat::Awaiting,
                Heard::Nothing,
                Blocked,
                Free,
                "ping",
                Beat::Postponed,
            ),
            (
                Beat::Postponed,
                Heard::Nothing,
                Free,
                Free,
                "ping",
                Beat::Awaiting,
            ),
            (
                Beat::Postponed,
                Heard::Nothing,
                Blocked,
                Blocked,
                "-",
                Beat::Postponed,
            ),
        ] {
            let options = Resolved {
                ping_interval: Some(INTERVAL),
                ping_timeout: INTERVAL,
                ..Resolved::default()
            };
            let mut keep_alive = KeepAlive::off();
            keep_alive.start(&options);
            (keep_alive.beat, keep_alive.heard) = (beat, heard);
            let due = keep_alive.since + INTERVAL;
            let early = due - Duration::from_millis(1);
            assert_eq!(keep_alive.expire(early, &options, reading, writing), None);
            let given = match keep_alive.expire(due, &options, reading, writing) {
                Some(KeepAliveStep::Ping(_)) => "ping",
                Some(KeepAliveStep::Silence) => "silence",
                None => "-",
            };
            let case = format!("{beat:?} {heard:?} {reading:?} {writing:?}");
            assert_eq!((given, keep_alive.beat), (step, next), "{case}");
        }
    }
}
