//! What only the types can tell of `closes(..)`.

use hangup::{CloseCode, Handshake, Result, websocket};

struct NoError;

const NUMBER: u16 = 4100;

const KICKED: CloseCode = CloseCode::of::<4100>();

#[websocket("/type", closes(NoError))]
async fn no_error(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/constant", closes(NUMBER = "kicked"))]
async fn number(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/right", closes(KICKED = "kicked"))]
async fn right(_handshake: Handshake) -> Result {
    Ok(())
}

fn main() {}
