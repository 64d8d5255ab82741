//! Paths that no router takes.

use hangup::{Handshake, Result, websocket};

macro_rules! endpoints {
    ($($name:ident $path:literal)*) => {
        $(
            #[websocket($path)]
            async fn $name(_handshake: Handshake, _path: axum::extract::RawPathParams) -> Result {
                Ok(())
            }
        )*
    };
}

endpoints! {
    without_slash "items/ws"
    with_query "/items?limit={limit}"
    open "/items/{item_id"
    closed "/items/item_id}"
    nameless "/items/{}"
    twice "/items/{id}/{id}"
    two_in_a_segment "/items/{id}.{kind}"
    rest_in_the_middle "/files/{*rest}/ws"
    no_such_convertor "/items/{id:ints}"
    no_convertor_at_all "/items/{id:regex}"
    of_axum_07 "/items/:id"
    rest_of_axum_07 "/files/*rest"
    of_both "/items/:id/{name}"
}

fn main() {}
