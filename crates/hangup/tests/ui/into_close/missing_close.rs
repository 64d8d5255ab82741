//! Variants that do not say how they close, and a struct that does not.

use hangup::IntoClose;

#[derive(Debug, thiserror::Error, IntoClose)]
enum JoinError {
    #[error("the room is full")]
    Full { room: String },
    #[error("you may not")]
    #[close(POLICY_VIOLATION)]
    Forbidden,
    #[error("gone")]
    Gone,
}

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("custom")]
struct CustomError;

fn main() {}
