//! Behind nginx: an app that trusts the forwarded headers of nginx, with `nginx.conf` beside this file.
//!
//! `cargo run --example 08_behind_nginx` serves it on 127.0.0.1:8000, the address in `nginx.conf`. README.md explains each
//! line of the configuration, and what clients see.

use std::io::IsTerminal;

use hangup::{App, Handshake, Result, Settings, origin::TrustedProxies, websocket};

/// Repeat what is said.
#[websocket("/echo")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

pub(crate) fn app() -> App {
    // With this the log has the address of the client, and the origin check knows that the page came over TLS.
    let nginx = TrustedProxies::list(["127.0.0.1"]);
    App::new()
        .endpoint(echo)
        .settings(Settings::new().trusted_proxies(nginx))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    // Only nginx can reach this address: a client that bypasses nginx could forge the headers.
    app().serve("127.0.0.1:8000").await
}
