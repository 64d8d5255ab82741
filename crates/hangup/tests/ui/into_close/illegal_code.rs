//! Close codes that may not be sent.

#[derive(Debug, thiserror::Error, hangup::IntoClose)]
enum JoinError {
    #[error("no status")]
    #[close(1005)]
    NoStatus,
    #[error("abnormal")]
    #[close(1006, "gone")]
    Abnormal,
    #[error("too large")]
    #[close(70000)]
    TooLarge,
    #[error("negative")]
    #[close(-1)]
    Negative,
    #[error("by name")]
    #[close(ABNORMAL)]
    ByName,
}

fn is_into_close<T: hangup::IntoClose>() {}

fn main() {
    is_into_close::<JoinError>();
}
