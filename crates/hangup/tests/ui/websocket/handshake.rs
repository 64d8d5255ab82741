//! Endpoints without a handshake, or with two.

use hangup::{App, Handshake, Result, WebSocket, websocket};

#[websocket("/a")]
async fn without() -> Result {
    Ok(())
}

#[websocket("/b")]
async fn with_socket(_socket: WebSocket) -> Result {
    Ok(())
}

#[websocket("/c")]
async fn with_two(_first: Handshake, second: hangup::Handshake) -> Result {
    second.accept().await?;
    Ok(())
}

type Raw = Handshake;

#[websocket("/d")]
async fn with_alias(handshake: Raw) -> Result {
    handshake.accept().await?;
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(without).endpoint(with_socket).endpoint(with_two).endpoint(with_alias);
}
