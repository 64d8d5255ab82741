//! OpenTelemetry: one trace from the proxy's `traceparent` to the Close frame.
//!
//! `cargo run --example 32_opentelemetry` within `examples/services`, then `wscat -c ws://127.0.0.1:8000/ws
//! -H 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'`. It prints spans; a service has the exporter
//! of `opentelemetry-otlp` in place of `Printed`.
//!
//! The span of a connection is a child of the proxy's, and ends with the connection. What the endpoint logs, and how the
//! connection ended (`code_sent`, `reason_sent`, `initiator`), are its events; spans of the endpoint are its children.

use axum::http::{HeaderMap, request::Parts};
use hangup::{App, Handshake, Result, Settings, bail, websocket};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator},
    trace::TracerProvider,
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use tracing::{Instrument, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

/// The span of a connection.
fn connection_span(request: &Parts) -> Span {
    let span = tracing::info_span!("websocket", otel.kind = "server", path = request.uri.path());
    let context = TraceContextPropagator::new().extract(&Headers(&request.headers));
    // It fails where no subscriber makes traces.
    let _ = span.set_parent(context);
    span
}

async fn look_up(word: &str) -> usize {
    tracing::info!("counted");
    word.len()
}

#[websocket("/ws")]
async fn lengths(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let word = socket.recv_text().await?;
        if word.is_empty() {
            bail!(4000, "nothing to count");
        }
        let length = look_up(&word).instrument(tracing::info_span!("look up")).await;
        socket.send_text(length.to_string()).await?;
    }
}

pub(crate) fn app() -> App {
    App::new()
        .endpoint(lengths)
        .settings(Settings::new().span(connection_span))
}

/// What makes spans of `tracing` into traces.
pub(crate) fn subscriber(provider: &SdkTracerProvider) -> impl Subscriber + Send + Sync {
    let tracer = provider.tracer("hangup-services");
    tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer))
}

/// Prints spans as they end.
#[derive(Debug)]
struct Printed;

impl SpanExporter for Printed {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        for span in batch {
            println!(
                "{} {:?} in {:?}",
                span.name, span.events.events, span.span_context
            );
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let provider = SdkTracerProvider::builder().with_simple_exporter(Printed).build();
    tracing::subscriber::set_global_default(subscriber(&provider)).map_err(std::io::Error::other)?;
    app().serve("127.0.0.1:8000").await
}
