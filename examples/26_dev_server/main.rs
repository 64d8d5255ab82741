//! A page from a dev server on another port, such as Vite's, with `vite.config.js` beside this file.
//!
//! `DEV_ORIGIN=http://localhost:5173 cargo run --example 26_dev_server`
//!
//! A page of `http://localhost:5173` is of another origin than a server on port 8000, and gets 403 (or 3003, as here).
//! There are two ways to connect it during development:
//!
//! - Through the proxy of the dev server (`vite.config.js`). It passes `Host` and `Origin` on as the browser sent them, so
//!   the page is of the server's own origin, and no setting is needed. With `changeOrigin: true` the proxy changes `Host`
//!   alone: then it needs `rewriteWsOrigin: true` too.
//! - Directly: `new WebSocket("ws://127.0.0.1:8000/ws")`. The server then allows the origin of the dev server. It comes
//!   from the environment, so that production never has it. `http://localhost:5173` and `http://127.0.0.1:5173` are two
//!   origins.

use std::{env, io::IsTerminal};

use hangup::{
    App, Handshake, Refusal, Result, Settings,
    origin::{Origin, Origins},
    websocket,
};

#[websocket("/ws")]
async fn echo(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

pub(crate) fn app(dev_server: Option<Origin>) -> App {
    let origins = match dev_server {
        Some(origin) => Origins::list([origin]).or_same(),
        None => Origins::same(),
    };
    App::new().endpoint(echo).settings(
        Settings::new()
            .allowed_origins(origins)
            // The console of the browser says why, in place of 1006.
            .refusal_without_endpoint(Refusal::Close),
    )
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none())
        .init();
    let dev_server = env::var("DEV_ORIGIN").ok().map(|origin| origin.parse());
    let dev_server = dev_server.transpose().map_err(std::io::Error::other)?;
    app(dev_server).serve("127.0.0.1:8000").await
}
