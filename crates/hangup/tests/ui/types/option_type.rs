//! Options that do not fit the type.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query(ge = 1)] text: String,
    #[query(le = 0.5)] whole: i64,
    #[query(lt = "0.10")] float: f64,
    #[query(min_length = 3)] number: i64,
    #[query(pattern = "x")] pattern: Option<i64>,
    #[query(max_digits = 3)] digits: f64,
    #[query(allow_inf_nan = false)] inf_nan: i64,
    #[query(strict)] strict: Vec<String>,
) -> Result {
    let _ = (text, whole, float, number, pattern, digits, inf_nan, strict);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
