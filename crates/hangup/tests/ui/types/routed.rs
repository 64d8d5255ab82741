//! Functions without `#[websocket]`, which name no path.

use axum::extract::State;
use hangup::{App, Handshake, Result};

async fn plain(_handshake: Handshake) -> Result {
    Ok(())
}

async fn with_extractor(_handshake: Handshake, State(()): State<()>) -> Result {
    Ok(())
}

fn main() {
    let _ = App::<()>::new().endpoint(plain);
    let _ = App::<()>::new().endpoint(with_extractor);
}
