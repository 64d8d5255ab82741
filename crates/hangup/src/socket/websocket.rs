//! `WebSocket`: the open connection as the endpoint holds it.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hangup_protocol::{Close, Utf8Bytes};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{
    closing::Closed, message::Message, message_type::Raw, receiver::Receiver, sender::Sender, server::Shared,
    server_shutdown::ServerShutdown, shared::Wait,
};
use crate::error::{Disconnect, ReceiveError, SendError, TrySendError};

/// An open WebSocket: it exists only between `accept` and `close`.
///
/// Dropping it closes nothing: the connection is closed when the endpoint ends, with the code and the reason
/// that its end stands for. What the peer sends until then is discarded.
///
/// # Cancel safety
///
/// Every `recv..` and `send..` is cancel safe: a receive that is dropped loses no message, a send that is
/// dropped before it is ready has sent nothing.
///
/// ```
/// use hangup::{Handshake, Result};
///
/// async fn echo(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     loop {
///         let message = socket.recv().await?;
///         socket.send(message).await?;
///     }
/// }
/// ```
#[doc(alias = "websocket")]
///
/// `In` and `Out` are the types of its messages; without them they are text and binary as they come. See
/// [`models`](crate::models).
pub struct WebSocket<In = Raw, Out = Raw> {
    pub(super) receiver: Receiver<In>,
    pub(super) sender: Sender<Out>,
    pub(super) subprotocol: Option<Box<str>>,
}

impl WebSocket {
    pub(crate) fn new(shared: Arc<Shared>, subprotocol: Option<Box<str>>) -> Self {
        Self {
            sender: Sender::new(Arc::clone(&shared)),
            receiver: Receiver::new(shared),
            subprotocol,
        }
    }
}

impl<In, Out> WebSocket<In, Out> {
    pub(crate) const fn as_sender(&self) -> &Sender<Out> {
        &self.sender
    }

    /// The subprotocol that was chosen at `accept` (RFC 6455, 1.9).
    #[must_use]
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }
}

impl WebSocket {
    /// Receives the next message of either kind.
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    #[doc(alias = "receive")]
    pub fn recv(&mut self) -> impl Future<Output = Result<Message, Disconnect>> {
        self.receiver.recv()
    }

    /// Receives the next message, which must be text.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]: the peer has left, or the message was binary (1003).
    #[doc(alias = "receive_text")]
    pub fn recv_text(&mut self) -> impl Future<Output = Result<Utf8Bytes, ReceiveError>> {
        self.receiver.recv_text()
    }

    /// Receives the next message, which must be binary.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]: the peer has left, or the message was text (1003).
    #[doc(alias = "receive_bytes")]
    pub fn recv_binary(&mut self) -> impl Future<Output = Result<Bytes, ReceiveError>> {
        self.receiver.recv_binary()
    }

    /// Receives the next message, which must be text that is the JSON of a `T`.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]: the peer has left, the message was binary (1003), no JSON (1007), or of another
    /// shape or a value that cannot be represented (1008).
    ///
    /// What `T` does not look at, such as a field that it ignores, needs to be JSON and nothing more. A key that
    /// stands twice is an error for a struct of serde; other types take the last.
    ///
    /// # Memory
    ///
    /// Reading takes what `T` takes, and a failure at most three times the message beside it for a moment, of which a few KiB
    /// stay in the error ([`bounds`](crate::params::bounds)). Types that serde buffers (tagged and untagged enums,
    /// `flatten`) and trees such as `serde_json::Value` take a multiple of the message that they decide; a
    /// refused string is quoted by serde with its control characters escaped, for a moment. See
    /// [`max_message_size`](crate::Settings::max_message_size).
    #[doc(alias = "receive_json")]
    pub async fn recv_json<T: DeserializeOwned>(&mut self) -> Result<T, ReceiveError> {
        self.receiver.recv_json().await
    }

    /// Like [`recv`](Self::recv), for code that is polled by hand.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Disconnect>> {
        self.receiver.poll_recv(cx)
    }

    /// Sends a text message. It waits only while too many bytes are unsent; see [`Sender`].
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    pub fn send_text(&mut self, text: impl AsRef<str>) -> impl Future<Output = Result<(), Disconnect>> {
        self.sender.send_text(text)
    }

    /// Sends a binary message. See [`send_text`](Self::send_text).
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    #[doc(alias = "send_bytes")]
    pub fn send_binary(&mut self, bytes: impl AsRef<[u8]>) -> impl Future<Output = Result<(), Disconnect>> {
        self.sender.send_binary(bytes)
    }

    /// Sends a value as JSON in a text message.
    ///
    /// # Errors
    ///
    /// [`SendError`]: the peer has closed or vanished, or the value cannot be JSON.
    pub async fn send_json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SendError> {
        self.sender.send_json(value).await
    }

    /// Sends a message of either kind. See [`send_text`](Self::send_text).
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    pub fn send(&mut self, message: impl Into<Message>) -> impl Future<Output = Result<(), Disconnect>> {
        self.sender.send(message)
    }
}

impl<In, Out> WebSocket<In, Out> {
    /// Sends a ping with a payload of at most 125 bytes; what is longer is cut (RFC 6455, 5.5). Pings of the
    /// peer are answered without being asked.
    ///
    /// # Errors
    ///
    /// [`Disconnect`] once the peer has closed or vanished.
    pub fn ping(&mut self, payload: impl Into<Bytes>) -> impl Future<Output = Result<(), Disconnect>> {
        self.sender.ping(payload)
    }
}

impl WebSocket {
    /// Sends a message if it can be sent at once, and never waits. See [`Sender::try_send`].
    ///
    /// # Errors
    ///
    /// [`TrySendError::Full`] where it cannot, [`TrySendError::Disconnect`] once the peer has left.
    pub fn try_send(&mut self, message: impl Into<Message>) -> Result<(), TrySendError> {
        self.sender.try_send(message)
    }
}

impl<In, Out> WebSocket<In, Out> {
    /// Closes the connection with 3000 "expired" at that time, unless it has ended by then: for credentials that
    /// hold for so long. A later call replaces the time.
    pub fn expire_at(&self, at: impl Into<Instant>) {
        self.sender.expire_at(at);
    }

    /// Closes the connection when that time has passed: see [`expire_at`](Self::expire_at).
    pub fn expire_in(&self, time: Duration) {
        self.sender.expire_in(time);
    }

    /// How long the peer took for its last answer to a ping of the keep-alive; `None` before the first.
    /// See [`ping_interval`](crate::Settings::ping_interval).
    #[doc(alias = "latency")]
    #[must_use]
    pub fn round_trip_time(&self) -> Option<Duration> {
        self.sender.round_trip_time()
    }

    /// Waits for the shutdown of the server ([`Serve`](crate::serve::Serve)), or for the end of the connection. The endpoint
    /// can then send a last message and end. Its connection is closed after
    /// [`shutdown_notice`](crate::serve::Serve::shutdown_notice). The future borrows nothing, and may be made several times.
    ///
    /// ```
    /// use hangup::{Handshake, Result};
    ///
    /// async fn endpoint(handshake: Handshake) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     let mut shutdown = socket.server_shutdown();
    ///     loop {
    ///         tokio::select! {
    ///             message = socket.recv() => {
    ///                 let message = message?;
    ///                 socket.send(message).await?;
    ///             }
    ///             () = &mut shutdown => {
    ///                 socket.send_text("come back soon").await?;
    ///                 return Ok(());
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    #[doc(alias = "shutdown")]
    pub fn server_shutdown(&self) -> ServerShutdown {
        self.sender.server_shutdown()
    }

    /// A sender on this connection for other tasks.
    #[must_use]
    pub fn sender(&self) -> Sender<Out> {
        self.sender.clone()
    }

    pub(super) fn halves(&mut self) -> (&mut Sender<Out>, &mut Receiver<In>) {
        (&mut self.sender, &mut self.receiver)
    }

    /// Splits the socket, so that one task may receive while others send.
    #[must_use]
    pub fn split(self) -> (Sender<Out>, Receiver<In>) {
        (self.sender, self.receiver)
    }

    /// Closes with a code and a reason, and waits until the closing handshake is over: the peer has answered, it
    /// has vanished, or [`close_timeout`](crate::Settings::close_timeout) has passed.
    ///
    /// The endpoint may go on afterwards, for as long as it likes: [`disconnect_grace`](crate::Settings::disconnect_grace)
    /// is for those whose peer has left. However it ends, no second Close frame is sent.
    ///
    /// Cancel safety: the Close frame is on its way once the future has been polled.
    pub async fn close(self, close: impl Into<Close>) -> Closed {
        self.receiver.shared().lock().close_by_endpoint(&close.into());
        Wait::on(self.receiver.shared())
            .until(|core, cx, ticket| core.poll_closed(cx, ticket))
            .await
    }
}

impl<In, Out> fmt::Debug for WebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("subprotocol", &self.subprotocol)
            .finish_non_exhaustive()
    }
}
