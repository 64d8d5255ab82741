//! The peers: servers that all do the same, an echo of text and binary messages, each on a runtime of one thread.

mod actix;
mod axum;
mod fastwebsockets;
mod hangup;
mod raw;
mod sockudo;
mod tokio_tungstenite;
mod tokio_websockets;
mod yawc;

use std::io;

use tokio::net::{TcpListener, TcpStream};

/// What a client of `/refused` gets: a policy violation, with a reason.
const REFUSAL_CODE: u16 = 1008;
const REFUSAL_REASON: &str = "Session cookie missing";

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

/// Listens on a free port of the loopback interface and tells which.
fn bind() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    println!("port {}", listener.local_addr()?.port());
    Ok(listener)
}

fn listen() -> io::Result<TcpListener> {
    let listener = bind()?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Gives every connection a task of its own.
async fn each<F>(conversation: impl Fn(TcpStream) -> F) -> io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = listen()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(conversation(stream));
    }
}
