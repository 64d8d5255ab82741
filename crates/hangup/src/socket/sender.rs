//! `Sender`: the sending half, for this and other tasks.

use std::{fmt, future::poll_fn, sync::Arc};

use bytes::Bytes;
use hangup_protocol::{Close, Connection};
use serde::Serialize;

use super::{core::Shared, message::Message};
use crate::error::{Disconnect, Error};

/// Sends on a connection, from any task; clones send on the same connection.
///
/// What is sent is written when the connection's task has been polled, with all else that was sent until then
/// in one system call. A send waits only while more than
/// [`write_buffer`](crate::Settings::write_buffer) bytes are unsent.
///
/// Every send is cancel safe: a future that is dropped before it is ready has sent nothing.
///
/// # Errors
///
/// Every send fails with [`Disconnect`] once a Close frame has been sent or received or the peer has vanished.
#[derive(Clone)]
pub struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Sends a text message.
    pub async fn send_text(&self, text: impl AsRef<str>) -> Result<(), Disconnect> {
        let text = text.as_ref();
        self.send_with(|protocol, output| {
            let _ = protocol.send_text(text, output);
        })
        .await
    }

    /// Sends a binary message.
    #[doc(alias = "send_bytes")]
    pub async fn send_binary(&self, bytes: impl AsRef<[u8]>) -> Result<(), Disconnect> {
        let bytes = bytes.as_ref();
        self.send_with(|protocol, output| {
            let _ = protocol.send_binary(bytes, output);
        })
        .await
    }

    /// Sends a value as JSON in a text message, without blanks and with non-ASCII characters as they are.
    ///
    /// # Errors
    ///
    /// Besides [`Disconnect`] the error of `serde_json`, if the value cannot be JSON.
    pub async fn send_json<T: Serialize + ?Sized>(&self, value: &T) -> Result<(), Error> {
        self.send_text(serde_json::to_string(value)?).await?;
        Ok(())
    }

    /// Sends a message of either kind.
    pub async fn send(&self, message: impl Into<Message>) -> Result<(), Disconnect> {
        match message.into() {
            Message::Text(text) => self.send_text(&*text).await,
            Message::Binary(bytes) => self.send_binary(bytes).await,
        }
    }

    /// Sends a ping with a payload of at most 125 bytes; what is longer is cut (RFC 6455, 5.5).
    pub async fn ping(&self, payload: impl Into<Bytes>) -> Result<(), Disconnect> {
        let mut payload = payload.into();
        payload.truncate(125);
        self.send_with(|protocol, output| {
            let _ = protocol.ping(&payload, output);
        })
        .await
    }

    /// Closes the connection with a code and a reason, from any task: what was sent before goes out first, and the
    /// endpoint sees a [`Disconnect`] with that code. Nothing happens if it is closed already.
    ///
    /// It does not wait for the closing handshake, which the connection's task takes to its end.
    pub fn close(&self, close: impl Into<Close>) {
        self.shared.lock().close_from_outside(&close.into());
    }

    /// Whether nothing can be sent any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.lock().over().is_some()
    }

    async fn send_with(&self, send: impl FnOnce(&mut Connection, &mut Vec<u8>)) -> Result<(), Disconnect> {
        let mut send = Some(send);
        poll_fn(|cx| {
            self.shared.lock().poll_send(cx, |protocol, output| {
                if let Some(send) = send.take() {
                    send(protocol, output);
                }
            })
        })
        .await
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("is_closed", &self.is_closed())
            .finish()
    }
}
