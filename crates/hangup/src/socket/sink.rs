//! `Sink` of messages: for the socket and its sending half.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_sink::Sink;
use hangup_protocol::CloseCode;

use super::{message::Message, pending_send::PendingSend, sender::Sender, websocket::WebSocket};
use crate::error::{Disconnect, TrySendError};

/// A message is taken while the output has capacity, and one more that waits for it: behind that
/// [`slow_consumer`](crate::Settings::slow_consumer) decides, as with [`send`](Sender::send). What was taken is written
/// by the connection's task, so a flush waits for the message that waits, and not for the system. Closing the sink closes
/// the connection with 1000, and does not wait for the closing handshake.
impl Sink<Message> for Sender {
    type Error = Disconnect;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        self.pending.poll(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Disconnect> {
        debug_assert!(self.pending.is_empty(), "`poll_ready` was not awaited");
        match self.try_send(message.clone()) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnect(disconnect)) => Err(disconnect),
            Err(TrySendError::Full) => {
                let sender = self.clone();
                self.pending = PendingSend::new(async move { sender.send(message).await });
                Ok(())
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        self.pending.poll(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        let sent = ready!(self.pending.poll(cx));
        mem::take(&mut self.pending);
        self.start_close(CloseCode::NORMAL_CLOSURE);
        Poll::Ready(sent)
    }
}

/// As the [sink of a `Sender`](Sender#impl-Sink<Message>-for-Sender).
impl Sink<Message> for WebSocket {
    type Error = Disconnect;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        Pin::new(self.halves().0).poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Disconnect> {
        Pin::new(self.halves().0).start_send(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        Pin::new(self.halves().0).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        Pin::new(self.halves().0).poll_close(cx)
    }
}
