//! Endpoints for cases of operation: credentials that expire, and a server that shuts down.

use std::time::Duration;

use hangup::{App, Handshake, Result, websocket};
use tokio::time::Instant;

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "an echo whose credentials expire after some seconds: 3000 \"expired\"",
        wscat: "/expires/ws?seconds=3",
        curl: None,
    },
    Sample {
        shows: "an echo that says good-bye when Ctrl-C shuts down the tour",
        wscat: "/draining/ws",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    App::new().endpoint(expires).endpoint(draining)
}

/// Echoes until its credentials expire.
#[websocket("/expires/ws")]
async fn expires(handshake: Handshake, #[query(default = 3, ge = 0, le = 3600)] seconds: u64) -> Result {
    let mut socket = handshake.accept().await?;
    socket.expire_at(Instant::now() + Duration::from_secs(seconds));
    loop {
        let message = socket.recv().await?;
        socket.send(message).await?;
    }
}

/// Echoes until the server stops.
#[websocket("/draining/ws")]
async fn draining(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let mut shutdown = socket.server_shutdown();
    loop {
        tokio::select! {
            message = socket.recv() => {
                let message = message?;
                socket.send(message).await?;
            }
            () = &mut shutdown => {
                socket.send_text("good-bye").await?;
                return Ok(());
            }
        }
    }
}
