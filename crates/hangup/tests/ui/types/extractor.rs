//! A type of the user's own that is no extractor: only the router's state decides, so the route is at fault too.

use hangup::{App, Handshake, Result, websocket};

struct User;

#[websocket("/a")]
async fn endpoint(_handshake: Handshake, _user: User) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
