//! How an error closes that wraps another, hands on to it, or is a report of `anyhow` or `eyre`.

use std::{error::Error as StdError, time::Duration};

use hangup::{
    App, Close, CloseCode, ErrorHandlers, Failure, Handshake, HttpError, IntoClose, Result, bail,
    error::{ReceiveError, SendError},
    testing::TestClient,
};
use http::StatusCode;
use tracing::Level;

use crate::{
    errors::{RoomFull, Unforeseen},
    log::{Event, Log},
    wire::{self, BINARY, Frame, Peer, frame},
};

/// How a connection ends whose endpoint accepts, receives and ends with this error: the Close frame and the event.
async fn end(error: fn() -> hangup::Error) -> (u16, String, Event) {
    end_under(error, ErrorHandlers::new()).await
}

async fn end_under(error: fn() -> hangup::Error, handlers: ErrorHandlers) -> (u16, String, Event) {
    let log = Log::listen();
    let endpoint = move |handshake: Handshake| async move {
        let _socket = handshake.accept().await?;
        Result::<()>::Err(error())
    };
    let router = axum::Router::new().route("/ws", hangup::route(endpoint).layer(handlers));
    let mut socket = TestClient::new(router).connect("/ws").await.unwrap();
    let close = socket.recv_close().await;
    let event = log.connection().await;
    (close.code().get(), close.reason().to_string(), event)
}

/// An error of the application that wraps others and shows only itself.
#[derive(Debug, thiserror::Error)]
#[error("could not join")]
struct Join(#[source] Box<dyn StdError + Send + Sync>);

fn wrapped(error: impl StdError + Send + Sync + 'static) -> hangup::Error {
    Join(Box::new(Join(Box::new(error)))).into()
}

#[tokio::test(start_paused = true)]
async fn what_a_source_says_holds_for_the_error_that_wraps_it() {
    let (code, reason, event) = end(|| wrapped(RoomFull { seats: 3 })).await;
    assert_eq!((code, &*reason), (4001, "all 3 seats are taken"));
    assert_eq!(
        (event.level, event.get("error")),
        // A text that is said is not repeated.
        (Level::INFO, "could not join: secret room")
    );
    let (code, reason, _) = end(|| wrapped(Close::new(CloseCode::FORBIDDEN, "not you"))).await;
    assert_eq!((code, &*reason), (3003, "not you"));
    let (code, _, event) = end(|| wrapped(Unforeseen)).await;
    assert_eq!((code, event.level), (1011, Level::ERROR));
    // The outermost that says something is the one.
    let (code, ..) = end(|| wrapped(Nested(RoomFull { seats: 3 }))).await;
    assert_eq!(code, 4009);
}

#[derive(Debug, thiserror::Error)]
#[error("nested")]
struct Nested(#[source] RoomFull);

impl IntoClose for Nested {
    fn to_close(&self) -> Close {
        Close::new(CloseCode::of::<4009>(), "nested")
    }
}

hangup::close::recognise_close!(Nested);

/// A client that closes is no error, once the connections before it have ended.
async fn is_no_error_to_leave(client: TestClient, path: &str) {
    tokio::time::sleep(Duration::from_secs(60)).await;
    let log = Log::listen();
    let mut peer = Peer::open(client.stream(), path).await;
    peer.send(wire::close(1000, "")).await;
    peer.rest().await;
    drop(peer);
    let event = log.connection().await;
    assert_eq!((event.level, event.get("error")), (Level::INFO, "-"));
}

#[tokio::test(start_paused = true)]
async fn an_http_error_in_a_chain_refuses_with_its_response() {
    let endpoint = async |_: Handshake| -> Result {
        Err(wrapped(HttpError::new(StatusCode::NOT_FOUND, "no such room")))
    };
    let client = TestClient::new(App::new().route("/ws", endpoint));
    assert_eq!(client.connect("/ws").await.unwrap_err().status(), 404);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_wraps_the_leaving_of_the_peer_is_none() {
    #[derive(Debug, thiserror::Error)]
    #[error("the chat failed")]
    struct Chat(#[from] ReceiveError);
    let log = Log::listen();
    let endpoint = async |handshake: Handshake| -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            socket.recv_text().await.map_err(Chat)?;
        }
    };
    let app = || App::new().route("/ws", endpoint);
    let mut peer = Peer::open(TestClient::new(app()).stream(), "/ws").await;
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frame().await, Frame::close(1000, ""));
    drop(peer);
    let event = log.connection().await;
    assert_eq!((event.level, event.get("error")), (Level::INFO, "-"));
    // And a message of the wrong kind is what it is.
    let mut peer = Peer::open(TestClient::new(app()).stream(), "/ws").await;
    peer.send(frame(BINARY, b"x")).await;
    assert_eq!(peer.frame().await, Frame::close(1003, "expected a text message"));
}

#[tokio::test(start_paused = true)]
async fn a_text_is_an_error_of_the_server() {
    async fn parse(handshake: Handshake) -> Result {
        handshake.accept().await?;
        Err("secret text")?
    }
    let log = Log::listen();
    let mut socket = TestClient::new(App::new().route("/ws", parse))
        .connect("/ws")
        .await
        .unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    let event = log.connection().await;
    assert_eq!((event.level, event.get("error")), (Level::ERROR, "secret text"));
}

/// An error of an application that hands on to what it is made of.
#[derive(Debug, thiserror::Error, IntoClose)]
enum Chat {
    #[error(transparent)]
    #[close(transparent)]
    Receive(#[from] ReceiveError),
    #[error(transparent)]
    #[close(transparent)]
    Send(#[from] SendError),
    #[error("the room")]
    #[close(transparent)]
    Room { room: RoomFull },
    #[error(transparent)]
    #[close(transparent)]
    Other(#[from] Box<dyn StdError + Send + Sync>),
    #[error("kicked")]
    #[close(4002)]
    Kicked,
}

#[tokio::test(start_paused = true)]
async fn a_transparent_case_closes_as_its_field() {
    for (message, frame_sent) in [
        ("room", Frame::close(4001, "all 2 seats are taken")),
        ("kick", Frame::close(4002, "kicked")),
        ("other", Frame::close(1011, "")),
        ("close", Frame::close(4003, "boxed")),
        ("json", Frame::close(1011, "")),
    ] {
        async fn chat(handshake: Handshake) -> Result<(), Chat> {
            let mut socket = handshake.accept().await.map_err(ReceiveError::from)?;
            match &*socket.recv_text().await? {
                "room" => Err(Chat::Room {
                    room: RoomFull { seats: 2 },
                }),
                "other" => Err(Chat::Other(Unforeseen.into())),
                "close" => Err(Chat::Other(Close::new(CloseCode::of::<4003>(), "boxed").into())),
                "json" => {
                    let unkeyed = std::collections::BTreeMap::from([(vec![1], 1)]);
                    Ok(socket.send_json(&unkeyed).await?)
                }
                _ => Err(Chat::Kicked),
            }
        }
        // Returned as it is, and behind `hangup::Error`.
        for path in ["/direct", "/behind"] {
            let app = App::new()
                .route("/direct", chat)
                .route("/behind", async |handshake: Handshake| -> Result {
                    Ok(chat(handshake).await?)
                });
            let client = TestClient::new(app);
            let mut peer = Peer::open(client.stream(), path).await;
            peer.send(frame(wire::TEXT, message.as_bytes())).await;
            assert_eq!(peer.frame().await, frame_sent, "{message} {path}");
            let mut peer = Peer::open(client.stream(), path).await;
            peer.send(frame(BINARY, b"x")).await;
            assert_eq!(peer.frame().await, Frame::close(1003, "expected a text message"));
            is_no_error_to_leave(client, path).await;
        }
    }
    let close = Chat::from(ReceiveError::WrongKind {
        expected: "text",
        received: "binary",
    })
    .to_close();
    assert_eq!(
        close,
        Close::new(CloseCode::UNSUPPORTED_DATA, "expected a text message")
    );
}

#[tokio::test(start_paused = true)]
async fn bail_closes_with_a_code_and_a_formatted_reason() {
    async fn endpoint(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        let text = socket.recv_text().await?;
        match &*text {
            "none" => bail!(CloseCode::TRY_AGAIN_LATER),
            "number" => bail!(4004),
            "both" => bail!(4005, "no room {text}, {}", 1 + 1),
            _ => bail!(CloseCode::POLICY_VIOLATION, "{text}"),
        }
    }
    fn direct() -> std::result::Result<(), Close> {
        bail!(4006, "direct")
    }
    let client = TestClient::new(App::new().route("/ws", endpoint));
    for (text, frame_sent) in [
        ("none", Frame::close(1013, "")),
        ("number", Frame::close(4004, "")),
        ("both", Frame::close(4005, "no room both, 2")),
        ("x", Frame::close(1008, "x")),
    ] {
        let mut peer = Peer::open(client.stream(), "/ws").await;
        peer.send(frame(wire::TEXT, text.as_bytes())).await;
        assert_eq!(peer.frame().await, frame_sent);
    }
    assert_eq!(direct(), Err(Close::new(CloseCode::of::<4006>(), "direct")));
}

#[cfg(any(feature = "anyhow", feature = "eyre"))]
macro_rules! reports {
    ($name:ident, $report:ty, $wrap:ident, $text:expr) => {
        mod $name {
            use super::*;

            type Report = $report;

            #[tokio::test(start_paused = true)]
            async fn the_types_in_a_report_are_found_wherever_they_stand() {
                for (error, code, reason) in [
                    (
                        (|| Report::from(RoomFull { seats: 1 }).into()) as fn() -> hangup::Error,
                        4001,
                        "all 1 seats are taken",
                    ),
                    (
                        || {
                            Report::from(RoomFull { seats: 1 })
                                .$wrap("a")
                                .$wrap("b")
                                .into()
                        },
                        4001,
                        "all 1 seats are taken",
                    ),
                    (
                        || Report::from(Close::new(CloseCode::FORBIDDEN, "no")).into(),
                        3003,
                        "no",
                    ),
                    (
                        || {
                            Report::from(Close::new(CloseCode::FORBIDDEN, "no"))
                                .$wrap("a")
                                .into()
                        },
                        3003,
                        "no",
                    ),
                    // As context of another error.
                    (
                        || {
                            Report::from(Unforeseen)
                                .$wrap(Close::new(CloseCode::FORBIDDEN, "no"))
                                .$wrap("a")
                                .into()
                        },
                        3003,
                        "no",
                    ),
                    (
                        || {
                            Report::from(RoomFull { seats: 1 })
                                .$wrap(Close::new(CloseCode::FORBIDDEN, "no"))
                                .into()
                        },
                        3003,
                        "no",
                    ),
                    (
                        || {
                            Report::from(Unforeseen)
                                .$wrap(RoomFull { seats: 2 })
                                .$wrap("a")
                                .into()
                        },
                        4001,
                        "all 2 seats are taken",
                    ),
                    (
                        || hangup::Error::from_boxed(Report::from(RoomFull { seats: 1 }).$wrap("a").into()),
                        4001,
                        "all 1 seats are taken",
                    ),
                    (
                        || wrapped_report(Report::from(RoomFull { seats: 1 })),
                        4001,
                        "all 1 seats are taken",
                    ),
                    (|| Report::from(Unforeseen).into(), 1011, ""),
                    (|| $text.into(), 1011, ""),
                ] {
                    let (sent, said, _) = end(error).await;
                    assert_eq!((sent, &*said), (code, reason));
                }
            }

            /// A report in an error of an application.
            #[derive(Debug, thiserror::Error, IntoClose)]
            #[error("an application's")]
            #[close(transparent)]
            struct Application(Report);

            fn wrapped_report(report: Report) -> hangup::Error {
                Application(report).into()
            }

            #[tokio::test(start_paused = true)]
            async fn the_log_has_the_whole_chain_once() {
                let (code, reason, event) = end(|| {
                    Report::from(Unforeseen)
                        .$wrap("reading")
                        .$wrap("joining")
                        .into()
                })
                .await;
                assert_eq!((code, &*reason), (1011, ""));
                assert_eq!(
                    (event.level, event.get("error")),
                    (Level::ERROR, "joining: reading: secret")
                );
            }

            #[tokio::test(start_paused = true)]
            async fn a_handler_finds_its_type() {
                let handlers = || {
                    ErrorHandlers::new().on(async |failed: Failure<Unforeseen>| {
                        assert_eq!(failed.error().to_string(), "secret");
                        CloseCode::of::<4010>()
                    })
                };
                for error in [
                    (|| Report::from(Unforeseen).into()) as fn() -> hangup::Error,
                    || Report::from(Unforeseen).$wrap("a").into(),
                    || Report::from(RoomFull { seats: 1 }).$wrap(Unforeseen).into(),
                ] {
                    assert_eq!(end_under(error, handlers()).await.0, 4010);
                }
            }

            #[tokio::test(start_paused = true)]
            async fn an_endpoint_may_return_a_report() {
                async fn endpoint(handshake: Handshake) -> std::result::Result<(), Report> {
                    let mut socket = handshake.accept().await?;
                    loop {
                        match &*socket.recv_text().await? {
                            "full" => return Err(Report::from(RoomFull { seats: 1 }).$wrap("joining")),
                            text => socket.send_text(text).await?,
                        }
                    }
                }
                let client = TestClient::new(App::new().route("/ws", endpoint));
                let mut peer = Peer::open(client.stream(), "/ws").await;
                peer.send(frame(wire::TEXT, b"full")).await;
                assert_eq!(
                    peer.frame().await,
                    Frame::close(4001, "all 1 seats are taken")
                );
                is_no_error_to_leave(client, "/ws").await;
            }
        }
    };
}

#[cfg(feature = "anyhow")]
reports!(of_anyhow, anyhow::Error, context, anyhow::anyhow!("text"));

#[cfg(feature = "eyre")]
reports!(of_eyre, eyre::Report, wrap_err, eyre::eyre!("text"));
