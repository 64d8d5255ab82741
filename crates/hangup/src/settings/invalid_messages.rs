//! `InvalidMessages`: what a message does that a typed socket cannot read.

use std::num::NonZeroU32;

/// What a message does that a typed socket cannot read as its type.
///
/// Whatever the choice, a message of the wrong kind, such as binary where JSON is spoken, is
/// [`ReceiveError::WrongKind`](crate::error::ReceiveError::WrongKind), which closes with 1003.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InvalidMessages {
    /// `recv` fails with [`ReceiveError::Json`](crate::error::ReceiveError::Json) (the default). Passed on with `?` it closes with
    /// 1007 where the message was no JSON, and with 1008 and the errors where it was of another shape. An endpoint that
    /// does not pass it on may go on receiving.
    #[default]
    Close,
    /// The message is answered with the variant of the sent type that is marked `#[model(invalid)]`, and `recv` goes on
    /// with the next. So many in a row close with 1008 and the errors of the last, which is not answered. A type without
    /// such a variant does as [`Close`](Self::Close).
    Answer {
        /// How many in a row close.
        most_in_a_row: NonZeroU32,
    },
}

impl InvalidMessages {
    /// Answers them; the eighth in a row closes.
    #[must_use]
    pub const fn answer() -> Self {
        const EIGHT: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);
        Self::Answer { most_in_a_row: EIGHT }
    }
}
