//! The wait for the end of a connection.

use std::task::{Context, Poll};

use super::{
    core::Core,
    waiting::{Awaited, Ticket},
};
use crate::error::Disconnect;

impl Core {
    /// Ready when a Close frame has been sent or received, or the peer has vanished.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket) -> Poll<Disconnect> {
        self.poll_in_place(cx);
        match self.over() {
            Some(over) => Poll::Ready(over.clone()),
            None => {
                self.waiting.add(Awaited::Drain, ticket, cx);
                Poll::Pending
            }
        }
    }
}
