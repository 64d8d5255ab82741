//! `Stream` of messages: for the socket and its receiving half.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{message::Message, receiver::Receiver, websocket::WebSocket};
use crate::error::Disconnect;

/// Every message, then once the [`Disconnect`] with which the connection has ended, then `None`: a loop over
/// `try_next` or with `?` ends as one over [`recv`](Receiver::recv).
impl Stream for Receiver {
    type Item = Result<Message, Disconnect>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_told_end {
            return Poll::Ready(None);
        }
        let received = ready!(self.poll_recv(cx));
        self.has_told_end = received.is_err();
        Poll::Ready(Some(received))
    }
}

/// As the [stream of a `Receiver`](Receiver#impl-Stream-for-Receiver).
impl Stream for WebSocket {
    type Item = Result<Message, Disconnect>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(self.halves().1).poll_next(cx)
    }
}
