//! `MessageWriter`: a message that is sent in fragments, and never held whole.

use std::{fmt, future::poll_fn, sync::Arc, task::ready};

use hangup_protocol::MessageKind;

use super::{
    blocked_opening::watch_opening, core::Fragment, sender::Sender, server::Shared, shared::Wait,
    websocket::WebSocket,
};
use crate::error::Disconnect;

/// Sends one message in fragments (RFC 6455, section 5.4), so that it is never held whole: `MessageWriter<str>` a text,
/// `MessageWriter<[u8]>` a binary message.
///
/// Each piece is a fragment. A write waits while more than [`write_buffer`](crate::Settings::write_buffer) bytes are unsent;
/// [`SlowConsumer::DropNewest`](crate::settings::SlowConsumer::DropNewest) waits too, as a message without one of its
/// fragments would be another message. Fragments are not compressed.
///
/// From the first piece to [`finish`](Self::finish) the other messages of the connection wait, those of other tasks and
/// other writers too: let the task that writes send nothing else before `finish`.
/// [`Sender::try_send`] fails with [`TrySendError::Full`](crate::error::TrySendError::Full). Pongs, the
/// pings of the keep-alive and the Close frame go out in between. Messages of a [`Hub`](crate::Hub) come behind the last
/// fragment; a subscriber is slow once more than `write_buffer` bytes of them wait for it.
///
/// # A writer that is dropped
///
/// Dropped before its first piece it has sent nothing. Dropped between that and `finish` it leaves a message without an
/// end, and the peer sees none of it: no end is made up. Nothing but the Close frame can follow: later messages are dropped,
/// and counted in the event of the connection as `dropped`. So let an endpoint that cannot finish a message end with its
/// error, whose code and reason the peer gets.
///
/// ```
/// use hangup::{Handshake, Result};
///
/// async fn export(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     let mut writer = socket.text_writer();
///     for row in 0..1_000_000 {
///         writer.write(&format!("{row}\n")).await?;
///     }
///     writer.finish().await?;
///     Ok(())
/// }
/// ```
#[must_use = "a message has no end until `finish`"]
pub struct MessageWriter<P: AsRef<[u8]> + ?Sized> {
    shared: Arc<Shared>,
    kind: MessageKind,
    progress: Progress,
    /// Of all pieces so far.
    length: usize,
    pieces: std::marker::PhantomData<fn(&P)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    NotBegun,
    Begun,
    Finished,
}

impl<P: AsRef<[u8]> + ?Sized> MessageWriter<P> {
    fn new(shared: &Arc<Shared>, kind: MessageKind) -> Self {
        Self {
            shared: Arc::clone(shared),
            kind,
            progress: Progress::NotBegun,
            length: 0,
            pieces: std::marker::PhantomData,
        }
    }

    /// Sends the next piece; an empty one sends nothing.
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the connection is closed.
    ///
    /// # Cancel safety
    ///
    /// A write that is dropped before it is ready has sent nothing.
    pub async fn write(&mut self, piece: &P) -> Result<(), Disconnect> {
        if piece.as_ref().is_empty() {
            return Ok(());
        }
        self.send(piece.as_ref(), Progress::Begun).await
    }

    /// Ends the message.
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the connection is closed.
    pub async fn finish(mut self) -> Result<(), Disconnect> {
        self.send(&[], Progress::Finished).await
    }

    async fn send(&mut self, payload: &[u8], next: Progress) -> Result<(), Disconnect> {
        let length = self.length.saturating_add(payload.len());
        let fragment = Fragment {
            kind: self.kind,
            payload,
            is_first: self.progress == Progress::NotBegun,
            whole: (next == Progress::Finished).then_some(length),
        };
        let mut wait = Wait::on(&self.shared);
        poll_fn(|cx| {
            let mut core = wait.shared().lock();
            if core.request_refusal(cx) {
                watch_opening(wait.shared(), None);
            }
            ready!(core.poll_fragment(cx, wait.ticket(), &fragment))?;
            core.enqueue_with(cx, |core| core.enqueue_fragment(&fragment));
            std::task::Poll::Ready(Ok(()))
        })
        .await?;
        drop(wait);
        (self.progress, self.length) = (next, length);
        Ok(())
    }
}

impl<P: AsRef<[u8]> + ?Sized> Drop for MessageWriter<P> {
    fn drop(&mut self) {
        if self.progress == Progress::Begun {
            self.shared.lock().abandon_fragments();
        }
    }
}

impl<P: AsRef<[u8]> + ?Sized> fmt::Debug for MessageWriter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageWriter")
            .field("kind", &self.kind)
            .field("progress", &self.progress)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// Sends a text message in fragments: see [`MessageWriter`].
    pub fn text_writer(&self) -> MessageWriter<str> {
        MessageWriter::new(self.shared(), MessageKind::Text)
    }

    /// Sends a binary message in fragments: see [`MessageWriter`].
    pub fn binary_writer(&self) -> MessageWriter<[u8]> {
        MessageWriter::new(self.shared(), MessageKind::Binary)
    }
}

impl WebSocket {
    /// Sends a text message in fragments: see [`MessageWriter`].
    pub fn text_writer(&mut self) -> MessageWriter<str> {
        self.halves().0.text_writer()
    }

    /// Sends a binary message in fragments: see [`MessageWriter`].
    pub fn binary_writer(&mut self) -> MessageWriter<[u8]> {
        self.halves().0.binary_writer()
    }
}
