//! A first application.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let text = socket.recv_text().await?;
        socket.send_text(text).await?;
    }
}

pub fn app() -> App {
    App::new().endpoint(echo)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    app().serve("127.0.0.1:8000").await
}
