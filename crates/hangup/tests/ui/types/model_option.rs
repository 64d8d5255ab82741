//! Options that do not fit the type of their field, and a field that is no model.

use hangup::{Handshake, Result, model};

struct Foreign;

#[model]
struct Item {
    #[field(min_length = 1)]
    count: u32,
    #[field(ge = 0.5)]
    whole: i64,
    foreign: Foreign,
}

async fn endpoint(handshake: Handshake<Foreign, Item>) -> Result {
    handshake.accept().await?;
    Ok(())
}

fn main() {
    let _ = hangup::App::new().route("/", endpoint);
}
