//! The errors that the endpoints of these tests fail with.

use std::num::ParseIntError;

use hangup::{Close, CloseCode, IntoClose};

/// An error that nobody has foreseen. Its text may never reach a client.
#[derive(Debug, thiserror::Error)]
#[error("secret")]
pub(crate) struct Unforeseen;

/// Another one.
#[derive(Debug, thiserror::Error)]
#[error("secret of another kind")]
pub(crate) struct Other;

/// An error with two more below it: this, [`Middle`], [`ParseIntError`].
#[derive(Debug, thiserror::Error)]
#[error("secret top")]
pub(crate) struct Top(#[source] pub(crate) Middle);

#[derive(Debug, thiserror::Error)]
#[error("secret middle")]
pub(crate) struct Middle(#[source] pub(crate) ParseIntError);

/// A [`Top`] with its whole chain.
pub(crate) fn top() -> Top {
    Top(Middle("x".parse::<u8>().unwrap_err()))
}

/// An error that says how it closes, and is recognised behind `hangup::Error`.
#[derive(Debug, thiserror::Error)]
#[error("secret room")]
pub(crate) struct RoomFull {
    pub(crate) seats: u32,
}

impl IntoClose for RoomFull {
    fn to_close(&self) -> Close {
        Close::new(
            CloseCode::of::<4001>(),
            format!("all {} seats are taken", self.seats),
        )
    }
}

hangup::close::recognise_close!(RoomFull);

/// An error that says how it closes, and is known only where it is returned directly.
#[derive(Debug, thiserror::Error)]
#[error("secret kick")]
pub(crate) struct Kicked;

impl IntoClose for Kicked {
    fn to_close(&self) -> Close {
        Close::new(CloseCode::of::<4002>(), "kicked")
    }
}
