//! `#[close(transparent)]` hands on to the only field, so there is one.

#[derive(Debug, thiserror::Error, hangup::IntoClose)]
enum Chat {
    #[error("none")]
    #[close(transparent)]
    None,
    #[error("two")]
    #[close(transparent)]
    Two(std::io::Error, String),
}

fn main() {}
