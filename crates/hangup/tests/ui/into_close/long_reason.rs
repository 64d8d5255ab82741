//! A reason that no Close frame has room for.

use hangup::IntoClose;

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("long")]
#[close(4001, "The room that you want to enter is full, has been full for a long time, and will be full for a long time to come, we are sorry.")]
struct Long;

fn main() {}
