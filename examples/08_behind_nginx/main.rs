//! Behind nginx: `nginx.conf` beside this file, and an app that believes what nginx says of a request.
//!
//! `cargo run --example 08_behind_nginx` serves it on 127.0.0.1:8000, where nginx looks for it. README.md says what
//! each line of the configuration is for, and what clients then see.

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
    // With this the log names the client and not nginx, and the origin check knows that the page came over TLS.
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
    // The address that nginx alone can reach: a client that goes around it could say what it likes.
    app().serve("127.0.0.1:8000").await
}
