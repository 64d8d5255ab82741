//! Functions that cannot be endpoints.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
fn not_async(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/c")]
async extern "C" fn foreign(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/d")]
async fn generic<T>(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/e")]
async fn conditional(_handshake: Handshake) -> Result
where
    u8: Copy,
{
    Ok(())
}

#[websocket("/f")]
async fn endless(_handshake: Handshake) -> ! {
    loop {}
}

fn main() {
    let _ = App::<()>::new().endpoint(not_async).endpoint(generic);
}
