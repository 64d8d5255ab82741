//! The wire as a client without a library sees it: the handshake, and frames as bytes (RFC 6455, 5.2).

use bytes::BytesMut;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// An opening handshake (RFC 6455, 1.3), with more header lines.
pub(crate) fn handshake(path: &str, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: testserver\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    )
}

/// A frame as a client sends it: whole, and masked with zeros.
pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// A client's Close frame.
pub(crate) fn close(code: u16, reason: &str) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

/// One frame of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        Self {
            opcode: CLOSE,
            payload: [&code.to_be_bytes(), reason.as_bytes()].concat(),
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        Self {
            opcode: TEXT,
            payload: text.into(),
        }
    }
}

/// One frame off the front, if it is whole. A server masks nothing and, here, fragments nothing.
fn parse(bytes: &[u8]) -> Option<(Frame, usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    assert_eq!(first & 0xf0, 0x80, "FIN and no reserved bit in {bytes:?}");
    let opcode = first & 0x0f;
    assert!(matches!(opcode, 1 | 2 | 8..=10), "the opcode of {bytes:?}");
    let (length, start) = match second {
        126 => (
            u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            4,
        ),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?), 10),
        length => {
            assert!(length < 126, "a server masks nothing");
            (u64::from(length), 2)
        }
    };
    assert!(
        opcode < 8 || length <= 125,
        "a control frame has at most 125 bytes"
    );
    let end = start + usize::try_from(length).unwrap();
    let payload = bytes.get(start..end)?.to_vec();
    Some((Frame { opcode, payload }, end))
}

/// All frames of some bytes that are whole, and the bytes behind them.
pub(crate) fn whole_frames(mut bytes: &[u8]) -> (Vec<Frame>, &[u8]) {
    let mut frames = Vec::new();
    while let Some((frame, length)) = parse(bytes) {
        frames.push(frame);
        bytes = &bytes[length..];
    }
    (frames, bytes)
}

/// All frames of some bytes, which must end with the last of them.
pub(crate) fn frames(bytes: &[u8]) -> Vec<Frame> {
    let (frames, rest) = whole_frames(bytes);
    let start = &rest[..rest.len().min(20)];
    assert!(
        rest.is_empty(),
        "{start:?}.. of {} bytes is no whole frame",
        rest.len()
    );
    frames
}

/// A client that speaks the bytes itself.
pub(crate) struct Peer<S> {
    pub(crate) stream: S,
    read: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            read: BytesMut::new(),
        }
    }

    /// A client whose handshake has been answered with 101.
    pub(crate) async fn open(stream: S, path: &str) -> Self {
        let mut peer = Self::new(stream);
        peer.send(handshake(path, "")).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        peer
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends to a server that may have left, and reads meanwhile.
    pub(crate) async fn send_and_read(&mut self, bytes: &[u8]) {
        let (mut reader, mut writer) = tokio::io::split(&mut self.stream);
        let reading = async {
            while let Ok(1..) = reader.read_buf(&mut self.read).await {}
            std::future::pending::<()>().await;
        };
        let writing = async {
            let _ = writer.write_all(bytes).await;
            let _ = writer.flush().await;
        };
        tokio::select! {
            biased;
            () = writing => {}
            () = reading => {}
        }
    }

    /// What comes within a time.
    pub(crate) async fn read_for(&mut self, time: std::time::Duration) {
        let _ = tokio::time::timeout(time, self.read_all()).await;
    }

    /// The head of the next response.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                return String::from_utf8(self.read.split_to(end + 4).to_vec()).unwrap();
            }
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(read > 0, "the stream ended in the head {:?}", self.read);
        }
    }

    /// Reads so many bytes and drops them.
    pub(crate) async fn skip(&mut self, count: usize) {
        while self.read.len() < count {
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(read > 0, "the stream ended in {count} bytes");
        }
        let _ = self.read.split_to(count);
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Frame {
        loop {
            if let Some((frame, length)) = parse(&self.read) {
                let _ = self.read.split_to(length);
                return frame;
            }
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(
                read > 0,
                "the stream ended {} bytes into a frame",
                self.read.len()
            );
        }
    }

    /// The next frame, of which so many bytes are taken each second.
    pub(crate) async fn frame_slowly(&mut self, bytes_per_second: usize) -> Frame {
        let mut piece = vec![0; bytes_per_second];
        loop {
            if let Some((frame, length)) = parse(&self.read) {
                let _ = self.read.split_to(length);
                return frame;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let read = self.stream.read(&mut piece).await.unwrap();
            assert!(
                read > 0,
                "the stream ended {} bytes into a frame",
                self.read.len()
            );
            self.read.extend_from_slice(&piece[..read]);
        }
    }

    /// Reads until the server ends the stream.
    pub(crate) async fn read_all(&mut self) {
        while self.stream.read_buf(&mut self.read).await.unwrap() > 0 {}
    }

    /// All that comes until the server ends the stream.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        self.read_all().await;
        self.read.split().to_vec()
    }

    /// All frames that come until the server ends the stream. A Close frame is not answered.
    pub(crate) async fn frames(&mut self) -> Vec<Frame> {
        frames(&self.rest().await)
    }
}

/// Serves one HTTP connection on a stream of the test's own.
pub(crate) fn serve<S>(stream: S, app: impl Into<axum::Router>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = TowerToHyperService::new(app.into());
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::spawn(connection.with_upgrades());
}
