//! `TestSocket`: the client's side of an open connection, with assertions.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use hangup_protocol::{Close, CloseCode, PeerClose};
use http::{HeaderMap, header};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::timeout};

use super::{checked::Checked, client_side::ClientSide, received::Received};
use crate::socket::Message;

/// An open connection of a [`TestClient`](super::TestClient).
///
/// Its methods fail the test, with a message that says what came instead, rather than return errors. The panic and its
/// message name the line of the test, and where a Close with 1011 came, the error of the server with its chain of
/// sources. Dropping the socket is what a vanished client does.
pub struct TestSocket {
    side: Arc<Mutex<ClientSide>>,
    headers: HeaderMap,
    time_limit: Duration,
}

impl TestSocket {
    pub(super) fn new(side: Arc<Mutex<ClientSide>>, headers: HeaderMap, time_limit: Duration) -> Self {
        Self {
            side,
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
        let mut side = self.side.lock().await;
        side.send(|protocol, output| {
            let _ = protocol.send_text(text.as_ref(), output);
        })
        .await;
    }

    /// Sends a binary message.
    pub async fn send_binary(&mut self, bytes: impl AsRef<[u8]>) {
        let mut side = self.side.lock().await;
        side.send(|protocol, output| {
            let _ = protocol.send_binary(bytes.as_ref(), output);
        })
        .await;
    }

    /// Sends a value as JSON in a text message.
    ///
    /// # Panics
    ///
    /// If the value cannot be JSON.
    #[track_caller]
    pub fn send_json<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> impl Future<Output = ()> + Send + use<'_, T> {
        let json = serde_json::to_string(value);
        Checked::new(async move {
            let json = json.map_err(|error| format!("the value cannot be sent as JSON: {error}"))?;
            self.send_text(json).await;
            Ok(())
        })
    }

    /// Sends a ping.
    pub async fn ping(&mut self, payload: impl AsRef<[u8]>) {
        let mut side = self.side.lock().await;
        side.send(|protocol, output| {
            let _ = protocol.ping(payload.as_ref(), output);
        })
        .await;
    }

    /// Sends a Close frame. The server's answer is received like everything else.
    pub async fn send_close(&mut self, code: CloseCode, reason: &str) {
        let close = Close::new(code, reason.to_owned());
        let mut side = self.side.lock().await;
        side.send(|protocol, output| {
            let _ = protocol.close(&close, output);
        })
        .await;
    }

    /// Sends bytes as they are, for tests that violate the protocol.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.side.lock().await.send_raw(bytes).await;
    }

    /// Receives the next frame or message. Pings and Close frames are answered. The other methods skip pings, which a
    /// server may send at any time.
    ///
    /// # Panics
    ///
    /// If nothing arrives within the time limit, or if the server violates the protocol.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Received> + Send {
        Checked::new(async { within(self.time_limit, self.next()).await })
    }

    async fn next(&self) -> Result<Received, String> {
        self.side.lock().await.next().await
    }

    /// The next thing that is no ping, within the time limit.
    async fn next_but_pings(&self) -> Result<Received, String> {
        within(self.time_limit, async {
            loop {
                match self.next().await? {
                    Received::Ping(_) => {}
                    received => return Ok(received),
                }
            }
        })
        .await
    }

    async fn unexpected<T>(&self, expected: &str, received: &Received) -> Result<T, String> {
        Err(self.side.lock().await.unexpected(expected, received).await)
    }

    async fn next_text(&self) -> Result<String, String> {
        match self.next_but_pings().await? {
            Received::Message(Message::Text(text)) => Ok(text.to_string()),
            other => self.unexpected("a text message", &other).await,
        }
    }

    /// The next message, which must be text.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_text(&mut self) -> impl Future<Output = String> + Send {
        Checked::new(self.next_text())
    }

    /// The next message, which must be binary.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_binary(&mut self) -> impl Future<Output = Bytes> + Send {
        Checked::new(async {
            match self.next_but_pings().await? {
                Received::Message(Message::Binary(bytes)) => Ok(bytes),
                other => self.unexpected("a binary message", &other).await,
            }
        })
    }

    /// The next message, which must be text that is the JSON of a `T`.
    ///
    /// # Panics
    ///
    /// If something else comes.
    #[track_caller]
    pub fn recv_json<T: DeserializeOwned>(&mut self) -> impl Future<Output = T> + Send {
        Checked::new(async {
            let text = self.next_text().await?;
            serde_json::from_str(&text)
                .map_err(|error| format!("{text:?} is not the JSON that was expected: {error}"))
        })
    }

    async fn next_close(&self) -> Result<PeerClose, String> {
        let close = match self.next_but_pings().await? {
            Received::Close(close) => close,
            other => return self.unexpected("a Close frame", &other).await,
        };
        match self.next_but_pings().await? {
            Received::End => Ok(close),
            other => self.unexpected("the end of the stream after close", &other).await,
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
        Checked::new(self.next_close())
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
        Checked::new(async move {
            let close = self.next_close().await?;
            if close.code() == code && **close.reason() == *reason {
                return Ok(());
            }
            self.unexpected(&format!("close {code} {reason:?}"), &Received::Close(close))
                .await
        })
    }

    /// Asserts that the server sends nothing for a time, but pings; `time_limit` does not count here.
    ///
    /// Under tokio's paused time the time passes as soon as nothing else is to be done.
    ///
    /// # Panics
    ///
    /// If something comes; the message says what.
    #[track_caller]
    pub fn assert_silent(&mut self, time: Duration) -> impl Future<Output = ()> + Send {
        Checked::new(async move {
            let heard = async {
                loop {
                    match self.next().await? {
                        Received::Ping(_) => {}
                        received => return Ok::<_, String>(received),
                    }
                }
            };
            match timeout(time, heard).await {
                Err(_) => Ok(()),
                Ok(Err(failure)) => Err(failure),
                Ok(Ok(received)) => {
                    let expected = format!("nothing within {time:?}");
                    self.unexpected(&expected, &received).await
                }
            }
        })
    }

    /// Leaves, and gives the error with which the connection has ended on the server, with its chain of sources: what
    /// the log has and no peer sees. `None` where there was none, or none within 5 s.
    pub async fn server_error(&mut self) -> Option<String> {
        self.side.lock().await.server_error().await
    }
}

/// What comes within a time, else a failure.
async fn within<T>(
    time_limit: Duration,
    received: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    match timeout(time_limit, received).await {
        Ok(received) => received,
        Err(_) => Err(format!("the server sent nothing within {time_limit:?}")),
    }
}

impl fmt::Debug for TestSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSocket")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
