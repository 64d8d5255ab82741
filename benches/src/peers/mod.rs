//! The peers: servers that all do the same, an echo of text and binary messages, each on a runtime of one thread.

mod actix;
mod axum;
mod fastwebsockets;
mod hangup;
mod listener;
mod raw;
mod refusal;
mod sockudo;
mod tokio_tungstenite;
mod tokio_websockets;
mod yawc;

use std::io;

/// Serves until the process is ended. The first line on standard output is the port.
pub fn serve(name: &str) -> io::Result<()> {
    match name {
        "raw" => raw::serve(),
        "hangup" => on_one_thread(hangup::serve()),
        "axum" => on_one_thread(axum::serve()),
        "actix-ws" => actix::serve(),
        "tokio-tungstenite" => on_one_thread(tokio_tungstenite::serve()),
        "tokio-websockets" => on_one_thread(tokio_websockets::serve()),
        "fastwebsockets" => on_one_thread(fastwebsockets::serve()),
        "yawc" => on_one_thread(yawc::serve()),
        "sockudo-ws" => on_one_thread(sockudo::serve()),
        other => Err(io::Error::other(format!(
            "there is no peer `{other}` in this program"
        ))),
    }
}

fn on_one_thread(server: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(server)
}
