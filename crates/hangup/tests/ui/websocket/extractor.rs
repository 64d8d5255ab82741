//! Parameters that are no extractors.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn values(_handshake: Handshake, limit: i64, name: Option<String>, tags: Vec<u8>, text: &str) -> Result {
    let _ = (limit, name, tags, text);
    Ok(())
}

struct WebSocketUpgrade;

#[websocket("/b")]
async fn upgrade(_handshake: Handshake, _upgrade: WebSocketUpgrade) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(values).endpoint(upgrade);
}
