//! Metrics of connections and messages, by route, through the crate `metrics`.
#![cfg_attr(feature = "metrics", doc = "")]
#![cfg_attr(feature = "metrics", doc = include_str!("../../docs/metrics.md"))]

#[cfg(feature = "metrics")]
mod hub_recorded;
#[cfg(not(feature = "metrics"))]
mod hub_unrecorded;
#[cfg(feature = "metrics")]
mod names;
#[cfg(feature = "metrics")]
mod recorded;
#[cfg(not(feature = "metrics"))]
mod unrecorded;

#[cfg(feature = "metrics")]
pub(crate) use self::hub_recorded::{HubMetrics, TopicMetrics};
#[cfg(not(feature = "metrics"))]
pub(crate) use self::hub_unrecorded::{HubMetrics, TopicMetrics};
#[cfg(feature = "metrics")]
pub use self::names::{Kind, Metric, SECONDS_BUCKETS, all};
#[cfg(feature = "metrics")]
pub(crate) use self::recorded::{RouteMetrics, Traffic};
#[cfg(not(feature = "metrics"))]
pub(crate) use self::unrecorded::{RouteMetrics, Traffic};

/// How a handshake ended that no endpoint accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// With an HTTP response of this status.
    Http(u16),
    /// With a Close frame of this code.
    Close(u16),
    /// Without an answer: the client disconnected before, or the server shut down.
    Abandoned,
}

/// How a kick ended for the node that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KickOutcome {
    /// Every live node has answered.
    Complete,
    /// A live node has not answered in time.
    Silent,
    /// The engine has not taken it.
    Failed,
}
