//! Attributes of a parameter that there are not, or that are too many.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[qeury] misspelt: u8,
    #[body] unknown: u8,
    #[query] #[header] two: u8,
    #[query = "x"] sign: u8,
    #[cfg(unix)] conditional: axum::extract::State<()>,
    #[query] (left, right): (u8, u8),
) -> Result {
    let _ = (misspelt, unknown, two, sign, conditional, left, right);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
