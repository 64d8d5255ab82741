//! A method.

use hangup::{Handshake, Result, websocket};

struct Rooms;

impl Rooms {
    #[websocket("/a")]
    async fn join(&self, _handshake: Handshake) -> Result {
        Ok(())
    }
}

fn main() {}
