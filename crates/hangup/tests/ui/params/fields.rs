//! Fields that do not say where they come from, or say it wrongly.

use hangup::{App, Handshake, Params, Result, websocket};

#[derive(Params)]
#[query]
struct Paging {
    offset: u64,
    #[query(le = 100, colour = "red")]
    limit: Option<u32>,
    #[param(query)]
    page: u32,
    #[param(ge = 1)]
    size: u32,
    #[param(path, default = 1)]
    id: u32,
}

#[websocket("/a")]
async fn endpoint(_handshake: Handshake, #[params] paging: Paging) -> Result {
    let _ = paging;
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
