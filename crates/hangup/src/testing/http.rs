//! The HTTP/1 of the test client: it sends one request and reads one response.

use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
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
}

impl fmt::Display for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HTTP {} {:?}",
            self.status,
            String::from_utf8_lossy(&self.body)
        )
    }
}

/// Sends a request and reads the response. Of a 101 it reads the head, and keeps the bytes after it.
pub(super) async fn exchange(
    stream: &mut DuplexStream,
    path: &str,
    headers: &HeaderMap,
) -> io::Result<(HttpResponse, Bytes)> {
    let mut request = format!("GET {path} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            request.extend_from_slice(part);
        }
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;

    let mut read = BytesMut::new();
    let (mut response, head) = loop {
        if let Some(parsed) = parse_head(&read)? {
            break parsed;
        }
        if read.len() > MAX_HEAD || stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let mut rest = read.split_off(head);
    if response.status == StatusCode::SWITCHING_PROTOCOLS {
        return Ok((response, rest.freeze()));
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
            stream.shutdown().await?;
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
