//! One span for the whole of a connection: what the endpoint logs, its failure, and how it ended stand in it, with the
//! trace that a proxy has begun (`traceparent`, W3C Trace Context) and the user who has logged in.
//!
//! `cargo run --example 11_spans`, then
//! `wscat -H 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' -c 'ws://127.0.0.1:8000/ws?user=ann'`.
//!
//! With `tracing-opentelemetry` the same function sets the parent of the span, and the trace goes on there:
//! `span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(&request.headers)))`.

use std::io::IsTerminal;

use hangup::{App, Handshake, Result, Settings, bail, websocket};
use http::request::Parts;
use tracing::{Span, field::Empty};

/// The trace and the caller's span in a `traceparent`: version, trace, parent and flags, in lower-case hexadecimal digits.
fn trace_context(request: &Parts) -> Option<(&str, &str)> {
    let value = request.headers.get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    (is_hex(version, 2) && is_hex(trace, 32) && is_hex(parent, 16)).then_some((trace, parent))
}

/// The span of a connection.
fn connection_span(request: &Parts) -> Span {
    let context = trace_context(request);
    tracing::info_span!(
        "websocket",
        trace = context.map(|(trace, _)| trace),
        parent = context.map(|(_, parent)| parent),
        user = Empty,
    )
}

/// Echoes, and logs what it does.
#[websocket("/ws")]
async fn echo(handshake: Handshake, #[query] user: String) -> Result {
    Span::current().record("user", &user);
    let mut socket = handshake.accept().await?;
    loop {
        let text = socket.recv_text().await?;
        if text.is_empty() {
            bail!(4000, "{user} says nothing");
        }
        tracing::info!(length = text.len(), "a message");
        socket.send_text(text).await?;
    }
}

/// The whole application.
pub fn app() -> App {
    App::new()
        .endpoint(echo)
        .settings(Settings::new().span(connection_span))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .with_ansi(std::io::stdout().is_terminal())
        .init();
    app().serve("127.0.0.1:8000").await
}
