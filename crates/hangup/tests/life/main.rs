//! The life of a connection, step by step: what a client is owed, and what it gets, down to the bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something is missing"
)]

mod error_types;
mod errors;
mod log;
mod unreceived;
mod wire;
mod writer;

mod access;
mod budget;
mod closing;
mod cork;
mod deflate;

mod drain;
mod ending;
mod flood;
mod flush;
mod handler_failures;
mod handlers;
mod http;
mod keep_alive;
mod limits;
#[cfg(feature = "metrics")]
mod metrics;
mod misuse;
mod newcomers;
mod offers;
mod opening;
mod origin;
mod other_wakers;
mod outlived;
mod outside;
mod peer;
mod promise;
mod rate;
mod refusal;
mod rejections;
mod replaced;
mod report;
mod router;
mod seldom_known;
mod senders;
mod server_errors;
mod slow_consumer;
mod slow_heads;
mod socket;
mod spans;
mod stop;
mod tcp;
mod test_client;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_files;
#[cfg(feature = "metrics")]
mod traffic;
