//! Typed parameters: every error of a request reaches the client.
//!
//! `cargo run --example 02_validation`, then `wscat -c 'ws://127.0.0.1:8000/search?limit=1000'`.

use std::io::IsTerminal;

use hangup::{App, Close, CloseCode, Failure, Handshake, Params, Result, ValidationError, websocket};

/// A group of parameters that several endpoints share.
#[derive(Params)]
struct Paging {
    #[query(default = 0, ge = 0)]
    offset: i64,
    #[query(default = 10, ge = 1, le = 100)]
    limit: i64,
}

/// Its errors are the reason of a Close frame with 1008, and all of them are in a text message before it.
#[websocket("/search", error_message)]
async fn search(
    handshake: Handshake,
    #[query(min_length = 1)] q: String,
    #[params] paging: Paging,
) -> Result {
    let mut socket = handshake.accept().await?;
    let Paging { offset, limit } = paging;
    socket
        .send_text(format!("{limit} results for {q:?} from {offset}"))
        .await?;
    Ok(())
}

/// This one has its own handler, because it is included with it.
#[websocket("/count")]
async fn count(handshake: Handshake, #[query] from: i64) -> Result {
    let mut socket = handshake.accept().await?;
    for number in from..from + 3 {
        socket.send_text(number.to_string()).await?;
    }
    Ok(())
}

pub(crate) fn app() -> App {
    let counting = App::new()
        .endpoint(count)
        .error_handler(async |failed: Failure<ValidationError>| {
            tracing::warn!("validation failed in: {}", failed.endpoint().function);
            Close::new(CloseCode::UNSUPPORTED_DATA, failed.error().to_reason())
        });
    App::new().endpoint(search).include(counting)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
