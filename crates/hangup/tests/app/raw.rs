//! HTTP and WebSocket as bytes over a stream, without a library.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

/// What a server answers to a GET, after which the connection ends.
pub(crate) async fn get(server: SocketAddr, target: &str) -> Response {
    let stream = TcpStream::connect(server).await.unwrap();
    request(
        stream,
        &format!("GET {target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"),
    )
    .await
}

/// A response, without what differs from request to request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The header lines, without the date.
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

/// Sends a request, and reads until the end.
pub(crate) async fn request(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> Response {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    let text = String::from_utf8(read).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers: Vec<_> = lines
        .filter(|line| !line.starts_with("date:"))
        .map(str::to_owned)
        .collect();
    headers.sort();
    Response {
        status,
        headers,
        body: body.to_owned(),
    }
}

/// A client whose opening handshake was answered with 101.
pub(crate) struct Client<S> {
    stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// The client, or the status that refused it.
    pub(crate) async fn open(mut stream: S, target: &str, more: &str) -> Result<Self, u16> {
        let head = format!(
            "GET {target} HTTP/1.1\r\nhost: h\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n{more}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            read.push(stream.read_u8().await.unwrap());
        }
        let status = String::from_utf8(read).unwrap()[9..12].parse().unwrap();
        if status == 101 {
            Ok(Self { stream })
        } else {
            Err(status)
        }
    }

    /// Sends a frame of at most 125 bytes, masked with zeros.
    pub(crate) async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![
            0x80 | opcode,
            0x80 | u8::try_from(payload.len()).unwrap(),
            0,
            0,
            0,
            0,
        ];
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The opcode and the payload of the next frame, which has at most 125 bytes.
    pub(crate) async fn frame(&mut self) -> (u8, Vec<u8>) {
        let first = self.stream.read_u8().await.unwrap();
        let length = self.stream.read_u8().await.unwrap();
        assert!(length <= 125, "a longer frame");
        let mut payload = vec![0; length.into()];
        self.stream.read_exact(&mut payload).await.unwrap();
        (first & 0x0f, payload)
    }

    /// The next frame, which must be text.
    pub(crate) async fn text(&mut self) -> String {
        let (opcode, payload) = self.frame().await;
        assert_eq!(opcode, 1, "{payload:?}");
        String::from_utf8(payload).unwrap()
    }

    /// The code and the reason of the Close frame that comes next. It is answered, and the stream ends behind it.
    pub(crate) async fn close(&mut self) -> (u16, String) {
        let (opcode, payload) = self.frame().await;
        assert_eq!(opcode, 8, "{payload:?}");
        self.send(8, &payload[..2]).await;
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "behind the Close frame: {rest:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        (code, String::from_utf8(payload[2..].to_vec()).unwrap())
    }
}
