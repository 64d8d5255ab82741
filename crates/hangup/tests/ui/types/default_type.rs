//! Defaults of another type than the parameter's.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query(default = "ten")] number: i64,
    #[query(default = 1)] float: f64,
    #[query(default = 10)] text: String,
    #[query(default = [1, 2])] texts: Vec<String>,
) -> Result {
    let _ = (number, float, text, texts);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
