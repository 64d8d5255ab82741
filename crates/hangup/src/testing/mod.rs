//! Testing: a client of an app in the same process, over memory, with the bytes of production.
//!
//! | to | use |
//! |---|---|
//! | connect, and send plain HTTP requests | [`TestClient`] |
//! | send headers, cookies, subprotocols | [`Connect`] |
//! | send, receive, and check the close code and the reason | [`TestSocket`] |
//! | check a refusal by HTTP | [`HttpResponse`] |
//! | send plain HTTP requests, keep cookies | [`HttpRequest`], [`CookieJar`] |
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

mod checked;
mod client_side;
mod connect;
mod cookies;
mod headers;
mod http;
mod received;
mod request;
mod session;
mod socket;
mod typed;

use std::{net::SocketAddr, time::Duration};

use ::http::{HeaderName, HeaderValue, Method};
use tokio::io::DuplexStream;

use self::session::Session;
pub use self::{
    checked::Checked, connect::Connect, cookies::CookieJar, http::HttpResponse, received::Received,
    request::HttpRequest, socket::TestSocket, typed::TypedTestSocket,
};
use crate::{app::Served, connections::Drained};

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
    session: Session,
}

impl TestClient {
    /// A client of an app or of an axum router.
    #[must_use]
    pub fn new(app: impl Into<Served>) -> Self {
        Self {
            session: Session::new(app.into()),
        }
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.session.headers.append(name, value);
        self
    }

    /// Sets the address from which requests come, for limits per peer and for
    /// [`ConnectInfo`](axum::extract::ConnectInfo). Default: no address.
    #[must_use]
    pub fn peer(mut self, address: SocketAddr) -> Self {
        self.session.app = self.session.app.for_peer(address);
        self
    }

    /// How long a connect or a receive waits before the test fails. Default: 5 s.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.session.time_limit = limit;
        self
    }

    /// The cookies that responses have set, and that requests and handshakes send. Clones of a client share them.
    #[must_use]
    pub fn cookies(&self) -> &CookieJar {
        &self.session.cookies
    }

    /// Opens a connection: awaiting it gives the open socket, or the HTTP response that refused it.
    ///
    /// `path` is the target of the request as it is sent, with the query.
    #[doc(alias = "websocket_connect")]
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn connect(&self, path: &str) -> Connect {
        Connect::new(&self.session, path)
    }

    /// A plain request: awaiting it gives the response.
    ///
    /// ```
    /// use axum::{Router, http::header::SET_COOKIE, routing::post};
    /// use hangup::{App, Handshake, Result, testing::TestClient, websocket};
    ///
    /// #[websocket("/ws")]
    /// async fn greet(handshake: Handshake, #[cookie] user: String) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     Ok(socket.send_text(format!("hello {user}")).await?)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let login = post(async |user: String| [(SET_COOKIE, format!("user={user}; Path=/"))]);
    /// let app = App::new().endpoint(greet).merge(Router::new().route("/login", login));
    ///
    /// let client = TestClient::new(app);
    /// assert_eq!(client.post("/login").body("ann").await.status(), 200);
    /// let mut socket = client.connect("/ws").await.unwrap();
    /// assert_eq!(socket.recv_text().await, "hello ann");
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> HttpRequest {
        HttpRequest::new(&self.session, method, path)
    }

    /// A GET. See [`request`](Self::request).
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn get(&self, path: &str) -> HttpRequest {
        self.request(Method::GET, path)
    }

    /// A POST. See [`request`](Self::request).
    #[must_use = "nothing is sent until it is awaited"]
    #[track_caller]
    pub fn post(&self, path: &str) -> HttpRequest {
        self.request(Method::POST, path)
    }

    /// Stops the server of this client and its clones as [`App::serve`](crate::App::serve) stops at a signal, with its
    /// defaults, and says how the connections ended. Their sockets answer pings and the Close frame meanwhile, as
    /// browsers do; what came can be received afterwards. Handshakes that come later are refused with 1012.
    ///
    /// ```
    /// use hangup::{App, CloseCode, Handshake, Result, testing::TestClient};
    ///
    /// async fn listen(handshake: Handshake) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     loop {
    ///         socket.recv().await?;
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(App::new().route("/ws", listen));
    /// let mut socket = client.connect("/ws").await.unwrap();
    /// assert_eq!(client.shut_down().await.closed, 1);
    /// socket.assert_closed(CloseCode::GOING_AWAY, "").await;
    /// # }
    /// ```
    pub async fn shut_down(&self) -> Drained {
        self.session.shut_down().await
    }

    /// Opens a new HTTP/1 connection to the app, for tests that write and read the bytes themselves.
    #[must_use]
    pub fn stream(&self) -> DuplexStream {
        self.session.open_stream().stream
    }
}
