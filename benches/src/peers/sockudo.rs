//! sockudo-ws on a bare `TcpStream`, with its defaults.

use std::io;

use futures_util::{SinkExt, StreamExt};
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request};
use sockudo_ws::protocol::Message;
use sockudo_ws::{Config, WebSocketStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub async fn serve() -> io::Result<()> {
    super::listener::each(echo).await
}

async fn echo(mut stream: TcpStream) {
    if !open(&mut stream).await {
        return;
    }
    let mut socket = WebSocketStream::server(stream, Config::default());
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(_) | Message::Binary(_) = message
            && socket.send(message).await.is_err()
        {
            return;
        }
    }
}

async fn open(stream: &mut TcpStream) -> bool {
    let mut head = Vec::with_capacity(4096);
    while let Ok(1..) = stream.read_buf(&mut head).await {
        match parse_request(&head) {
            Ok(Some((request, _))) => {
                let answer = build_response(&generate_accept_key(request.key), None, None);
                return stream.write_all(&answer).await.is_ok();
            }
            Ok(None) => {}
            Err(_) => return false,
        }
    }
    false
}
