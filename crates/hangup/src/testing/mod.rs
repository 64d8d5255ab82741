//! Testing: a client of an app in the same process, over memory, with the bytes of production.
//!
//! | to | use |
//! |---|---|
//! | connect, and send plain HTTP requests | [`TestClient`] |
//! | send headers, cookies, subprotocols | [`Connect`] |
//! | send, receive, and check the close code and the reason | [`TestSocket`] |
//! | check a refusal by HTTP | [`HttpResponse`] |
//! | see every frame | [`Received`] |
//!
//! ```
//! use hangup::{App, Close, CloseCode, Handshake, Result, testing::TestClient};
//!
//! async fn locked(handshake: Handshake) -> Result {
//!     handshake.accept().await?;
//!     Err(Close::new(CloseCode::of::<4001>(), "locked").into())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let client = TestClient::new(App::new().route("/locked", locked));
//! let mut socket = client.connect("/locked").await.unwrap();
//! socket.assert_closed(CloseCode::of::<4001>(), "locked").await;
//! # }
//! ```

mod connect;
mod http;
mod socket;

use std::{net::SocketAddr, time::Duration};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::DuplexStream;

use crate::app::{Http, Served};

pub use self::{
    connect::Connect,
    http::HttpResponse,
    socket::{Received, TestSocket},
};

/// The capacity of the pipe between client and server, in bytes.
const PIPE: usize = 64 * 1024;

/// A client of an app in this process.
///
/// Requests and frames go through an in-memory pipe and hyper, so an endpoint sees no difference to a real client. No
/// port is opened. With tokio's paused time, the deadlines of app and client pass at once.
///
/// ```
/// use hangup::{App, CloseCode, Handshake, Result, testing::TestClient};
///
/// async fn echo(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     let text = socket.recv_text().await?;
///     socket.send_text(text).await?;
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(App::new().route("/echo", echo));
/// let mut socket = client.connect("/echo").await.unwrap();
/// socket.send_text("hello").await;
/// assert_eq!(socket.recv_text().await, "hello");
/// socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestClient {
    app: Served,
    headers: HeaderMap,
    time_limit: Duration,
}

impl TestClient {
    /// A client of an app or of an axum router.
    #[must_use]
    pub fn new(app: impl Into<Served>) -> Self {
        Self {
            app: app.into(),
            headers: HeaderMap::new(),
            time_limit: Duration::from_secs(5),
        }
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the address from which requests come, for limits per peer and for
    /// [`ConnectInfo`](axum::extract::ConnectInfo). Default: no address.
    #[must_use]
    pub fn peer(mut self, address: SocketAddr) -> Self {
        self.app = self.app.for_peer(address);
        self
    }

    /// How long a connect or a receive waits before the test fails. Default: 5 s.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Opens a connection: awaiting it gives the open socket, or the HTTP response that refused it.
    ///
    /// `path` is the target of the request as it is sent, with the query.
    #[doc(alias = "websocket_connect")]
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn connect(&self, path: &str) -> Connect {
        Connect::new(self.stream(), path, self.headers.clone(), self.time_limit)
    }

    /// Opens a new HTTP/1 connection to the app, for tests that write and read the bytes themselves.
    #[must_use]
    pub fn stream(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        tokio::spawn(Http::alone(self.app.clone()).serve(server));
        client
    }
}
