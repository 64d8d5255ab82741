//! TLS without a proxy, and a certificate that is reloaded while the server runs.
//!
//! ```console
//! $ openssl req -x509 -newkey rsa:2048 -noenc -keyout key.pem -out chain.pem -days 30 -subj /CN=localhost \
//!     -addext subjectAltName=DNS:localhost
//! $ cargo run --features tls --example 07_tls chain.pem key.pem
//! $ wscat --ca chain.pem -c wss://localhost:8443/echo
//! ```
//!
//! After a change of the files, `kill -HUP` reloads the certificate, as with nginx.

use std::{
    env,
    io::{self, IsTerminal},
};

use hangup::{App, Handshake, Result, serve::Tls, websocket};

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
    App::new().endpoint(echo)
}

/// Reloads the certificate at each SIGHUP. If that fails, the old one stays in use.
#[cfg(unix)]
async fn reload_at_each_hangup(tls: Tls) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut hangups = signal(SignalKind::hangup())?;
    while hangups.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("certificate reloaded"),
            Err(error) => tracing::error!(%error, "certificate not reloaded, the old one stays in use"),
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none())
        .init();
    let mut files = env::args().skip(1);
    let chain = files.next().unwrap_or_else(|| "chain.pem".to_owned());
    let key = files.next().unwrap_or_else(|| "key.pem".to_owned());
    let tls = Tls::from_pem_files(chain, key)?;
    #[cfg(unix)]
    tokio::spawn(reload_at_each_hangup(tls.clone()));
    app().serve_tls("127.0.0.1:8443", tls).await
}
