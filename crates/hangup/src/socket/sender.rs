//! `Sender`: the sending half, for this and other tasks.

use std::{
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hangup_protocol::Close;
use serde::Serialize;
use tokio::time::Instant;

use super::{
    blocked_opening::watch_opening,
    core::{Core, Permit},
    encoding::Encoding,
    message::Message,
    message_type::Raw,
    pending_send::PendingSend,
    server::{Server, Shared},
    server_shutdown::ServerShutdown,
    shared::Wait,
};
use crate::{
    error::{Disconnect, SendError, TrySendError},
    settings::deadline,
};

/// Sends on a connection, from any task; clones send on the same connection.
///
/// What is sent is written when the connection's task has been polled, with all else that was sent until then
/// in one system call. A send waits only while more than
/// [`write_buffer`](crate::Settings::write_buffer) bytes are unsent and the system's buffer is full; what it does
/// instead of waiting can be set with [`slow_consumer`](crate::Settings::slow_consumer).
///
/// Every send is cancel safe: a future that is dropped before it is ready has sent nothing, and is forgotten.
///
/// # Errors
///
/// Every send fails with [`Disconnect`] once a Close frame has been sent or received or the peer has vanished.
///
/// `Out` is the type of its messages; see [`models`](crate::models).
pub struct Sender<Out = Raw> {
    pub(super) shared: Arc<Shared>,
    pub(super) pending: PendingSend,
    pub(super) encoding: Encoding,
    pub(super) messages: PhantomData<fn(Out)>,
}

impl<Out> Clone for Sender<Out> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            pending: PendingSend::default(),
            encoding: self.encoding,
            messages: PhantomData,
        }
    }
}

impl<Out> Sender<Out> {
    /// The connection that is sent on.
    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            pending: PendingSend::default(),
            encoding: Encoding::Json,
            messages: PhantomData,
        }
    }

    /// Sends a text message.
    pub fn send_text(&self, text: impl AsRef<str>) -> impl Future<Output = Result<(), Disconnect>> {
        self.enqueue_with_capacity(move |core| core.enqueue_text(text.as_ref()))
    }

    /// Sends a binary message.
    #[doc(alias = "send_bytes")]
    pub fn send_binary(&self, bytes: impl AsRef<[u8]>) -> impl Future<Output = Result<(), Disconnect>> {
        self.enqueue_with_capacity(move |core| core.enqueue_binary(bytes.as_ref()))
    }

    /// Sends a value as JSON in a text message, without blanks and with non-ASCII characters as they are.
    ///
    /// # Errors
    ///
    /// [`SendError`]: the peer has left, or the value cannot be JSON.
    pub async fn send_json<T: Serialize + ?Sized>(&self, value: &T) -> Result<(), SendError> {
        self.send_text(serde_json::to_string(value)?).await?;
        Ok(())
    }

    /// Sends a message of either kind. Clones of a message share its payload: where one goes to many peers,
    /// each send copies it once into what is to be written, and from 32 KiB on not even that; it is then written from
    /// where it lies, unless it is compressed. It is then dropped under the lock of the connection: the owner of a
    /// [`Bytes::from_owner`] may not use this connection's sender in its `Drop`.
    pub fn send(&self, message: impl Into<Message>) -> impl Future<Output = Result<(), Disconnect>> {
        let mut message = message.into();
        self.enqueue_with_capacity(move |core| core.enqueue(&mut message))
    }

    /// Sends a message if it can be sent at once, and never waits.
    ///
    /// # Errors
    ///
    /// [`TrySendError::Full`] if more than [`write_buffer`](crate::Settings::write_buffer) bytes are unsent and the
    /// system's buffer is full, whatever [`slow_consumer`](crate::Settings::slow_consumer) says, or if the
    /// handshake is not answered yet; [`TrySendError::Disconnect`] once the peer has left.
    pub fn try_send(&self, message: impl Into<Message>) -> Result<(), TrySendError> {
        let mut message = message.into();
        let mut core = self.shared.lock();
        core.check_capacity()?;
        core.enqueue_from_outside(|core| core.enqueue(&mut message));
        Ok(())
    }
}

impl<Out> Sender<Out> {
    /// Sends a ping with a payload of at most 125 bytes; what is longer is cut (RFC 6455, 5.5).
    pub fn ping(&self, payload: impl Into<Bytes>) -> impl Future<Output = Result<(), Disconnect>> {
        let mut payload = payload.into();
        payload.truncate(125);
        self.enqueue_with_capacity(move |core| core.enqueue_ping(&payload))
    }

    /// Starts the closing handshake with a code and a reason, from any task (RFC 6455, 7.1.2). Earlier messages are sent
    /// first, and the endpoint sees a [`Disconnect`] with that code. It has no effect if the connection is closed already.
    ///
    /// It does not wait for the closing handshake, which the connection's task completes;
    /// [`WebSocket::close`](crate::WebSocket::close) waits for it.
    pub fn start_close(&self, close: impl Into<Close>) {
        self.shared.lock().close_from_outside(&close.into());
    }

    /// Closes the connection with 3000 "expired" at that time, unless it has ended by then: for credentials that
    /// hold for so long. A later call replaces the time.
    pub fn expire_at(&self, at: impl Into<Instant>) {
        self.shared.lock().expire_at(at.into());
    }

    /// Closes the connection when that time has passed: see [`expire_at`](Self::expire_at).
    pub fn expire_in(&self, time: Duration) {
        self.expire_at(deadline(time));
    }

    /// Waits until the connection is closed, and says how: when a Close frame has been sent or received, or the peer has
    /// vanished. For a task that only sends, and is to end with the connection.
    ///
    /// ```
    /// use hangup::Sender;
    ///
    /// async fn send_prices(sender: Sender) {
    ///     let mut every_second = tokio::time::interval(std::time::Duration::from_secs(1));
    ///     loop {
    ///         tokio::select! {
    ///             _ = sender.closed() => return,
    ///             _ = every_second.tick() => drop(sender.try_send("a price")),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// It is cancel safe.
    #[doc(alias = "wait_closed")]
    pub fn closed(&self) -> impl Future<Output = Disconnect> {
        Wait::on(&self.shared).until(|core, cx, ticket| core.poll_over(cx, ticket))
    }

    /// How long the peer took for its last answer to a ping of the keep-alive; `None` before the first.
    /// See [`ping_interval`](crate::Settings::ping_interval).
    #[doc(alias = "latency")]
    #[must_use]
    pub fn round_trip_time(&self) -> Option<Duration> {
        self.shared.lock().round_trip_time()
    }

    /// Waits for the shutdown of the server. See [`WebSocket::server_shutdown`](crate::WebSocket::server_shutdown).
    pub fn server_shutdown(&self) -> ServerShutdown {
        ServerShutdown::new(&self.shared)
    }

    /// Whether nothing can be sent any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.lock().over().is_some()
    }

    /// Waits for capacity, then sends. The closure runs at most once.
    pub(super) fn enqueue_with_capacity(
        &self,
        mut enqueue: impl FnMut(&mut Core<Server>),
    ) -> impl Future<Output = Result<(), Disconnect>> {
        let mut wait = Wait::on(&self.shared);
        poll_fn(move |cx| {
            let mut core = wait.shared().lock();
            if core.request_refusal(cx) {
                watch_opening(wait.shared(), None);
            }
            if let Permit::Enqueue = ready!(core.poll_capacity(cx, wait.ticket()))? {
                core.enqueue_with(cx, &mut enqueue);
            }
            Poll::Ready(Ok(()))
        })
    }
}

impl<Out> fmt::Debug for Sender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("is_closed", &self.is_closed())
            .finish()
    }
}
