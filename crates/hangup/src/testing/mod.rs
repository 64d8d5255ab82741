//! The test client: connections to an app in this process, over memory, with the bytes of production.

mod connect;
mod http;
mod socket;
mod typed;

use std::{net::SocketAddr, time::Duration};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::DuplexStream;

use crate::app::{Http, Served};

pub use self::{
    connect::Connect,
    http::HttpResponse,
    socket::{Received, TestSocket},
    typed::TypedTestSocket,
};

/// How many bytes are on their way between client and server at the most.
const PIPE: usize = 64 * 1024;

/// A client of an app in this process.
///
/// Requests and frames go through an in-memory pipe and hyper, so an endpoint cannot tell it from a real client.
/// No port is opened, and under tokio's paused time the deadlines of app and client pass at once.
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

    /// From which address the requests come, for limits on the connections of one peer and for
    /// [`ConnectInfo`](axum::extract::ConnectInfo). Default: none is known.
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
    /// `path` is the request's target as it stands on the wire, with the query.
    #[doc(alias = "websocket_connect")]
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn connect(&self, path: &str) -> Connect {
        Connect::new(self.stream(), path, self.headers.clone(), self.time_limit)
    }

    /// The client's end of a fresh HTTP/1 connection to the app, for tests that speak the bytes themselves.
    #[must_use]
    pub fn stream(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        tokio::spawn(Http::alone(self.app.clone()).serve(server));
        client
    }
}
