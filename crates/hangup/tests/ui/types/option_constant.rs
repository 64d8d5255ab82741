//! Constants as options, of a type that the parameter does not have.

use hangup::{App, Handshake, Result, websocket};

const MOST: u8 = 5;
const LENGTH: i64 = 5;

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query(le = MOST)] number: i64,
    #[query(max_length = LENGTH)] text: String,
    #[query(ge = MOST)] not_a_number: String,
) -> Result {
    let _ = (number, text, not_a_number);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
