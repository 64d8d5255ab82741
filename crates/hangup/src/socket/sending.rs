//! Sending: the wait for room, and how a message gets into the output.

use std::task::{Context, Poll, ready};

use hangup_protocol::MessageKind;

use super::{
    buffers::{BUFFER_SIZE, BY_REFERENCE},
    core::{Core, remember},
    message::Message,
};
use crate::error::Disconnect;

impl Core {
    /// Waits until the unsent bytes are within their bound.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Disconnect>> {
        ready!(self.poll_opened(cx));
        if self.output.unsent() > self.settings.write_buffer {
            if self.is_driver(cx) {
                ready!(self.poll_flush(cx));
            } else if self.over().is_none() {
                remember(&mut self.senders, cx);
                return Poll::Pending;
            }
        }
        Poll::Ready(match self.over() {
            Some(over) => Err(over.clone()),
            None => Ok(()),
        })
    }

    /// Has `send` write into the output, and sees to it that the output is written: by the connection's task at the
    /// end of its poll, or at once where much is waiting.
    pub(super) fn send_with(&mut self, cx: &mut Context<'_>, send: impl FnOnce(&mut Self)) {
        let was_empty = self.output.unsent() == 0;
        send(self);
        if !self.is_driver(cx) {
            if was_empty {
                self.wake_driver();
            }
            self.traffic.grows_unsent(self.output.unsent());
        } else if self.output.unsent() >= BUFFER_SIZE {
            // Whether it is written now or later, this message is taken.
            let _ = self.poll_flush(cx);
        }
    }

    pub(super) fn send_text(&mut self, text: &str) {
        if self.protocol.send_text(text, self.output.buffer()).is_ok() {
            self.traffic.sent(text.len());
        }
    }

    pub(super) fn send_binary(&mut self, bytes: &[u8]) {
        if self.protocol.send_binary(bytes, self.output.buffer()).is_ok() {
            self.traffic.sent(bytes.len());
        }
    }

    pub(super) fn send_ping(&mut self, payload: &[u8]) {
        let _ = self.protocol.ping(payload, self.output.buffer());
    }

    /// Takes the message out of its place if it is to be written by reference.
    pub(super) fn send(&mut self, message: &mut Message) {
        let (kind, length) = match message {
            Message::Text(text) => (MessageKind::Text, text.len()),
            Message::Binary(bytes) => (MessageKind::Binary, bytes.len()),
        };
        if length < BY_REFERENCE || self.protocol.compresses(length) {
            match message {
                Message::Text(text) => self.send_text(text),
                Message::Binary(bytes) => self.send_binary(bytes),
            }
        } else if self
            .protocol
            .send_header(kind, length, self.output.buffer())
            .is_ok()
        {
            self.traffic.sent(length);
            self.output.attach(match message {
                Message::Text(text) => std::mem::take(text).into_bytes(),
                Message::Binary(bytes) => std::mem::take(bytes),
            });
        }
    }
}
