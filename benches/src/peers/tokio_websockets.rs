//! tokio-websockets on a bare `TcpStream`, with its defaults.

use std::io;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_websockets::ServerBuilder;

pub async fn serve() -> io::Result<()> {
    super::listener::each(echo).await
}

async fn echo(stream: TcpStream) {
    let Ok((_, mut socket)) = ServerBuilder::new().accept(stream).await else {
        return;
    };
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}
