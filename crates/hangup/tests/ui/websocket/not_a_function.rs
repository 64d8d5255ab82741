//! `#[websocket]` above something else.

use hangup::websocket;

#[websocket("/a")]
struct Endpoint;

#[websocket("/b")]
const ENDPOINT: u8 = 0;

fn main() {
    let _ = (Endpoint, ENDPOINT);
}
