//! Redis or Valkey as the engine of [hangup](https://docs.rs/hangup)'s hub.
//!
//! ```no_run
//! use hangup::Hub;
//! use hangup_redis::Redis;
//!
//! # async fn example() -> hangup::Result {
//! let hub = Hub::connect(Redis::new("redis://127.0.0.1/")).await?;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod clock;
mod engine;
mod failure;
mod keyspace;
mod kick_log;
mod leases;
mod options;
mod payload;
mod pushes;
mod seen;
mod session;
mod supervisor;

pub use self::builder::Redis;
