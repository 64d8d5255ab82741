//! Reasons that name fields which are not there, or that are no format strings.

use hangup::IntoClose;

#[derive(Debug, thiserror::Error, IntoClose)]
enum JoinError {
    #[error("unknown")]
    #[close(4001, "{room} and {place}")]
    Unknown { room: String, since: u8 },
    #[error("json")]
    #[close(4002, r#"{"error":"full"}"#)]
    Json,
    #[error("no name")]
    #[close(4003, "{}")]
    NoName(u8),
    #[error("open")]
    #[close(4004, "{0")]
    Open(u8),
    #[error("closed")]
    #[close(4005, "0}")]
    Closed(u8),
    #[error("argument")]
    #[close(4006, "{0:1$}")]
    Argument(u8, u8),
}

fn main() {}
