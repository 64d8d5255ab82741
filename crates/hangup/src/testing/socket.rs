//! `TestSocket`: the client's side of an open connection, with assertions.

use std::{fmt, future::Future, panic::Location, time::Duration};

use bytes::{Bytes, BytesMut};
use hangup_protocol::{Close, CloseCode, Connection, DeflateConfig, Event, PeerClose, Role, extensions};
use http::{HeaderMap, header};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::timeout,
};

use crate::socket::Message;

/// The largest message that the client receives, in bytes.
const MAX_MESSAGE_SIZE: usize = 256 * 1024 * 1024;

/// What the server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A ping; it has been answered.
    Ping(Bytes),
    /// A pong.
    Pong(Bytes),
    /// The Close frame; it has been answered.
    Close(PeerClose),
    /// The end of the stream. Without a Close frame before it, clients report 1006.
    End,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(Message::Text(text)) => write!(f, "text {:?}", &**text),
            Self::Message(Message::Binary(bytes)) => write!(f, "{} binary bytes", bytes.len()),
            Self::Ping(_) => f.write_str("a ping"),
            Self::Pong(_) => f.write_str("a pong"),
            Self::Close(close) => write!(f, "close {} {:?}", close.code(), &**close.reason()),
            Self::End => f.write_str("the end of the stream"),
        }
    }
}

/// An open connection of a [`TestClient`](super::TestClient).
///
/// Its methods return no errors: they fail the test, with a message that says what was received instead. Dropping the
/// socket ends the stream without a Close frame.
pub struct TestSocket {
    stream: DuplexStream,
    protocol: Connection,
    input: BytesMut,
    headers: HeaderMap,
    time_limit: Duration,
}

impl TestSocket {
    pub(super) fn new(
        stream: DuplexStream,
        read_ahead: &[u8],
        headers: HeaderMap,
        time_limit: Duration,
    ) -> Self {
        let role = Role::Client { mask_seed: 0x5eed };
        let mut protocol = Connection::new(role, MAX_MESSAGE_SIZE);
        // The server's answer has the form of an offer with one outcome.
        let answer = headers
            .get_all(header::SEC_WEBSOCKET_EXTENSIONS)
            .iter()
            .map(http::HeaderValue::as_bytes);
        let taken_over = DeflateConfig::new()
            .server_context_takeover(true)
            .client_context_takeover(true);
        if let Some(agreement) = extensions(answer)
            .ok()
            .and_then(|answer| taken_over.negotiate(&answer))
        {
            protocol = protocol.with_deflate(&agreement);
        }
        Self {
            stream,
            protocol,
            input: read_ahead.into(),
            headers,
            time_limit,
        }
    }

    /// The headers of the 101.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The subprotocol that the server chose.
    #[must_use]
    pub fn subprotocol(&self) -> Option<&str> {
        self.headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()
    }

    /// Sends a text message. If the connection has ended, the message is dropped, as in a browser.
    pub async fn send_text(&mut self, text: impl AsRef<str>) {
        let mut output = Vec::new();
        let _ = self.protocol.send_text(text.as_ref(), &mut output);
        self.send_raw(&output).await;
    }

    /// Sends a binary message.
    pub async fn send_binary(&mut self, bytes: impl AsRef<[u8]>) {
        let mut output = Vec::new();
        let _ = self.protocol.send_binary(bytes.as_ref(), &mut output);
        self.send_raw(&output).await;
    }

    /// Sends a value as JSON in a text message.
    ///
    /// # Panics
    ///
    /// If the value cannot be JSON.
    pub async fn send_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_string(value) {
            Ok(json) => self.send_text(json).await,
            Err(error) => panic!("the value cannot be sent as JSON: {error}"),
        }
    }

    /// Sends a ping.
    pub async fn ping(&mut self, payload: impl AsRef<[u8]>) {
        let mut output = Vec::new();
        let _ = self.protocol.ping(payload.as_ref(), &mut output);
        self.send_raw(&output).await;
    }

    /// Sends a Close frame. The answer of the server is received like everything else.
    pub async fn send_close(&mut self, code: CloseCode, reason: &str) {
        let mut output = Vec::new();
        let _ = self
            .protocol
            .close(&Close::new(code, reason.to_owned()), &mut output);
        self.send_raw(&output).await;
    }

    /// Sends bytes as they are, for tests that violate the protocol.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Receives the next frame or message. Pings and Close frames are answered. The other methods skip pings, which a
    /// server may send at any time.
    ///
    /// # Panics
    ///
    /// If nothing arrives within the time limit, or if the server violates the protocol.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Received> + Send {
        self.within_time(false)
    }

    #[track_caller]
    fn within_time(&mut self, skips_pings: bool) -> impl Future<Output = Received> + Send {
        let caller = Location::caller();
        let time_limit = self.time_limit;
        async move {
            let received = async {
                loop {
                    match self.next().await {
                        Received::Ping(_) if skips_pings => {}
                        received => return received,
                    }
                }
            };
            match timeout(time_limit, received).await {
                Ok(received) => received,
                Err(_) => panic!("the server sent nothing within {time_limit:?}, at {caller}"),
            }
        }
    }

    async fn next(&mut self) -> Received {
        loop {
            if self.protocol.reading_is_over() && !self.input.is_empty() {
                panic!("the server sent {:?} after its Close frame", self.input);
            }
            let mut output = Vec::new();
            let mut rest = &*self.input;
            let event = self.protocol.receive(&mut rest, &mut output);
            let used = self.input.len() - rest.len();
            let _ = self.input.split_to(used);
            self.send_raw(&output).await;
            match event {
                Some(Event::Text(text)) => return Received::Message(Message::Text(text)),
                Some(Event::Binary(bytes)) => return Received::Message(Message::Binary(bytes)),
                Some(Event::Ping(payload)) => return Received::Ping(payload),
                Some(Event::Pong(payload)) => return Received::Pong(payload),
                Some(Event::Close(close)) => return Received::Close(close),
                Some(Event::Violation(violation)) => panic!("the server broke the protocol: {violation}"),
                // The bound of inflation for one call.
                None if !self.input.is_empty() && !self.protocol.reading_is_over() => continue,
                None => {}
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) | Err(_) => return Received::End,
                Ok(_) => {}
            }
        }
    }

    /// The next message, which must be text.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_text(&mut self) -> impl Future<Output = String> + Send {
        let caller = Location::caller();
        let received = self.within_time(true);
        async move {
            match received.await {
                Received::Message(Message::Text(text)) => text.to_string(),
                other => panic!("expected a text message, received {other}, at {caller}"),
            }
        }
    }

    /// The next message, which must be binary.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_binary(&mut self) -> impl Future<Output = Bytes> + Send {
        let caller = Location::caller();
        let received = self.within_time(true);
        async move {
            match received.await {
                Received::Message(Message::Binary(bytes)) => bytes,
                other => panic!("expected a binary message, received {other}, at {caller}"),
            }
        }
    }

    /// The next message, which must be text that is the JSON of a `T`.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_json<T: DeserializeOwned>(&mut self) -> impl Future<Output = T> + Send {
        let caller = Location::caller();
        let text = self.recv_text();
        async move {
            let text = text.await;
            match serde_json::from_str(&text) {
                Ok(value) => value,
                Err(error) => panic!("{text:?} is not the JSON that was expected: {error}, at {caller}"),
            }
        }
    }

    /// Asserts that a Close frame is next, and that only the end of the stream follows it. Returns the content of the
    /// frame.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_close(&mut self) -> impl Future<Output = PeerClose> + Send {
        let caller = Location::caller();
        async move {
            let close = match self.within_time(true).await {
                Received::Close(close) => close,
                other => panic!("expected a Close frame, received {other}, at {caller}"),
            };
            match self.within_time(true).await {
                Received::End => close,
                other => panic!("expected the end of the stream after close, received {other}, at {caller}"),
            }
        }
    }

    /// Asserts that the connection ends now, with a Close frame of this code and reason.
    ///
    /// # Panics
    ///
    /// If something else arrives; the message says what.
    #[track_caller]
    pub fn assert_closed<'s>(
        &'s mut self,
        code: CloseCode,
        reason: &'s str,
    ) -> impl Future<Output = ()> + Send + 's {
        let caller = Location::caller();
        let closed = self.recv_close();
        async move {
            let close = closed.await;
            let (came, with) = (close.code(), close.reason());
            if came != code || **with != *reason {
                panic!(
                    "expected close {code} {reason:?}, received close {came} {:?}, at {caller}",
                    &**with
                );
            }
        }
    }
}

impl fmt::Debug for TestSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSocket")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
