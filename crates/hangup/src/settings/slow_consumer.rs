//! `SlowConsumer`: what becomes of messages to a peer that does not read.

/// What a send does while more than [`write_buffer`](crate::Settings::write_buffer) bytes are unsent and the system
/// takes no more of them.
///
/// Whatever the choice, [`Sender::try_send`](crate::Sender::try_send) says
/// [`Full`](crate::error::TrySendError::Full) then, and a peer that takes nothing for
/// [`write_timeout`](crate::Settings::write_timeout) is closed.
#[doc(alias = "backpressure")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SlowConsumer {
    /// The send waits for room (the default). Whoever sends to many peers in turn waits for the slowest.
    #[default]
    Wait,
    /// The new message is dropped, and the send succeeds: for states of which the next makes up for one that is
    /// missing. The event of the connection says how many were dropped.
    DropNewest,
    /// The connection is closed with 1013 "slow consumer", and the send fails.
    Close,
}
