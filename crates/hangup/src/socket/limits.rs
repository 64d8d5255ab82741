//! Limits of an open connection that are seldom set: idle time, lifetime, expiry, rate, and a write that is stuck.

use hangup_protocol::{Close, CloseCode};
use tokio::time::Instant;

use super::pings::SentPings;
use crate::{
    error::slow_consumer,
    settings::{Resolved, deadline_from},
};

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
    /// How many more messages may come.
    tokens: f64,
    /// When tokens were last added.
    filled: Instant,
    /// Since when the peer is not read from.
    paused: Option<Instant>,
    /// Tokens for what it could send meanwhile, besides those of the bucket; they lapse when nothing comes for a second.
    credit: f64,
    /// How many messages were dropped for want of room.
    dropped: u64,
    /// Kept only where a rate is set.
    pub(super) pings: SentPings,
    /// When the closing handshake is given up though the peer still takes bytes.
    latest_close: Option<Instant>,
}

impl Limits {
    pub(super) fn new(settings: &Resolved) -> Self {
        let now = Instant::now();
        Self {
            opened: now,
            last_message: now,
            expires: None,
            stalled: None,
            tokens: settings.messages_per_second.into(),
            filled: now,
            paused: None,
            credit: 0.0,
            dropped: 0,
            pings: SentPings::default(),
            latest_close: None,
        }
    }

    /// Whether one of the settings needs them from the opening of the connection on.
    pub(super) fn are_set(settings: &Resolved) -> bool {
        settings.idle_timeout.is_some()
            || settings.max_lifetime.is_some()
            || settings.messages_per_second < u32::MAX
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

    pub(super) fn drop_message(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The transport takes no more; `has_taken` says whether it has just taken something.
    pub(super) fn stall(&mut self, has_taken: bool) {
        if has_taken || self.stalled.is_none() {
            self.stalled = Some(Instant::now());
        }
    }

    pub(super) fn flow(&mut self) {
        self.stalled = None;
    }

    /// Takes a token for a message of the peer; `false` if there is none left.
    pub(super) fn take_token(&mut self, per_second: u32) -> bool {
        let now = Instant::now();
        let quiet = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.tokens = (self.tokens + quiet * f64::from(per_second)).min(per_second.into());
        if quiet >= 1.0 {
            // What had waited has been read.
            self.credit = 0.0;
        }
        // Sums of fractions of tokens may miss a whole one by a rounding error.
        for tokens in [&mut self.credit, &mut self.tokens] {
            if *tokens >= 1.0 - 1e-6 {
                *tokens -= 1.0;
                return true;
            }
        }
        false
    }

    /// Begins or ends a time in which the peer is not read from: for what it sends then it is given tokens at the end,
    /// as all of that comes at once.
    pub(super) fn pause(&mut self, is_paused: bool, per_second: u32) {
        let now = Instant::now();
        match (is_paused, self.paused) {
            (true, None) => self.paused = Some(now),
            (false, Some(since)) => {
                self.credit += now.saturating_duration_since(since).as_secs_f64() * f64::from(per_second);
                (self.paused, self.filled) = (None, now);
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Each limit that time may pass, with the Close frame that it stands for.
    fn deadlines(&self, settings: &Resolved) -> impl Iterator<Item = (Instant, Passed)> {
        let lifetime = settings.max_lifetime.map(|life| deadline_from(self.opened, life));
        let idle = settings.idle_timeout;
        let idle = idle.map(|idle| deadline_from(self.last_message, idle));
        let stalled = self.stalled;
        let stalled = stalled.map(|stalled| deadline_from(stalled, settings.write_timeout));
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
    pub(super) fn deadline(&self, settings: &Resolved) -> Option<Instant> {
        self.deadlines(settings).map(|(at, _)| at).min()
    }

    /// With what the connection is closed, if a limit has passed.
    pub(super) fn expire(&self, now: Instant, settings: &Resolved) -> Option<Close> {
        let (_, passed) = self.deadlines(settings).find(|(at, _)| *at <= now)?;
        Some(passed.close(settings))
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
    fn close(self, settings: &Resolved) -> Close {
        match self {
            Self::Expired => Close::new(CloseCode::UNAUTHORIZED, "expired"),
            Self::Lifetime => Close::new(CloseCode::GOING_AWAY, "lifetime"),
            Self::Idle => Close::new(CloseCode::GOING_AWAY, "idle"),
            Self::Stalled => slow_consumer(settings.overload_code),
        }
    }
}

/// The peer sends more messages than it may.
pub(super) fn too_many_messages() -> Close {
    Close::new(CloseCode::POLICY_VIOLATION, "too many messages")
}
