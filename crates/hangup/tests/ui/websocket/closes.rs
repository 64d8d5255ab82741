//! Mistakes in `closes(..)` and `subprotocols(..)`.

use hangup::{Handshake, Result, websocket};

#[websocket("/never-sent", closes(1006 = "gone", 999, 5000 = "far", -1))]
async fn never_sent(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/names", closes(POLICY_VIOLATON = "no", ABNORMAL, WS_1008_POLICY_VIOLATION))]
async fn names(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/reasons", closes(4100 = kicked, 4101 = 7, 4102 = "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"))]
async fn reasons(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/shape", closes = 4100, closes(), subprotocols = "chat")]
async fn shape(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/twice", closes(4100 = "a", 4100 = "a"), closes(4101), subprotocols("a"), subprotocols("b"))]
async fn twice(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket(
    "/attributes",
    closes(
        #[allow(unused)]
        4100,
        /// It says so itself.
        RoomError,
        "kicked",
        4100 + 1,
        "kicked" = 4100,
    ),
    close(4100),
)]
async fn attributes(_handshake: Handshake) -> Result {
    Ok(())
}

#[websocket("/tokens", subprotocols("chat v1", "", "über"))]
async fn tokens(_handshake: Handshake) -> Result {
    Ok(())
}

fn main() {}
