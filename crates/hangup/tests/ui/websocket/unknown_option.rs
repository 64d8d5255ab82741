//! Options of the route that there are not, twice, or with a wrong value.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a", refusal = "http", timeout = 5, error_mesage)]
async fn unknown(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/b", refuse = "htpp", error_message = "yes")]
async fn wrong_value(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/c", refuse, error_message, error_message)]
async fn twice(_handshake: Handshake) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(unknown).endpoint(wrong_value).endpoint(twice);
}
