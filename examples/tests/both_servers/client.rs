//! A client over TCP that writes down what it sees, byte for byte and without a library.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Header lines of a request.
pub(crate) type Headers<'a> = &'a [&'a str];

/// The response to a plain request: its status and its body.
pub(crate) async fn http(server: SocketAddr, method: &str, target: &str, headers: Headers<'_>) -> String {
    let (head, body) = response(server, method, target, headers).await;
    format!("{} {body}", status(&head))
}

/// The head and the body of the response to a plain request.
pub(crate) async fn response(
    server: SocketAddr,
    method: &str,
    target: &str,
    headers: Headers<'_>,
) -> (String, String) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let (headers, body) = match headers {
        [headers @ .., last] if !last.contains(": ") => (headers, *last),
        headers => (headers, ""),
    };
    let mut request = format!(
        "{method} {target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for header in headers {
        request += header;
        request += "\r\n";
    }
    stream
        .write_all(format!("{request}\r\n{body}").as_bytes())
        .await
        .unwrap();
    let mut read = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut read))
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&read);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// An open connection.
pub(crate) struct Socket {
    stream: TcpStream,
    /// The head of the 101, in lower case.
    pub(crate) head: String,
}

impl Socket {
    /// Opens a connection, which must be answered with 101.
    pub(crate) async fn open(server: SocketAddr, target: &str, headers: Headers<'_>) -> Self {
        match Self::try_open(server, target, headers).await {
            Ok(socket) => socket,
            Err(refused) => panic!("{target} was refused with {refused}"),
        }
    }

    /// Opens a connection, or gives the status and the body that refused it.
    pub(crate) async fn try_open(
        server: SocketAddr,
        target: &str,
        headers: Headers<'_>,
    ) -> Result<Self, String> {
        let mut stream = TcpStream::connect(server).await.unwrap();
        let host = headers.iter().any(|line| line.starts_with("host:"));
        let mut request = format!(
            "GET {target} HTTP/1.1\r\n{}upgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n",
            if host { "" } else { "host: h\r\n" }
        );
        for header in headers {
            request += header;
            request += "\r\n";
        }
        stream
            .write_all(format!("{request}\r\n").as_bytes())
            .await
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        if status(&head) == "101" {
            return Ok(Self { stream, head });
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).await.unwrap();
        Err(format!("{} {}", status(&head), String::from_utf8(body).unwrap()))
    }

    /// What a connection sees that is closed at once.
    pub(crate) async fn refused(server: SocketAddr, target: &str, headers: Headers<'_>) -> String {
        match Self::try_open(server, target, headers).await {
            Ok(mut socket) => socket.receive().await,
            Err(refused) => refused,
        }
    }

    pub(crate) async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match u16::try_from(payload.len()) {
            Ok(length) if length <= 125 => frame.push(0x80 | payload.len() as u8),
            Ok(length) => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
            }
        }
        // A masking key of zeros.
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.send(1, text.as_bytes()).await;
    }

    /// The next frame as a line: `text ..`, `binary ..`, `close CODE REASON`. A Close frame is answered, and nothing may
    /// come behind it.
    pub(crate) async fn receive(&mut self) -> String {
        timeout(PATIENCE, self.receive_in_time()).await.unwrap()
    }

    async fn receive_in_time(&mut self) -> String {
        let first = self.stream.read_u8().await.unwrap();
        let length = match self.stream.read_u8().await.unwrap() {
            126 => self.stream.read_u16().await.unwrap().into(),
            127 => self.stream.read_u64().await.unwrap(),
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).await.unwrap();
        match first {
            0x81 => format!("text {}", String::from_utf8(payload).unwrap()),
            0x82 => format!("binary {payload:?}"),
            0x88 if payload.is_empty() => {
                self.end(&[]).await;
                "close".to_owned()
            }
            0x88 => {
                self.end(&payload[..2]).await;
                let code = u16::from_be_bytes([payload[0], payload[1]]);
                format!("close {code} {}", String::from_utf8_lossy(&payload[2..]))
                    .trim_end()
                    .to_owned()
            }
            other => panic!("a frame that begins with {other:#x}"),
        }
    }

    /// Answers a Close frame, behind which the stream ends.
    async fn end(&mut self, body: &[u8]) {
        self.send(8, body).await;
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "behind the Close frame: {rest:?}");
    }

    /// Closes with a code, and gives the answer.
    pub(crate) async fn close(mut self, code: u16) -> String {
        self.send(8, &code.to_be_bytes()).await;
        let mut answer = [0; 4];
        timeout(PATIENCE, self.stream.read_exact(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!((&answer[..2], rest.len()), (&[0x88, 2][..], 0));
        format!("closed {}", u16::from_be_bytes([answer[2], answer[3]]))
    }
}
