//! What the crate that `cargo xtask vectors` generates is made with: endpoints that tell their parameters, and the
//! run that compares.
//!
//! | file | what |
//! |---|---|
//! | `shown` | [`Shown`]: a value as the vectors write it |
//! | `answer` | [`answer`]: what every generated endpoint does |
//! | `default` | defaults of types that have no literal |
//! | `request` | one vector's request, through the in-process client |
//! | `compare` | whether two JSON values are the same, number types included |
//! | `messages` | [`run_messages`]: vectors of JSON messages, with their models |
//! | `run` | [`run`]: all vectors, and the count |

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command-line program: what it prints is what it is for"
)]

mod answer;
mod compare;
mod default;
mod messages;
mod request;
mod run;
mod shown;

pub use serde_json::Value;
pub use speedate;
pub use url;
pub use uuid;

pub use self::{
    answer::{Unread, answer},
    default::{microseconds, parsed},
    messages::{MessageTally, run_messages, tally_messages},
    run::{Endpoint, run},
    shown::{Shown, object},
};
