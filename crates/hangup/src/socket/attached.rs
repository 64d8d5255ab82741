//! What belongs to a connection and ends with it, and how it delivers, closes and cuts from outside.

use std::{
    any::Any,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use hangup_protocol::Close;

use super::{
    closing::Closing,
    core::{Core, Shared},
    message::Message,
    wait::Wait,
    waiting::{Awaited, Ticket},
};

/// What belongs to a connection.
pub(crate) trait Attached: Any + Send + Sync {
    /// The connection has ended, with its endpoint. Called once.
    fn connection_ended(&self);
}

/// The place for it.
#[derive(Default)]
pub(super) struct Attachment(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Free,
    Taken(Arc<dyn Attached>),
    Ended,
}

/// Why nothing was attached.
pub(crate) enum NotAttached {
    /// The connection has ended.
    Ended,
    /// Something of another type is attached.
    OfOtherType,
}

/// What became of a message that was offered from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Sent,
    /// Too much is unsent, and the system takes no more.
    Full,
    /// The connection is over.
    Over,
}

/// How a connection was when it was kicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kickable {
    Open,
    /// It had been closed before, and its transport is not gone yet.
    Closing,
    Over,
}

impl Attachment {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn downcast<T: Attached>(attached: &Arc<dyn Attached>) -> Option<Arc<T>> {
    let any: Arc<dyn Any + Send + Sync> = Arc::clone(attached) as _;
    any.downcast().ok()
}

impl Shared {
    /// What is attached, if it is a `T`.
    pub(crate) fn attached<T: Attached>(&self) -> Option<Arc<T>> {
        match &*self.attachment.state() {
            State::Taken(attached) => downcast(attached),
            State::Free | State::Ended => None,
        }
    }

    /// Attaches what `make` makes, or gives what is attached.
    pub(crate) fn attach<T: Attached>(
        self: &Arc<Self>,
        make: impl FnOnce(&Arc<Self>) -> Arc<T>,
    ) -> Result<Arc<T>, NotAttached> {
        let mut state = self.attachment.state();
        match &*state {
            State::Ended => Err(NotAttached::Ended),
            State::Taken(attached) => downcast(attached).ok_or(NotAttached::OfOtherType),
            State::Free => {
                let made = make(self);
                *state = State::Taken(Arc::clone(&made) as _);
                Ok(made)
            }
        }
    }

    /// The connection has ended: so has what is attached.
    pub(crate) fn detach(&self) {
        let state = std::mem::replace(&mut *self.attachment.state(), State::Ended);
        if let State::Taken(attached) = state {
            attached.connection_ended();
        }
    }

    /// Waits until the closing handshake is over, or the transport gone. Whether both Close frames were exchanged.
    pub(crate) fn closing_handshake(self: &Arc<Self>) -> impl Future<Output = bool> {
        Wait::on(self).until(|core, cx, ticket| {
            ready!(core.poll_closed(cx, ticket));
            Poll::Ready(core.is_clean())
        })
    }

    /// Waits until a message can be delivered with not more than so many bytes unsent before it, or the connection is over.
    pub(crate) fn deliverable(self: &Arc<Self>, bound: usize) -> impl Future<Output = ()> {
        Wait::on(self).until(move |core, cx, ticket| core.poll_deliverable(cx, ticket, bound))
    }
}

impl Core {
    /// Sends a message from outside if at most so many bytes are unsent, or as many as the settings say.
    pub(crate) fn deliver(&mut self, message: &Message, bound: Option<usize>) -> Delivery {
        let bound = bound.unwrap_or(self.settings().write_buffer);
        if self.over().is_some() {
            return Delivery::Over;
        }
        if self.check_capacity().is_err() || self.unsent_above(bound) {
            return match self.over() {
                Some(_) => Delivery::Over,
                None => Delivery::Full,
            };
        }
        self.send_from_outside(|core| core.send(&mut message.clone()));
        Delivery::Sent
    }

    /// Whether more bytes are unsent, and the system takes no more of them.
    fn unsent_above(&mut self, bound: usize) -> bool {
        self.output.unsent() > bound && {
            self.make_room();
            self.output.unsent() > bound
        }
    }

    fn poll_deliverable(&mut self, cx: &mut Context<'_>, ticket: &mut Ticket, bound: usize) -> Poll<()> {
        if self.over().is_some() || self.check_capacity().is_ok() && !self.unsent_above(bound) {
            return Poll::Ready(());
        }
        self.waiting.add(Awaited::Capacity, ticket, cx);
        Poll::Pending
    }

    /// Closes from outside: at once where the handshake is answered; otherwise it is refused with this Close, and its endpoint
    /// dropped.
    pub(crate) fn kick(&mut self, close: &Close) -> Kickable {
        if self.over().is_some() || self.refusal.is_some() {
            return match self.closing {
                Closing::Done => Kickable::Over,
                _ => Kickable::Closing,
            };
        }
        if self.is_accepted() {
            self.close_from_outside(close);
        } else {
            self.refusal = Some(Box::new(close.clone()));
            self.waiting.wake_driver();
        }
        Kickable::Open
    }

    /// Drops the transport of a connection that is closed, whatever is unsent. Its endpoint goes on for as long as after any other
    /// end.
    pub(crate) fn cut(&mut self) {
        self.make_room();
        if !matches!(self.closing, Closing::Done) {
            self.end_transport();
        }
        if self.over().is_none() {
            self.fail_to_open();
        }
        self.waiting.wake_driver();
    }

    /// With what the handshake is to be refused, once that was asked for from outside.
    pub(crate) fn refusal(&self) -> Option<Close> {
        if self.is_accepted() {
            return None;
        }
        self.refusal.as_deref().cloned()
    }

    /// Whether it was refused from outside before it was accepted.
    pub(crate) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}
