//! `SlowConsumer`: what happens to messages for a peer that does not read.

/// What a send does while more than [`write_buffer`](crate::Settings::write_buffer) bytes are unsent and the socket is
/// not writable.
///
/// With every choice, [`Sender::try_send`](crate::Sender::try_send) returns
/// [`Full`](crate::error::TrySendError::Full) then, and the connection is closed after
/// [`write_timeout`](crate::Settings::write_timeout) without progress.
#[doc(alias = "backpressure")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SlowConsumer {
    /// The send waits for capacity (the default). A task that sends to many peers in turn waits for the slowest.
    #[default]
    Wait,
    /// The new message is dropped, and the send succeeds. This suits updates that replace each other. The event of the
    /// connection has the number of dropped messages.
    DropNewest,
    /// The connection is closed with 1013 "slow consumer", and the send fails.
    Close,
}
