//! The hub: each sentence that its guide promises, with the bytes of production and, where time matters, paused time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something is missing"
)]

mod bounds;
mod engine;
mod fragments;
mod kick;
mod listen;
#[cfg(feature = "metrics")]
mod metrics;
mod nodes;
mod order;
mod places;
mod room;
mod runtimes;
mod size;
mod slow;
