//! The engine against real servers, which each test starts and stops: Redis, and Valkey.
//!
//! `cargo xtask test engines` installs both and runs these tests. By hand: `HANGUP_REDIS_SERVER=redis-server
//! HANGUP_VALKEY_SERVER=valkey-server cargo test -p hangup-redis --test servers`.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod conformance;
mod node;
mod proxy;
mod recovery;
mod server;
#[cfg(feature = "tls")]
mod tls;
