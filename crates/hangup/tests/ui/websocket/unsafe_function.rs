//! A function that only its caller can call rightly.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async unsafe fn endpoint(_handshake: Handshake) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
