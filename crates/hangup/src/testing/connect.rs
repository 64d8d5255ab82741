//! `Connect`: an opening handshake of the test client, with its headers.

use std::{fmt::Display, future::IntoFuture, panic::Location, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::sync::Mutex;

use super::{
    checked::Checked,
    client_side::ClientSide,
    headers::{BoxedStep, add_cookies, value_of},
    http::{HttpResponse, Requested},
    session::Session,
    socket::TestSocket,
};

/// The key of every handshake of the test client: the sample of RFC 6455, section 1.3.
const KEY: HeaderValue = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");

/// The only right answer to [`KEY`].
const ACCEPT: HeaderValue = HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

/// An opening handshake that is sent when it is awaited.
#[derive(Debug)]
pub struct Connect {
    session: Session,
    target: String,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    subprotocols: Vec<String>,
    offers_deflate: bool,
    caller: &'static Location<'static>,
}

impl Connect {
    #[track_caller]
    pub(super) fn new(session: &Session, target: &str) -> Self {
        let mut headers = session.headers.clone();
        for (name, value) in [
            (header::HOST, HeaderValue::from_static("testserver")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::CONNECTION, HeaderValue::from_static("Upgrade")),
            (header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
            (header::SEC_WEBSOCKET_KEY, KEY),
        ] {
            headers.entry(name).or_insert(value);
        }
        Self {
            session: session.clone(),
            target: target.to_owned(),
            headers,
            cookies: Vec::new(),
            subprotocols: Vec::new(),
            offers_deflate: false,
            caller: Location::caller(),
        }
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets a header. It replaces all lines of that name, also those of the handshake itself.
    #[must_use]
    pub fn set_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Omits a header, which may be one of the handshake itself.
    #[must_use]
    pub fn without_header(mut self, name: &HeaderName) -> Self {
        self.headers.remove(name);
        self
    }

    /// Adds a cookie, in place of one of that name in the client's jar.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: impl Display) -> Self {
        self.cookies.push((name.to_owned(), value.to_string()));
        self
    }

    /// Offers a subprotocol, after those offered before.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.subprotocols.push(name.to_owned());
        self
    }

    /// Offers permessage-deflate, as browsers do. If the server accepts it, messages are compressed, and
    /// [`TestSocket::headers`] has its answer.
    #[must_use]
    pub fn deflate(mut self) -> Self {
        self.offers_deflate = true;
        self
    }

    async fn send(mut self) -> Result<Result<TestSocket, HttpResponse>, String> {
        add_cookies(
            &mut self.headers,
            &self.session.cookies,
            &self.target,
            self.cookies,
        )?;
        if !self.subprotocols.is_empty() {
            let name = header::SEC_WEBSOCKET_PROTOCOL;
            let offered = value_of(&name, &self.subprotocols, ", ")?;
            self.headers.append(name, offered);
        }
        if self.offers_deflate {
            self.headers.append(
                header::SEC_WEBSOCKET_EXTENSIONS,
                HeaderValue::from_static("permessage-deflate; client_max_window_bits"),
            );
        }
        let requested = Requested {
            method: &Method::GET,
            target: &self.target,
            headers: &self.headers,
            body: &[],
        };
        let (opened, response, read_ahead) = self.session.exchange(&requested).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Err(response));
        }
        let headers = response.headers().clone();
        if headers.get(header::SEC_WEBSOCKET_ACCEPT) != Some(&ACCEPT) {
            return Err(format!("the 101 has a wrong Sec-WebSocket-Accept: {headers:?}"));
        }
        let side = ClientSide::new(opened.stream, &read_ahead, &headers, opened.witness);
        let side = Arc::new(Mutex::new(side));
        self.session.note_open(&side);
        Ok(Ok(TestSocket::new(side, headers, self.session.time_limit)))
    }
}

impl IntoFuture for Connect {
    type Output = Result<TestSocket, HttpResponse>;
    type IntoFuture = Checked<BoxedStep<Result<TestSocket, HttpResponse>>>;

    fn into_future(self) -> Self::IntoFuture {
        Checked::at(self.caller, Box::pin(self.send()))
    }
}
