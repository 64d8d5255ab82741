//! `Receiver`: the receiving half.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hangup_protocol::Utf8Bytes;
use serde::de::DeserializeOwned;

use super::{
    message::Message,
    message_type::{Raw, Typing},
    server::Shared,
    shared::Wait,
};
use crate::error::{Disconnect, ReceiveError, from_json};

/// The receiving half of a split [`WebSocket`](crate::WebSocket).
pub struct Receiver<In = Raw> {
    pub(super) shared: Arc<Shared>,
    /// How messages are read as values; `None` where they are not.
    pub(super) typing: Option<Box<Typing>>,
    /// Whether another receiver receives in its place.
    pub(super) is_handed_over: bool,
    pub(super) messages: PhantomData<fn() -> In>,
    /// Whether the stream has given the end.
    pub(super) has_told_end: bool,
}

impl Receiver {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            typing: None,
            is_handed_over: false,
            messages: PhantomData,
            has_told_end: false,
        }
    }
}

impl<In> Receiver<In> {
    /// The connection that is received from.
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Receiver {
    /// See [`WebSocket::recv`](crate::WebSocket::recv).
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    pub fn recv(&mut self) -> impl Future<Output = Result<Message, Disconnect>> {
        Wait::on(&self.shared).until(|core, cx, ticket| core.poll_receive(cx, ticket))
    }

    /// See [`WebSocket::recv_text`](crate::WebSocket::recv_text).
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`].
    pub fn recv_text(&mut self) -> impl Future<Output = Result<Utf8Bytes, ReceiveError>> {
        Wait::on(&self.shared).until(|core, cx, ticket| {
            Poll::Ready(match ready!(core.poll_receive(cx, ticket))? {
                Message::Text(text) => Ok(text),
                other => Err(ReceiveError::WrongKind {
                    expected: "text",
                    received: other.kind(),
                }),
            })
        })
    }

    /// See [`WebSocket::recv_binary`](crate::WebSocket::recv_binary).
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`].
    pub fn recv_binary(&mut self) -> impl Future<Output = Result<Bytes, ReceiveError>> {
        Wait::on(&self.shared).until(|core, cx, ticket| {
            Poll::Ready(match ready!(core.poll_receive(cx, ticket))? {
                Message::Binary(bytes) => Ok(bytes),
                other => Err(ReceiveError::WrongKind {
                    expected: "binary",
                    received: other.kind(),
                }),
            })
        })
    }

    /// See [`WebSocket::recv_json`](crate::WebSocket::recv_json).
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`].
    pub async fn recv_json<T: DeserializeOwned>(&mut self) -> Result<T, ReceiveError> {
        let text = self.recv_text().await?;
        from_json(&text).map_err(ReceiveError::Json)
    }

    /// Like [`recv`](Self::recv), for code that is polled by hand.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Disconnect>> {
        self.shared.lock().poll_receive(cx, &mut None)
    }
}

/// Once nobody can receive any more, what the peer sends is read and discarded, so that its pings are answered and
/// its leaving is seen.
impl<In> Drop for Receiver<In> {
    fn drop(&mut self) {
        if !self.is_handed_over {
            self.shared.lock().stop_receiving();
        }
    }
}

impl<In> fmt::Debug for Receiver<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
