//! Where a peer listens, and the task that each connection gets.

use std::io;

use tokio::net::{TcpListener, TcpStream};

/// Listens on a free port of the loopback interface and tells which.
pub fn bind() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    println!("port {}", listener.local_addr()?.port());
    Ok(listener)
}

pub fn listen() -> io::Result<TcpListener> {
    let listener = bind()?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Gives every connection a task of its own.
pub async fn each<F>(conversation: impl Fn(TcpStream) -> F) -> io::Result<()>
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
