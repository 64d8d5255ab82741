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
//! | `run` | [`run`]: all vectors, and the count |

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command-line program: what it prints is what it is for"
)]

mod answer;
mod compare;
mod default;
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
    run::{Endpoint, run},
    shown::{Shown, object},
};
