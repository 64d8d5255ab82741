//! The whole framework over the loopback interface; server and client share one thread, so that a run repeats itself.

use std::io;
use std::net::SocketAddr;

use hangup::{App, Close, CloseCode, Handshake};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::frames::{BURST, close, frame};

const TEXT: u16 = 125;

/// Bursts of texts on one connection.
pub(crate) fn echo(bursts: usize) -> bool {
    on_one_thread(async move |server| {
        let (mut client, _) = open(server, "/echo").await?;
        let burst = frame(0x81, TEXT).repeat(BURST);
        let mut answer = vec![0; (2 + usize::from(TEXT)) * BURST];
        for _ in 0..bursts {
            client.write_all(&burst).await?;
            client.read_exact(&mut answer).await?;
        }
        Ok(answer.starts_with(&[0x81, 125]))
    })
}

/// Connections that each open, echo one text, and close.
pub(crate) fn connections(count: usize) -> bool {
    on_one_thread(async move |server| {
        let text = frame(0x81, TEXT);
        let mut answer = [0; 2 + TEXT as usize];
        for _ in 0..count {
            let (mut client, _) = open(server, "/echo").await?;
            client.write_all(&text).await?;
            client.read_exact(&mut answer).await?;
            client.write_all(&close()).await?;
            let mut closed = Vec::new();
            client.read_to_end(&mut closed).await?;
            if closed != [0x88, 2, 0x03, 0xe8] {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// Handshakes that the endpoint refuses before accept, by Close.
pub(crate) fn refusals(count: usize) -> bool {
    on_one_thread(async move |server| {
        for _ in 0..count {
            let (mut client, mut closed) = open(server, "/refused").await?;
            client.write_all(&close()).await?;
            client.read_to_end(&mut closed).await?;
            if !closed.starts_with(&[0x88, 8, 0x03, 0xf0]) {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

async fn echo_endpoint(handshake: Handshake) -> hangup::Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

async fn refused_endpoint(_: Handshake) -> hangup::Result {
    Err(Close::new(CloseCode::POLICY_VIOLATION, "no way").into())
}

fn on_one_thread(client: impl AsyncFnOnce(SocketAddr) -> io::Result<bool>) -> bool {
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| {
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = listener.local_addr()?;
                let app = App::new()
                    .route("/echo", echo_endpoint)
                    .route("/refused", refused_endpoint);
                tokio::spawn(app.serve_on(listener).into_future());
                client(address).await
            })
        });
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        false
    })
}

/// Opens a WebSocket: the stream, and what came behind the 101.
async fn open(server: SocketAddr, path: &str) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut client = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await?;
    let mut answer = Vec::with_capacity(1024);
    loop {
        if client.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = answer.windows(4).rposition(|bytes| bytes == b"\r\n\r\n") {
            let behind = answer.split_off(end + 4);
            return match answer.starts_with(b"HTTP/1.1 101 ") {
                true => Ok((client, behind)),
                false => Err(io::Error::other("no 101")),
            };
        }
    }
}
