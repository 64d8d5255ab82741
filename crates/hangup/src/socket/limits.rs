//! Limits of an open connection that are seldom set: idle time, lifetime, expiry, rate, and a write that is stuck.

use hangup_protocol::{Close, CloseCode};
use tokio::time::Instant;

use super::{environment::Options, held_messages::HeldMessages, pings::SentPings, rate::Rate};
use crate::{error::slow_consumer, settings::deadline_from};

/// What is kept where a connection has one of these limits; most have none.
#[derive(Debug)]
pub(super) struct Limits {
    opened: Instant,
    /// When the last message was seen to have come or gone.
    last_message: Instant,
    /// When the credentials expire.
    expires: Option<Instant>,
    /// Since when the peer has taken nothing of what is unsent.
    stalled: Option<Instant>,
    /// Kept only where a rate is set, as the pings are.
    pub(super) rate: Rate,
    pub(super) pings: SentPings,
    /// How many messages were dropped for want of capacity.
    dropped: u64,
    /// When the closing handshake ends though the peer still takes bytes.
    latest_close: Option<Instant>,
    /// When a connection that was kicked is cut.
    cut: Option<Instant>,
    /// What was delivered behind a message in fragments that has not ended.
    pub(super) held: Option<Box<HeldMessages>>,
}

impl Limits {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            opened: now,
            last_message: now,
            expires: None,
            stalled: None,
            rate: Rate::new(),
            dropped: 0,
            pings: SentPings::default(),
            latest_close: None,
            cut: None,
            held: None,
        }
    }

    /// Whether one of the settings needs them from the opening of the connection on.
    pub(super) fn are_set(options: &impl Options) -> bool {
        options.idle_timeout().is_some()
            || options.max_lifetime().is_some()
            || options.messages_per_second() < u32::MAX
    }

    /// A message has come or gone since the last time.
    pub(super) fn touch(&mut self) {
        self.last_message = Instant::now();
    }

    pub(super) fn expire_at(&mut self, at: Instant) {
        self.expires = Some(at);
    }

    /// What was said first.
    pub(super) fn latest_close(&mut self, at: Instant) -> Instant {
        *self.latest_close.get_or_insert(at)
    }

    /// The connection is cut then, or before.
    pub(super) fn cut_at(&mut self, at: Instant) {
        self.cut = Some(self.cut.map_or(at, |before| before.min(at)));
    }

    pub(super) fn cut(&self) -> Option<Instant> {
        self.cut
    }

    pub(super) fn drop_messages(&mut self, count: u64) {
        self.dropped = self.dropped.saturating_add(count);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The transport is not writable.
    pub(super) fn stall(&mut self) {
        self.stalled.get_or_insert_with(Instant::now);
    }

    /// The transport has taken a part of what is unsent.
    pub(super) fn progress(&mut self) {
        self.stalled = Some(Instant::now());
    }

    /// Nothing is unsent.
    pub(super) fn flow(&mut self) {
        self.stalled = None;
    }

    /// Each limit that time may pass, with the Close frame that it stands for.
    fn deadlines(&self, options: &impl Options) -> impl Iterator<Item = (Instant, Passed)> {
        let lifetime = options
            .max_lifetime()
            .map(|life| deadline_from(self.opened, life));
        let idle = options.idle_timeout();
        let idle = idle.map(|idle| deadline_from(self.last_message, idle));
        let stalled = self.stalled;
        let stalled = stalled.map(|stalled| deadline_from(stalled, options.write_timeout()));
        [
            (self.expires, Passed::Expired),
            (lifetime, Passed::Lifetime),
            (idle, Passed::Idle),
            (stalled, Passed::Stalled),
        ]
        .into_iter()
        .filter_map(|(at, passed)| Some((at?, passed)))
    }

    /// When the first of the limits passes.
    pub(super) fn deadline(&self, options: &impl Options) -> Option<Instant> {
        self.deadlines(options).map(|(at, _)| at).min()
    }

    /// With what the connection is closed, if a limit has passed.
    pub(super) fn expire(&self, now: Instant, options: &impl Options) -> Option<Close> {
        let (_, passed) = self.deadlines(options).find(|(at, _)| *at <= now)?;
        Some(passed.close(options))
    }
}

/// A limit that has passed.
enum Passed {
    Expired,
    Lifetime,
    Idle,
    Stalled,
}

impl Passed {
    fn close(self, options: &impl Options) -> Close {
        match self {
            Self::Expired => Close::new(CloseCode::UNAUTHORIZED, "expired"),
            Self::Lifetime => Close::new(CloseCode::GOING_AWAY, "lifetime"),
            Self::Idle => Close::new(CloseCode::GOING_AWAY, "idle"),
            Self::Stalled => slow_consumer(options.overload_code()),
        }
    }
}

/// The peer sends more messages than it may.
pub(super) fn too_many_messages() -> Close {
    Close::new(CloseCode::POLICY_VIOLATION, "too many messages")
}
