//! `HttpRequest`: a plain HTTP request of the test client.

use std::{fmt::Display, future::IntoFuture, panic::Location};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;

use super::{
    checked::Checked,
    headers::{BoxedStep, add_cookies},
    http::{HttpResponse, Requested},
    session::Session,
};

/// An HTTP request that is sent when it is awaited. Redirects are not followed.
#[derive(Debug)]
pub struct HttpRequest {
    session: Session,
    method: Method,
    target: String,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    body: Bytes,
    caller: &'static Location<'static>,
}

impl HttpRequest {
    #[track_caller]
    pub(super) fn new(session: &Session, method: Method, target: &str) -> Self {
        let mut headers = session.headers.clone();
        headers
            .entry(header::HOST)
            .or_insert(HeaderValue::from_static("testserver"));
        headers
            .entry(header::CONNECTION)
            .or_insert(HeaderValue::from_static("close"));
        Self {
            session: session.clone(),
            method,
            target: target.to_owned(),
            headers,
            cookies: Vec::new(),
            body: Bytes::new(),
            caller: Location::caller(),
        }
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets a header, in place of the lines of that name.
    #[must_use]
    pub fn set_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a cookie, in place of one of that name in the client's jar.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: impl Display) -> Self {
        self.cookies.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a body of JSON, and its content type.
    ///
    /// # Panics
    ///
    /// If the value cannot be JSON.
    #[must_use]
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self
                .set_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(json),
            Err(error) => panic!("the value cannot be sent as JSON: {error}"),
        }
    }

    async fn send(mut self) -> Result<HttpResponse, String> {
        add_cookies(
            &mut self.headers,
            &self.session.cookies,
            &self.target,
            self.cookies,
        )?;
        if !self.body.is_empty() || self.method == Method::POST || self.method == Method::PUT {
            self.headers
                .entry(header::CONTENT_LENGTH)
                .or_insert(self.body.len().into());
        }
        let requested = Requested {
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
        };
        let (_, response, _) = self.session.exchange(&requested).await?;
        Ok(response)
    }
}

impl IntoFuture for HttpRequest {
    type Output = HttpResponse;
    type IntoFuture = Checked<BoxedStep<HttpResponse>>;

    fn into_future(self) -> Self::IntoFuture {
        Checked::at(self.caller, Box::pin(self.send()))
    }
}
