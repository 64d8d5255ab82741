//! The one event of a connection: its fields, its level, and what stands in no byte on the wire.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hangup::{App, Close, CloseCode, Failure, Handshake, Refusal, Result, Sender, testing::TestClient};
use tracing::Level;
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{
    errors::{Other, RoomFull, Unforeseen, top},
    log::Log,
    wire::{self, Peer, TEXT, frame, handshake},
};

async fn wait(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    while socket.recv().await.is_ok() {}
    Ok(())
}

async fn never_accept(_: Handshake) -> Result {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_event_has_these_fields_and_no_others() {
    async fn close_later(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        socket.recv().await?;
        tokio::time::sleep(Duration::from_millis(1234)).await;
        Err(Close::new(CloseCode::of::<4000>(), "why").into())
    }
    let log = Log::listen();
    let app = App::new().nest("/api", App::new().route("/{room}/ws", close_later));
    let mut peer = Peer::open(TestClient::new(app).stream(), "/api/7/ws").await;
    peer.send(frame(TEXT, b"x")).await;
    peer.frame().await;
    peer.send(wire::close(4001, "me too")).await;
    peer.rest().await;
    drop(peer);
    let event = log.connection().await;
    assert_eq!(event.level, Level::INFO);
    for (field, value) in [
        ("endpoint", "close_later"),
        ("path", "/api/{room}/ws"),
        ("phase", "after"),
        ("code_sent", "4000"),
        ("reason_sent", "why"),
        ("code_received", "4001"),
        ("reason_received", "me too"),
        ("initiator", "local"),
        ("clean", "true"),
        ("duration_ms", "1234"),
        ("error", "4000: why"),
    ] {
        assert_eq!(event.get(field), value, "{field}");
    }
    // A status belongs to a refusal by HTTP.
    assert_eq!(event.get("status"), "-");
    assert_eq!(
        event.names().len(),
        12,
        "these and the message: {:?}",
        event.names()
    );
}

#[tokio::test(start_paused = true)]
async fn every_end_has_exactly_one_event_and_the_level_says_whether_it_was_foreseen() {
    async fn fail(handshake: Handshake) -> Result {
        let _socket = handshake.accept().await?;
        Err(Unforeseen.into())
    }
    async fn close(handshake: Handshake) -> Result {
        let _socket = handshake.accept().await?;
        Err(RoomFull { seats: 1 }.into())
    }
    async fn fail_early(_: Handshake) -> Result {
        Err(Unforeseen.into())
    }
    async fn close_early(_: Handshake) -> Result {
        Err(RoomFull { seats: 1 }.into())
    }
    async fn deny(handshake: Handshake) -> Result {
        handshake.deny(http::StatusCode::GONE)
    }
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new()
            .route("/fail", fail)
            .route("/close", close)
            .route("/fail-early", fail_early)
            .route("/close-early", close_early)
            .route("/deny", deny)
            .refusal(refusal);
        let client = TestClient::new(app);
        for (path, level) in [
            ("/fail", Level::ERROR),
            ("/close", Level::INFO),
            ("/fail-early", Level::ERROR),
            ("/close-early", Level::INFO),
            ("/deny", Level::INFO),
        ] {
            let log = Log::listen();
            let mut peer = Peer::new(client.stream());
            peer.send(handshake(path, "")).await;
            peer.head().await;
            drop(peer);
            assert_eq!(log.connection().await.level, level, "{path} {refusal:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_has_one_event_whenever_it_leaves() {
    for (path, phase) in [("/wait", "after"), ("/never", "before")] {
        let log = Log::listen();
        let app = App::new().route("/wait", wait).route("/never", never_accept);
        let mut peer = Peer::new(TestClient::new(app).stream());
        peer.send(handshake(path, "")).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(peer);
        let event = log.connection().await;
        assert_eq!(
            event.line(&["phase", "clean", "duration_ms"]),
            format!("{phase} false 1000")
        );
        assert_eq!(event.level, Level::INFO);
    }
}

/// The event of a connection whose runtime stops while it is open.
fn stop(path: &'static str, early: &'static [u8]) -> crate::log::Event {
    let log = Log::listen();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let peer = runtime.block_on(async {
        let app = App::new().route("/wait", wait).route("/never", never_accept);
        let mut peer = Peer::new(TestClient::new(app).stream());
        peer.send([handshake(path, "").as_bytes(), early].concat()).await;
        if path == "/wait" {
            peer.head().await;
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        peer
    });
    assert_eq!(log.connections().len(), 0);
    drop(runtime);
    drop(peer);
    log.only()
}

#[test]
fn a_connection_whose_runtime_stops_has_one_event() {
    let event = stop("/never", b"");
    assert_eq!(event.line(&["phase", "clean", "initiator"]), "before false none");
    let event = stop("/wait", b"");
    assert_eq!(event.line(&["phase", "clean", "initiator"]), "after false none");
    assert_eq!(event.level, Level::INFO);
}

#[tokio::test(start_paused = true)]
async fn control_characters_cannot_forge_a_line_of_the_log() {
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", wait)).stream(), "/ws").await;
    peer.send(wire::close(4000, "bye\r\nERROR forged \u{1b}[31m\u{0}\u{2028}é"))
        .await;
    peer.rest().await;
    drop(peer);
    let event = log.connection().await;
    assert_eq!(
        event.get("reason_received"),
        "bye\\r\\nERROR forged \\u{1b}[31m\\u{0}\\u{2028}é"
    );

    let log = Log::listen();
    let endpoint = async |handshake: Handshake| -> Result {
        let text = handshake.accept().await?.recv_text().await?;
        let boxed: Box<dyn std::error::Error + Send + Sync> = text.to_string().into();
        Err(hangup::Error::from_boxed(boxed))
    };
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", endpoint)).stream(), "/ws").await;
    peer.send(frame(TEXT, b"a\nb\x1b[2J")).await;
    peer.frame().await;
    drop(peer);
    assert_eq!(log.connection().await.get("error"), "a\\nb\\u{1b}[2J");
}

#[tokio::test(start_paused = true)]
async fn nothing_of_an_internal_error_stands_in_any_byte_on_the_wire() {
    async fn fail(handshake: Handshake, axum::extract::Path((accept, how)): Path) -> Result {
        let socket = match &*accept {
            "late" => Ok(handshake.accept().await?),
            _ => Err(handshake),
        };
        match &*how {
            "error" => Err(top().into()),
            "panic" => panic!("secret panic in {}", module_path!()),
            "handler" => Err(Other.into()),
            "handler-panic" => Err(Unforeseen.into()),
            "json" => Err(serde_json::from_str::<u8>("secret").unwrap_err().into()),
            _ => {
                drop(socket);
                Ok(())
            }
        }
    }
    type Path = axum::extract::Path<(String, String)>;
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new()
            .route("/{accept}/{how}", fail)
            .error_handler(async |failed: Failure<Other>| -> Result<Close> { Err(failed.into_error()) })
            .error_handler(async |_: Failure<Unforeseen>| -> Close { panic!("secret handler") })
            .refusal(refusal);
        let client = TestClient::new(app);
        for accept in ["early", "late"] {
            for how in ["error", "panic", "handler", "handler-panic", "json", "nothing"] {
                let mut peer = Peer::new(client.stream());
                let more = "Connection: close\r\n";
                peer.send(handshake(&format!("/{accept}/{how}"), more)).await;
                let bytes = String::from_utf8_lossy(&peer.rest().await).to_lowercase();
                assert!(!bytes.is_empty());
                for word in ["secret", "panic", "digit", ".rs", "life::", "expected"] {
                    assert!(!bytes.contains(word), "{word:?} in {bytes:?} of {accept} {how}");
                }
            }
        }
    }
}

/// Asks a sender at every event, as a subscriber does that shows the log to its WebSocket clients.
struct Asking {
    sender: Arc<Mutex<Option<Sender>>>,
    said: Arc<Mutex<Vec<bool>>>,
}

impl<S: tracing::Subscriber> Layer<S> for Asking {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "hangup::connection"
            && let Some(sender) = &*self.sender.lock().unwrap()
        {
            self.said.lock().unwrap().push(sender.is_closed());
        }
    }
}

#[test]
fn a_subscriber_may_ask_a_sender_of_the_connection_whose_event_it_is_told() {
    let said: Arc<Mutex<Vec<bool>>> = Arc::default();
    let asked = Arc::clone(&said);
    let (done, is_done) = std::sync::mpsc::channel();
    // In a thread, as a deadlock would hang the test.
    std::thread::spawn(move || {
        let kept: Arc<Mutex<Option<Sender>>> = Arc::default();
        let asking = Asking {
            sender: Arc::clone(&kept),
            said: asked,
        };
        let _listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(asking));
        let endpoint = move |handshake: Handshake| {
            let kept = Arc::clone(&kept);
            async move {
                let socket = handshake.accept().await?;
                *kept.lock().unwrap() = Some(socket.sender());
                Result::<()>::Ok(())
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let client = TestClient::new(App::new().route("/ws", endpoint));
            let mut socket = client.connect("/ws").await.unwrap();
            socket.assert_closed(CloseCode::NORMAL_CLOSURE, "").await;
            drop(socket);
            tokio::time::sleep(Duration::from_secs(60)).await;
        });
        let _ = done.send(());
    });
    is_done.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(*said.lock().unwrap(), [true]);
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_answers_for_the_endpoint_is_no_client_that_leaves() {
    async fn time_out(
        request: axum::extract::Request,
        next: axum::middleware::Next,
    ) -> axum::response::Response {
        use axum::response::IntoResponse;
        let answered = tokio::time::timeout(Duration::from_secs(1), next.run(request)).await;
        answered.unwrap_or_else(|_| http::StatusCode::REQUEST_TIMEOUT.into_response())
    }
    let log = Log::listen();
    let router = App::new()
        .route("/never", never_accept)
        .into_router()
        .layer(axum::middleware::from_fn(time_out));
    let mut peer = Peer::new(TestClient::new(router.clone()).stream());
    peer.send(handshake("/never", "")).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 408"));
    drop(peer);
    let error = "cancelled by a layer around the endpoint, such as a timeout";
    assert_eq!(log.connection().await.get("error"), error);

    let log = Log::listen();
    let mut peer = Peer::new(TestClient::new(router).stream());
    peer.send(handshake("/never", "")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(peer);
    let error = "cancelled: the client left, or the server stopped";
    assert_eq!(log.connection().await.get("error"), error);
}

#[tokio::test(start_paused = true)]
async fn the_text_of_an_error_that_shows_its_source_stands_there_once() {
    async fn text(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let _: u8 = socket.recv_json().await?;
        Ok(())
    }
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", text)).stream(), "/ws").await;
    peer.send(frame(TEXT, b"{")).await;
    peer.frame().await;
    drop(peer);
    let event = log.connection().await;
    let error = event.get("error");
    let first = error.split(": ").next().unwrap();
    assert_eq!(error.matches(first).count(), 1, "{error}");
}
