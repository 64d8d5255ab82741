//! Names that no close code has.

use hangup::IntoClose;

#[derive(Debug, thiserror::Error, IntoClose)]
enum JoinError {
    #[error("misspelt")]
    #[close(POLICY_VIOLATON)]
    Misspelt,
    #[error("as FastAPI names it")]
    #[close(WS_1008_POLICY_VIOLATION)]
    AsFastApi,
}

fn main() {}
