//! Types that are no extractors for the router's state.

use axum::extract::State;
use hangup::{App, Handshake, Result, websocket};

struct User;

#[websocket("/a")]
async fn endpoint(_handshake: Handshake, _user: User, State(_number): State<u8>) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
