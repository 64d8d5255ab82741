//! Plain functions whose future is not `Send`, and one that says why.

use std::rc::Rc;

use hangup::{App, Handshake, Result, websocket};

async fn plain(handshake: Handshake) -> Result {
    let count = Rc::new(1);
    let mut socket = handshake.accept().await?;
    Ok(socket.send_text(count.to_string()).await?)
}

#[websocket("/b")]
async fn declared(handshake: Handshake) -> Result {
    let count = Rc::new(1);
    let mut socket = handshake.accept().await?;
    Ok(socket.send_text(count.to_string()).await?)
}

fn main() {
    let _ = App::<()>::new().route("/a", plain).endpoint(declared);
    let _ = hangup::route::<_, _, ()>(plain);
}
