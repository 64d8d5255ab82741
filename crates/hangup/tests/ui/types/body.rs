//! A mistake in the body stays the only one, and one in the parameters hides none in the body.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn body(handshake: Handshake, #[query] limit: i64) -> Result {
    let text: String = limit;
    handshake.accept().await?.send_text(text).await?;
    Ok(())
}

#[websocket("/b")]
async fn both(handshake: Handshake, #[query(min = 1)] limit: i64) -> Result {
    let text: String = limit;
    handshake.accept().await?.send_text(text).await?;
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(body).endpoint(both);
}
