//! `Connect`: an opening handshake of the test client, with its headers.

use std::{
    fmt::Display,
    future::{Future, IntoFuture},
    panic::Location,
    pin::Pin,
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::{io::DuplexStream, time::timeout};

use super::{
    http::{HttpResponse, exchange},
    socket::TestSocket,
};

/// The key of every handshake of the test client: the sample of RFC 6455, section 1.3.
const KEY: HeaderValue = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");

/// The only right answer to [`KEY`].
const ACCEPT: HeaderValue = HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

/// An opening handshake that is sent when it is awaited.
#[derive(Debug)]
pub struct Connect {
    stream: DuplexStream,
    path: String,
    headers: HeaderMap,
    cookies: Vec<String>,
    subprotocols: Vec<String>,
    offers_deflate: bool,
    time_limit: Duration,
    caller: &'static Location<'static>,
}

impl Connect {
    #[track_caller]
    pub(super) fn new(
        stream: DuplexStream,
        path: &str,
        mut headers: HeaderMap,
        time_limit: Duration,
    ) -> Self {
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
            stream,
            path: path.to_owned(),
            headers,
            cookies: Vec::new(),
            subprotocols: Vec::new(),
            offers_deflate: false,
            time_limit,
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

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: impl Display) -> Self {
        self.cookies.push(format!("{name}={value}"));
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

    async fn send(mut self) -> Result<TestSocket, HttpResponse> {
        let caller = self.caller;
        for (name, values, separator) in [
            (header::COOKIE, &self.cookies, "; "),
            (header::SEC_WEBSOCKET_PROTOCOL, &self.subprotocols, ", "),
        ] {
            if !values.is_empty() {
                match HeaderValue::try_from(values.join(separator)) {
                    Ok(value) => self.headers.append(name, value),
                    Err(_) => panic!("{values:?} is no value for the header `{name}`, at {caller}"),
                };
            }
        }
        if self.offers_deflate {
            self.headers.append(
                header::SEC_WEBSOCKET_EXTENSIONS,
                HeaderValue::from_static("permessage-deflate; client_max_window_bits"),
            );
        }
        let exchange = exchange(&mut self.stream, &self.path, &self.headers);
        let (response, read_ahead) = match timeout(self.time_limit, exchange).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("no HTTP response to the handshake ({error}), at {caller}"),
            Err(_) => panic!(
                "no HTTP response to the handshake within {:?}, at {caller}",
                self.time_limit
            ),
        };
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(response);
        }
        if response.headers().get(header::SEC_WEBSOCKET_ACCEPT) != Some(&ACCEPT) {
            panic!(
                "the 101 has a wrong Sec-WebSocket-Accept, at {caller}: {:?}",
                response.headers()
            );
        }
        Ok(TestSocket::new(
            self.stream,
            &read_ahead,
            response.headers().clone(),
            self.time_limit,
        ))
    }
}

impl IntoFuture for Connect {
    type Output = Result<TestSocket, HttpResponse>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
