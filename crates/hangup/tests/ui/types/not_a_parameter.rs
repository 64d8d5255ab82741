//! Types that are no parameters, and no groups of them.

use hangup::{App, Handshake, Params, Result, websocket};

struct Room;

#[derive(Params)]
struct Paging {
    #[query]
    room: Room,
}

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query] room: Option<Room>,
    #[params] not_a_group: Room,
    #[params] paging: Paging,
) -> Result {
    let _ = (room, not_a_group, paging.room);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
