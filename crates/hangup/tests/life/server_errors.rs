//! What the server is at fault for is an ERROR in the log: as soon as it is known, and whoever says 1011.

use std::time::Duration;

use hangup::{
    App, Close, CloseCode, Failure, Handshake, HttpError, IntoClose, Refusal, Result, testing::TestClient,
};
use http::StatusCode;
use tokio::time::Instant;
use tracing::Level;

use crate::{
    errors::{Other, Unforeseen, top},
    log::{Event, Log},
    wire::{Frame, Peer, handshake},
};

async fn fail(handshake: Handshake) -> Result {
    let _socket = handshake.accept().await?;
    Err(top().into())
}

async fn fail_early(_: Handshake) -> Result {
    Err(top().into())
}

const CAUSE: &str = "secret top: secret middle: invalid digit found in string";

/// The events that say that an endpoint has failed.
fn failures(log: &Log) -> Vec<Event> {
    let mut events = log.all();
    events.retain(|event| event.target == "hangup::endpoint");
    events
}

#[tokio::test(start_paused = true)]
async fn an_error_is_logged_when_it_is_known_though_the_peer_does_not_answer() {
    for (path, phase) in [("/late", "after"), ("/early", "before")] {
        let log = Log::listen();
        let app = App::new().route("/late", fail).route("/early", fail_early);
        let mut peer = Peer::open(TestClient::new(app).stream(), path).await;
        let begun = Instant::now();
        assert_eq!(peer.frame().await, Frame::close(1011, ""));
        assert_eq!(
            begun.elapsed(),
            Duration::ZERO,
            "the close_timeout is still to come"
        );
        let [failure] = failures(&log).try_into().ok().unwrap();
        assert_eq!(failure.level, Level::ERROR);
        assert_eq!(
            failure.line(&["path", "phase", "error"]),
            format!("{path} {phase} {CAUSE}")
        );
        assert_eq!(log.connections().len(), 0);
        // The peer never answers.
        let event = log.connection().await;
        assert_eq!((event.level, event.get("error")), (Level::ERROR, CAUSE));
        assert_eq!(failures(&log).len(), 1, "it is told once");
        drop(peer);
    }
}

#[test]
fn the_cause_is_in_the_log_where_the_runtime_ends_before_the_closing_handshake() {
    for (path, phase) in [("/late", "after"), ("/early", "before")] {
        let log = Log::listen();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let peer = runtime.block_on(async {
            let app = App::new().route("/late", fail).route("/early", fail_early);
            let mut peer = Peer::open(TestClient::new(app).stream(), path).await;
            peer.frame().await;
            peer
        });
        assert_eq!(failures(&log).len(), 1, "also where the process ends here");
        drop(runtime);
        drop(peer);
        let event = log.only();
        assert_eq!(event.level, Level::ERROR);
        assert_eq!(
            event.line(&["phase", "code_sent", "clean", "error"]),
            format!("{phase} 1011 false {CAUSE}")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_is_at_fault_for_is_no_failure() {
    async fn close(handshake: Handshake) -> Result {
        let _socket = handshake.accept().await?;
        Err(Close::new(CloseCode::POLICY_VIOLATION, "no").into())
    }
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", close)).stream(), "/ws").await;
    peer.frame().await;
    drop(peer);
    assert_eq!(log.connection().await.level, Level::INFO);
    assert_eq!(failures(&log).len(), 0);
}

/// An error of the server's that says how it closes.
#[derive(Debug, thiserror::Error)]
#[error("the database is down")]
struct Database;

impl IntoClose for Database {
    fn to_close(&self) -> Close {
        Close::new(CloseCode::INTERNAL_ERROR, "")
    }
}

hangup::close::recognise_close!(Database);

async fn end(
    handshake: Handshake,
    axum::extract::Path((when, how)): axum::extract::Path<(String, String)>,
) -> Result {
    let _answered = match &*when {
        "late" => Ok(handshake.accept().await?),
        _ => Err(handshake),
    };
    Err(match &*how {
        "type" => Database.into(),
        "close" => Close::new(CloseCode::INTERNAL_ERROR, "said so").into(),
        "handler" => Unforeseen.into(),
        "http" => HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, "broken").into(),
        _ => Other.into(),
    })
}

#[tokio::test(start_paused = true)]
async fn every_1011_is_an_error_with_its_cause() {
    for refusal in [Refusal::Close, Refusal::Http] {
        let app = App::new()
            .route("/{when}/{how}", end)
            .error_handler(async |_: Failure<Unforeseen>| CloseCode::INTERNAL_ERROR)
            .error_handler(async |_: Failure| Close::new(CloseCode::INTERNAL_ERROR, "sorry"))
            .refusal(refusal);
        let client = TestClient::new(app);
        for when in ["late", "early"] {
            for (how, cause) in [
                ("type", "the database is down"),
                ("close", "1011: said so"),
                ("handler", "secret"),
                ("catch-all", "secret of another kind"),
                ("http", "500: broken"),
            ] {
                if (when, how) == ("early", "http") {
                    // Its own response, as the endpoint wanted it.
                    continue;
                }
                let log = Log::listen();
                let mut peer = Peer::new(client.stream());
                peer.send(handshake(&format!("/{when}/{how}"), "")).await;
                peer.head().await;
                drop(peer);
                let event = log.connection().await;
                assert_eq!(event.level, Level::ERROR, "{when} {how} {refusal:?}: {event}");
                assert!(event.get("error").starts_with(cause), "{event}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_1011_that_an_endpoint_closes_with_is_an_error() {
    async fn close(handshake: Handshake) -> Result {
        let socket = handshake.accept().await?;
        socket
            .close(Close::new(CloseCode::INTERNAL_ERROR, "chosen"))
            .await;
        Ok(())
    }
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", close)).stream(), "/ws").await;
    assert_eq!(peer.frame().await, Frame::close(1011, "chosen"));
    drop(peer);
    assert_eq!(log.connection().await.level, Level::ERROR);
}

#[tokio::test(start_paused = true)]
async fn a_1011_of_the_peer_is_not_ours() {
    async fn wait(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.recv().await?;
        }
    }
    let log = Log::listen();
    let mut peer = Peer::open(TestClient::new(App::new().route("/ws", wait)).stream(), "/ws").await;
    peer.send(crate::wire::close(1011, "mine")).await;
    assert_eq!(peer.frame().await, Frame::close(1011, "mine"));
    drop(peer);
    assert_eq!(log.connection().await.level, Level::INFO);
}
