//! `#[close(..)]` in forms that it does not have.

use hangup::IntoClose;

#[derive(Debug, thiserror::Error, IntoClose)]
#[close(4000)]
enum JoinError {
    #[error("empty")]
    #[close]
    Empty,
    #[error("no code")]
    #[close()]
    NoCode,
    #[error("with a sign")]
    #[close = 4001]
    Sign,
    #[error("no such word")]
    #[close(4001, hiden)]
    Word,
    #[error("too much")]
    #[close(4001, "a", "b")]
    TooMuch,
    #[error("reason first")]
    #[close("full", 4001)]
    ReasonFirst,
    #[error("hidden first")]
    #[close(hidden)]
    HiddenFirst,
    #[error("twice")]
    #[close(4001)]
    #[close(4002)]
    Twice,
    #[error("on a field")]
    #[close(4001)]
    OnField(#[close(4001)] u8),
}

fn main() {}
