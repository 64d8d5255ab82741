//! Many mistakes, all reported at once.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/items/{item_id}", refuse = "https", colour = "red")]
async fn endpoint(
    handshake: Handshake,
    again: Handshake,
    #[path] item: Option<u32>,
    #[query(ge = 1, gt = 0, colour = "red")] limit: i64,
    #[qeury] offset: i64,
    #[header(pattern = "[a-z")] token: String,
) -> Result {
    let _ = (handshake, again, item, limit, offset, token);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
