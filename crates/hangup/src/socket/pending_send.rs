//! A message that a sink has taken and not sent yet.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use crate::error::Disconnect;

type Sending = Pin<Box<dyn Future<Output = Result<(), Disconnect>> + Send>>;

/// A message that a sink has taken and that waits for capacity.
#[derive(Default)]
pub(super) struct PendingSend(Option<Box<Mutex<Sending>>>);

impl PendingSend {
    pub(super) fn new(sending: impl Future<Output = Result<(), Disconnect>> + Send + 'static) -> Self {
        Self(Some(Box::new(Mutex::new(Box::pin(sending)))))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        let Some(sending) = &mut self.0 else {
            return Poll::Ready(Ok(()));
        };
        let sending = sending.get_mut().unwrap_or_else(PoisonError::into_inner);
        let sent = ready!(sending.as_mut().poll(cx));
        self.0 = None;
        Poll::Ready(sent)
    }
}

impl fmt::Debug for PendingSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PendingSend").field(&self.0.is_some()).finish()
    }
}
