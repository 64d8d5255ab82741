//! Parameters that own nothing, and groups that are not always read.

use hangup::{App, Handshake, Params, Result, websocket};

#[derive(Params)]
struct Paging {}

#[websocket("/a")]
async fn endpoint(
    _handshake: Handshake,
    #[query] text: &str,
    #[query] list: Option<&[u8]>,
    #[query] _anything: impl Send,
    #[params(ge = 1)] with_options: Paging,
    #[params] optional: Option<Paging>,
) -> Result {
    let _ = (text, list, with_options, optional);
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(endpoint);
}
