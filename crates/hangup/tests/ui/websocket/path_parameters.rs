//! Parameters that the path does not name, and names that no parameter takes.

use axum::extract::State;
use hangup::{App, Handshake, Result, websocket};

#[websocket("/items/{item_id}/{kind}/ws")]
async fn misspelt(_handshake: Handshake, #[path] item_ld: u32, State(()): State<()>) -> Result {
    let _ = item_ld;
    Ok(())
}

#[websocket("/items/ws")]
async fn without_names(_handshake: Handshake, #[path(alias = "item-id")] item_id: u32) -> Result {
    let _ = item_id;
    Ok(())
}

#[websocket("/items/{item_id}")]
async fn unmarked(_handshake: Handshake, item_id: u32) -> Result {
    let _ = item_id;
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(misspelt).endpoint(without_names).endpoint(unmarked);
}
