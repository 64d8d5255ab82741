//! Two parameters that are found by one name.

use hangup::{Handshake, Params, Result, websocket};

#[websocket("/a/{id}")]
async fn search(
    _handshake: Handshake,
    #[query(alias = "q")] _text: String,
    #[query(alias = "q")] _again: Option<i64>,
    #[query] id: String,
    #[path] id: i64,
    #[header] user_agent: String,
    #[header(alias = "User-Agent")] _agent: String,
) -> Result {
    Ok(())
}

#[derive(Params)]
struct Page {
    #[query(alias = "limit")]
    first: i64,
    #[query]
    limit: i64,
}

fn main() {}
