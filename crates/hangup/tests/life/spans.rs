//! The span of a request: its connection lives in it to the end, or in the one that the settings make.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::request::Parts,
    middleware::{self, Next},
};
use hangup::{
    App, Close, CloseCode, ErrorHandlers, Failure, Handshake, Result, Settings, testing::TestClient,
};
use tracing::{
    Event, Instrument, Span, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::{
    errors::Unforeseen,
    wire::{self, Peer, TEXT, frame, handshake},
};

/// The fields of a span or an event.
#[derive(Clone, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// What each event says, and the spans around it, the innermost first.
#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<(String, String)>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traced {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let mut extensions = span.extensions_mut();
        values.record(extensions.get_mut::<Fields>().unwrap());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let spans: Vec<String> = context
            .event_scope(event)
            .into_iter()
            .flatten()
            .map(|span| {
                let fields = span.extensions().get::<Fields>().cloned().unwrap_or_default().0;
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                format!("{}[{}]", span.name(), fields.join(" "))
            })
            .collect();
        let message = fields.0.get("message").cloned().unwrap_or_default();
        self.0.lock().unwrap().push((message, spans.join(" < ")));
    }
}

impl Traced {
    fn listen() -> (Self, DefaultGuard) {
        // Two more, so that call sites are never asked for one listener alone: see `log.rs`.
        drop(crate::log::Log::listen());
        let traced = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(traced.clone()));
        (traced, guard)
    }

    /// The spans around the events with these messages, in their order.
    fn spans_of(&self, messages: &[&str]) -> Vec<String> {
        let events = self.0.lock().unwrap();
        let found = events
            .iter()
            .filter(|(message, _)| messages.contains(&message.as_str()));
        found.map(|(_, spans)| spans.clone()).collect()
    }
}

/// As tower-http's `TraceLayer`: the span around the request ends for the layer with the response.
async fn in_request_span(request: Request, next: Next) -> axum::response::Response {
    next.run(request)
        .instrument(tracing::info_span!(
            "request",
            id = 7,
            user = tracing::field::Empty
        ))
        .await
}

async fn endpoint(handshake: Handshake) -> Result {
    Span::current().record("user", "ann");
    tracing::info!("before accept");
    let mut socket = handshake.accept().await?;
    let _dropped = SaysWhenDropped;
    loop {
        if &*socket.recv_text().await? == "fail" {
            tracing::info!("after accept");
            return Err(Unforeseen.into());
        }
    }
}

struct SaysWhenDropped;

impl Drop for SaysWhenDropped {
    fn drop(&mut self) {
        tracing::info!("dropped");
    }
}

const MESSAGES: [&str; 7] = [
    "before accept",
    "WebSocket accepted",
    "after accept",
    "dropped",
    "in the handler",
    "endpoint failed",
    "connection ended",
];

fn handlers() -> ErrorHandlers {
    ErrorHandlers::new().on(async |_: Failure<Unforeseen>| {
        tracing::info!("in the handler");
        Close::new(CloseCode::INTERNAL_ERROR, "")
    })
}

async fn fail_and_end(peer: &mut Peer<tokio::io::DuplexStream>) {
    peer.send(frame(TEXT, b"fail")).await;
    peer.frame().await;
    peer.send(wire::close(1011, "")).await;
    peer.rest().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn all_events_of_a_connection_stand_in_the_span_of_its_request() {
    let (traced, _listening) = Traced::listen();
    let router = Router::new()
        .route("/ws", hangup::route(endpoint).layer(handlers()))
        .layer(middleware::from_fn(in_request_span));
    let mut peer = Peer::open(TestClient::new(router).stream(), "/ws").await;
    fail_and_end(&mut peer).await;
    assert_eq!(traced.spans_of(&MESSAGES), vec![r#"request[id=7 user="ann"]"#; 7]);
}

/// The trace and the parent of a request that is part of one: W3C Trace Context.
fn span_of(request: &Parts) -> Span {
    let trace = request
        .headers
        .get("traceparent")
        .map(|value| value.to_str().unwrap());
    tracing::info_span!(
        "websocket",
        path = request.uri.path(),
        trace,
        user = tracing::field::Empty
    )
}

#[tokio::test(start_paused = true)]
async fn all_events_of_a_connection_stand_in_the_span_that_the_settings_make() {
    let (traced, _listening) = Traced::listen();
    let app = App::new()
        .include(
            App::new()
                .route("/ws", endpoint)
                .settings(Settings::new().max_message_size(9)),
        )
        .settings(Settings::new().span(span_of));
    let app = app
        .into_router()
        .layer(handlers())
        .layer(middleware::from_fn(in_request_span));
    let mut peer = Peer::new(TestClient::new(app).stream());
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    peer.send(handshake("/ws", &format!("traceparent: {parent}\r\n")))
        .await;
    peer.head().await;
    fail_and_end(&mut peer).await;
    let expected = format!(r#"websocket[path="/ws" trace="{parent}" user="ann"] < request[id=7]"#);
    let mut spans = traced.spans_of(&MESSAGES);
    spans.dedup();
    assert_eq!(spans, [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stands_in_the_span_too() {
    async fn refuse(_: Handshake) -> Result {
        Err(Close::new(CloseCode::POLICY_VIOLATION, "no").into())
    }
    for refusal in [hangup::Refusal::Close, hangup::Refusal::Http] {
        let (traced, _listening) = Traced::listen();
        let app = App::new()
            .route("/ws", refuse)
            .settings(Settings::new().span(span_of).refusal(refusal));
        let mut peer = Peer::new(TestClient::new(app).stream());
        peer.send(handshake("/ws", "")).await;
        peer.head().await;
        if refusal == hangup::Refusal::Close {
            peer.send(wire::close(1008, "")).await;
        }
        peer.rest().await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let spans = traced.spans_of(&["WebSocket refused", "connection ended"]);
        assert_eq!(spans, vec![r#"websocket[path="/ws"]"#; 2], "{refusal:?}");
    }
}

#[test]
fn an_endpoint_that_the_runtime_drops_is_dropped_in_the_span() {
    let (traced, _listening) = Traced::listen();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let peer = runtime.block_on(async {
        let app = App::new()
            .route("/ws", endpoint)
            .settings(Settings::new().span(span_of));
        let mut peer = Peer::open(TestClient::new(app).stream(), "/ws").await;
        peer.send(frame(TEXT, b"x")).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        peer
    });
    drop(runtime);
    drop(peer);
    let spans = traced.spans_of(&["dropped", "connection ended"]);
    assert_eq!(spans, vec![r#"websocket[path="/ws" user="ann"]"#; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_panics_leaves_the_span_of_the_request() {
    let (traced, _listening) = Traced::listen();
    let app = App::new()
        .route("/ws", endpoint)
        .settings(Settings::new().span(|_: &Parts| panic!("no span")));
    let router = app.into_router().layer(middleware::from_fn(in_request_span));
    let mut peer = Peer::open(TestClient::new(router).stream(), "/ws").await;
    fail_and_end(&mut peer).await;
    assert_eq!(
        traced.spans_of(&["connection ended"]),
        [r#"request[id=7 user="ann"]"#]
    );
}
