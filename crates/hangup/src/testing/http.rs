//! The HTTP/1 of the test client: it sends one request and reads one response.

use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// The longest head of a response, in bytes.
const MAX_HEAD: usize = 256 * 1024;

/// An HTTP response: the result of a refused handshake.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    server_error: Option<String>,
}

impl HttpResponse {
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON; `Null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text; what is not UTF-8 is U+FFFD.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error for which a handshake was refused, with its chain of sources: what the log has and no peer sees.
    #[must_use]
    pub fn server_error(&self) -> Option<&str> {
        self.server_error.as_deref()
    }

    pub(super) fn with_server_error(self, server_error: Option<String>) -> Self {
        Self { server_error, ..self }
    }
}

impl fmt::Display for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HTTP {} {:?}",
            self.status,
            String::from_utf8_lossy(&self.body)
        )?;
        match &self.server_error {
            Some(error) if self.status.is_server_error() => write!(f, "; the server's error: {error}"),
            _ => Ok(()),
        }
    }
}

/// A request as it is written.
pub(super) struct Requested<'r> {
    pub(super) method: &'r Method,
    pub(super) target: &'r str,
    pub(super) headers: &'r HeaderMap,
    pub(super) body: &'r [u8],
}

impl fmt::Display for Requested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.headers.contains_key(header::SEC_WEBSOCKET_KEY) {
            f.write_str("the handshake")
        } else {
            write!(f, "{} {}", self.method, self.target)
        }
    }
}

/// Sends a request and reads the response. Of a 101 it reads the head, and keeps the bytes after it.
pub(super) async fn exchange(
    stream: &mut DuplexStream,
    requested: &Requested<'_>,
) -> io::Result<(HttpResponse, Bytes)> {
    let Requested {
        method,
        target,
        headers,
        body,
    } = requested;
    let mut request = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in *headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            request.extend_from_slice(part);
        }
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    // A server may answer before it has read the whole body, and need not read it.
    let written = stream.write_all(&request).await;

    let mut read = BytesMut::new();
    let (mut response, head) = loop {
        if let Some(parsed) = parse_head(&read)? {
            break parsed;
        }
        if read.len() > MAX_HEAD || stream.read_buf(&mut read).await? == 0 {
            written?;
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let mut rest = read.split_off(head);
    if response.status == StatusCode::SWITCHING_PROTOCOLS {
        return Ok((response, rest.freeze()));
    }
    if **method == Method::HEAD {
        return Ok((response, Bytes::new()));
    }
    let length = response
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => {
            while rest.len() < length && stream.read_buf(&mut rest).await? > 0 {}
            response.body = rest.freeze();
        }
        None => {
            // The server may have closed already.
            let _ = stream.shutdown().await;
            while stream.read_buf(&mut rest).await? > 0 {}
            response.body = unchunk(&rest);
        }
    }
    Ok((response, Bytes::new()))
}

fn parse_head(bytes: &[u8]) -> io::Result<Option<(HttpResponse, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut head = httparse::Response::new(&mut headers);
    let invalid = |error: &dyn fmt::Display| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let httparse::Status::Complete(length) = head.parse(bytes).map_err(|error| invalid(&error))? else {
        return Ok(None);
    };
    let status = StatusCode::from_u16(head.code.unwrap_or_default()).map_err(|error| invalid(&error))?;
    let mut response = HttpResponse {
        status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        server_error: None,
    };
    for line in head.headers.iter() {
        let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|error| invalid(&error))?;
        let value = HeaderValue::from_bytes(line.value).map_err(|error| invalid(&error))?;
        response.headers.append(name, value);
    }
    Ok(Some((response, length)))
}

/// Decodes chunked framing (RFC 9112, section 7.1).
fn unchunk(mut framed: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(httparse::Status::Complete((start, length))) = httparse::parse_chunk_size(framed) {
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| start.checked_add(length));
        let Some(chunk) = end.and_then(|end| framed.get(start..end)) else {
            break;
        };
        if chunk.is_empty() {
            break;
        }
        body.extend_from_slice(chunk);
        framed = framed.get(start + chunk.len() + 2..).unwrap_or_default();
    }
    body.freeze()
}
