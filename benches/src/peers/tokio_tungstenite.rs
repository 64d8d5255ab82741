//! tokio-tungstenite on a bare `TcpStream`, with its defaults.

use std::io;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;

pub async fn serve() -> io::Result<()> {
    super::listener::each(echo).await
}

async fn echo(stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}
