//! A type that is no error, constants that are no close codes.

use hangup::IntoClose;

const FULL: u16 = 4001;

#[derive(IntoClose)]
#[close(4001, "full")]
struct Full;

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("full")]
#[close(FULL)]
struct Number;

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("full")]
#[close(ROOM_FULL)]
struct Nowhere;

fn main() {}
