//! Options that there are not.

use hangup::{App, Handshake, Result, websocket};

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query(min_lenght = 3)] misspelt: String,
    #[query(min = 3)] minimum: u8,
    #[query(regex = "x")] regex: String,
    #[query(required)] required: u8,
    #[query(colour = "red")] colour: String,
    #[query(ge = 1, ge = 2)] twice: u8,
) -> Result {
    let _ = (misspelt, minimum, regex, required, colour, twice);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
