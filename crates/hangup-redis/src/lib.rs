//! Redis or Valkey as the engine of the hub.
#![doc = ""]
#![doc = include_str!("../docs/redis.md")]
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
