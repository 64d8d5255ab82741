//! What an endpoint cannot return, and a future that cannot change threads.

use std::rc::Rc;

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn number(_handshake: Handshake) -> u8 {
    0
}

#[websocket("/b")]
async fn text_as_error(_handshake: Handshake) -> Result<(), String> {
    Ok(())
}

#[websocket("/c")]
async fn not_send(handshake: Handshake) -> Result {
    let name = Rc::new(1);
    handshake.accept().await?;
    drop(name);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(number).endpoint(text_as_error).endpoint(not_send);
}
