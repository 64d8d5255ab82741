//! Options with a value that they do not take.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query(ge)] no_value: i64,
    #[query(ge = "many")] no_number: i64,
    #[query(multiple_of = 0)] zero: i64,
    #[query(min_length = -1)] negative: String,
    #[query(max_length = "3")] text: String,
    #[query(pattern = "(a")] open: String,
    #[query(pattern = 5)] pattern: String,
    #[query(strict = 1)] strict: i64,
    #[query(alias = 5)] alias: i64,
    #[query(alias = "")] nameless: i64,
    #[header(alias = "x token")] token: i64,
    #[query(default)] default: i64,
) -> Result {
    let _ = (no_value, no_number, zero, negative, text, open, pattern, strict, alias, nameless, token, default);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
