//! An application that exists: endpoints beside axum's routes, on any listener, under both servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails where something is missing"
)]

mod raw;

mod key_limits;
mod listeners;

mod paths;
mod shutdown;
mod streams;
mod testing;
mod with_http;
