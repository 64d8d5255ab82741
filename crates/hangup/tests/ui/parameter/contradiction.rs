//! Options that do not go together.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/{id}/{name}")]
async fn endpoint(
    _handshake: Handshake,
    #[path(default = 1)] id: i64,
    #[path] name: Option<String>,
    #[query(ge = 1, gt = 0)] both: i64,
    #[query(lt = 5, le = 4)] both_above: i64,
    #[query(ge = 10, le = 1)] empty: i64,
    #[query(gt = 1.5, lt = 1.5)] nearly: f64,
    #[query(min_length = 3, max_length = 2)] short: String,
    #[query(convert_underscores = false)] not_a_header: i64,
    #[header(alias = "x_token", convert_underscores = false)] token: String,
) -> Result {
    let _ = (id, name, both, both_above, empty, nearly, short, not_a_header, token);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
