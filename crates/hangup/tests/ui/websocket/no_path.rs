//! `#[websocket]` without a path, and with something else in its place.

use hangup::{App, Handshake, Result, websocket};

#[websocket]
async fn bare(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket()]
async fn empty(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket(refuse = "http")]
async fn option_first(_handshake: Handshake) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(bare).endpoint(empty).endpoint(option_first);
}
