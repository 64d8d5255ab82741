//! Keep-alive: pings, how long their answers take, and a peer that has fallen silent.

use std::time::Duration;

use tokio::time::Instant;

use crate::settings::{Resolved, deadline_from};

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
    /// Whether anything came from the peer in this beat.
    has_heard: bool,
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

/// What is to be done at a deadline.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
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
            has_heard: false,
        }
    }

    pub(super) fn start(&mut self, settings: &Resolved) {
        if settings.ping_interval.is_some() {
            self.enter(Beat::Resting, Instant::now());
        }
    }

    fn enter(&mut self, beat: Beat, now: Instant) {
        self.beat = beat;
        self.since = now;
        self.has_heard = false;
    }

    /// Bytes have come.
    pub(super) fn hear(&mut self) {
        self.has_heard = true;
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
    pub(super) fn deadline(&self, settings: &Resolved) -> Option<Instant> {
        match self.beat {
            Beat::Off => None,
            Beat::Resting => settings
                .ping_interval
                .map(|interval| deadline_from(self.since, interval)),
            Beat::Awaiting | Beat::Postponed => {
                Some(deadline_from(self.since, settings.ping_timeout.max(SHORTEST)))
            }
        }
    }

    /// What is due now. While the peer is not read from it is not judged, nor while the last ping is not written.
    pub(super) fn expire(
        &mut self,
        now: Instant,
        settings: &Resolved,
        is_reading: bool,
        is_flushed: bool,
    ) -> Option<Due> {
        if self.deadline(settings).is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.beat {
            Beat::Off => None,
            Beat::Awaiting | Beat::Postponed if self.has_heard => {
                self.enter(Beat::Resting, now);
                None
            }
            // A ping would wait behind what is unsent.
            _ if !is_flushed => {
                self.enter(Beat::Postponed, now);
                None
            }
            Beat::Awaiting if is_reading => Some(Due::Silence),
            Beat::Resting | Beat::Awaiting | Beat::Postponed if is_reading => {
                Some(self.ping(Beat::Awaiting, now))
            }
            // The system is told to send something: that is how it notices that there is nobody any more.
            Beat::Resting | Beat::Awaiting | Beat::Postponed => Some(self.ping(Beat::Postponed, now)),
        }
    }

    fn ping(&mut self, beat: Beat, now: Instant) -> Due {
        self.enter(beat, now);
        self.pings = self.pings.wrapping_add(1);
        Due::Ping(self.pings.to_be_bytes())
    }
}
