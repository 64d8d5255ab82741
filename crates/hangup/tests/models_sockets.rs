//! Typed sockets on the wire: what an invalid message does, both ways, and encodings by subprotocol.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a test fails where something is missing"
)]

use std::num::NonZeroU32;

use hangup::{
    App, CloseCode, Handshake, Message, Result, Settings, ValidationError,
    endpoint::Endpoint,
    error::ReceiveError,
    models::{Codec, Encoding, Model, Schema},
    settings::InvalidMessages,
    testing::TestClient,
    websocket,
};
use serde_json::{Value, json};

#[hangup::model(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
enum Command {
    Say {
        #[field(min_length = 1, max_length = 5)]
        text: String,
    },
    Save {
        #[field(correlation)]
        id: u64,
        title: String,
    },
}

#[hangup::model(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
enum Event {
    Said {
        #[field(max_length = 8)]
        text: String,
    },
    Saved {
        id: u64,
    },
    #[model(invalid)]
    Invalid {
        errors: ValidationError,
        #[field(correlation)]
        id: Option<u64>,
    },
}

async fn play(handshake: Handshake<Command, Event>) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let event = match socket.recv().await? {
            Command::Say { text } => Event::Said { text },
            Command::Save { id, .. } => Event::Saved { id },
        };
        socket.send(&event).await?;
    }
}

#[websocket("/board")]
async fn board(handshake: Handshake<Command, Event>, #[query(default = 0)] n: u8) -> Result {
    let _ = n;
    play(handshake).await
}

fn say(text: &str) -> Command {
    Command::Say {
        text: text.to_owned(),
    }
}

fn strict() -> TestClient {
    TestClient::new(App::new().endpoint(board).route("/plain", play))
}

fn lenient() -> TestClient {
    let app = App::new().route("/plain", play);
    TestClient::new(app.settings(Settings::new().invalid_messages(InvalidMessages::answer())))
}

#[tokio::test]
async fn values_go_both_ways() {
    for path in ["/board", "/plain"] {
        let mut socket = strict().connect(path).await.unwrap().typed::<Command, Event>();
        socket.send(&say("hi")).await;
        assert_eq!(
            socket.recv().await,
            Event::Said {
                text: "hi".to_owned()
            }
        );
        let save = Command::Save {
            id: 7,
            title: String::new(),
        };
        socket.send(&save).await;
        assert_eq!(socket.recv().await, Event::Saved { id: 7 });
    }
}

#[tokio::test]
async fn an_invalid_message_closes_with_its_errors() {
    let mut socket = strict().connect("/board").await.unwrap();
    socket.send_text(r#"{"type":"say","text":""}"#).await;
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    let reason: Value = serde_json::from_str(close.reason()).unwrap();
    assert_eq!(reason[0]["loc"], json!(["say", "text"]));

    let mut socket = strict().connect("/board").await.unwrap();
    socket.send_text("{").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::INVALID_PAYLOAD);

    let mut socket = strict().connect("/board").await.unwrap();
    socket.send_binary("{}").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::UNSUPPORTED_DATA);
}

#[tokio::test]
async fn an_endpoint_may_go_on_behind_an_invalid_message() {
    async fn patient(handshake: Handshake<Command, Event>) -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let text = match socket.recv().await {
                Ok(_) => "valid".to_owned(),
                Err(ReceiveError::Json(error)) => error
                    .errors()
                    .map_or(0, |errors| errors.errors().len())
                    .to_string(),
                Err(error) => return Err(error.into()),
            };
            socket.send(&Event::Said { text }).await?;
        }
    }
    let client = TestClient::new(App::new().route("/", patient));
    let mut socket = client.connect("/").await.unwrap().typed::<Command, Event>();
    socket.untyped().send_text(r#"{"type":"save"}"#).await;
    assert_eq!(socket.recv().await, Event::Said { text: "2".to_owned() });
    socket.send(&say("x")).await;
    assert_eq!(
        socket.recv().await,
        Event::Said {
            text: "valid".to_owned()
        }
    );
}

#[tokio::test]
async fn invalid_messages_are_answered_and_the_eighth_in_a_row_closes() {
    let mut socket = lenient()
        .connect("/plain")
        .await
        .unwrap()
        .typed::<Command, Event>();
    for round in 0..2 {
        for _ in 0..7 {
            socket.untyped().send_text(r#"{"type":"save","id":9}"#).await;
            let Event::Invalid { errors, id } = socket.recv().await else {
                panic!("an answer");
            };
            assert_eq!((errors.errors()[0].kind(), id), ("missing", Some(9)));
        }
        if round == 0 {
            // A valid one begins the count anew.
            socket.send(&say("x")).await;
            socket.recv().await;
        }
    }
    socket.untyped().send_text(r#"{"type":"save","id":9}"#).await;
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    assert!(close.reason().contains("missing"), "{close:?}");
}

#[tokio::test]
async fn text_that_is_no_json_is_answered_too_and_binary_is_not() {
    let mut socket = lenient()
        .connect("/plain")
        .await
        .unwrap()
        .typed::<Command, Event>();
    socket.untyped().send_text("{").await;
    let Event::Invalid { errors, id } = socket.recv().await else {
        panic!("an answer");
    };
    assert_eq!((errors.errors()[0].kind(), id), ("json_invalid", None));
    socket.untyped().send_binary("{}").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::UNSUPPORTED_DATA);
}

#[tokio::test]
async fn the_bound_in_a_row_can_be_set_and_a_type_without_an_answer_closes() {
    let once = InvalidMessages::Answer {
        most_in_a_row: NonZeroU32::MIN,
    };
    let app = App::new().route("/plain", play);
    let client = TestClient::new(app.settings(Settings::new().invalid_messages(once)));
    let mut socket = client.connect("/plain").await.unwrap();
    socket.send_text("1").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::POLICY_VIOLATION);

    async fn unanswering(handshake: Handshake<Command, String>) -> Result {
        handshake.accept().await?.recv().await?;
        Ok(())
    }
    let app = App::new().route("/", unanswering);
    let client = TestClient::new(app.settings(Settings::new().invalid_messages(InvalidMessages::answer())));
    let mut socket = client.connect("/").await.unwrap();
    socket.send_text("1").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::POLICY_VIOLATION);
}

#[tokio::test]
async fn halves_know_their_types() {
    async fn halves(handshake: Handshake<Command, Event>) -> Result {
        let (sender, mut receiver) = handshake.accept().await?.split();
        let task = tokio::spawn({
            let sender = sender.clone();
            async move { sender.send(&Event::Saved { id: 1 }).await }
        });
        receiver.recv().await?;
        let _ = task.await;
        sender.try_send(&Event::Saved { id: 2 })?;
        Ok(())
    }
    let client = TestClient::new(App::new().route("/", halves));
    let mut socket = client.connect("/").await.unwrap().typed::<Command, Event>();
    assert_eq!(socket.recv().await, Event::Saved { id: 1 });
    socket.send(&say("x")).await;
    assert_eq!(socket.recv().await, Event::Saved { id: 2 });
    assert_eq!(socket.recv_close().await.code(), CloseCode::NORMAL_CLOSURE);
}

#[tokio::test]
#[cfg(debug_assertions)]
async fn what_is_sent_is_checked_in_debug_builds() {
    async fn long(handshake: Handshake<Command, Event>) -> Result {
        let mut socket = handshake.accept().await?;
        socket
            .send(&Event::Said {
                text: "too long for it".to_owned(),
            })
            .await?;
        Ok(())
    }
    let client = TestClient::new(App::new().route("/", long));
    let mut socket = client.connect("/").await.unwrap();
    assert_eq!(socket.recv_close().await.code(), CloseCode::INTERNAL_ERROR);
}

/// JSON in binary messages, backwards.
struct Backwards;

impl Codec for Backwards {
    fn subprotocol(&self) -> &'static str {
        "backwards"
    }

    fn encode(&self, value: Value) -> Result<Message> {
        let text: String = value.to_string().chars().rev().collect();
        Ok(Message::Binary(text.into_bytes().into()))
    }

    fn decode(&self, message: &Message) -> Result<Value, ReceiveError> {
        let Message::Binary(bytes) = message else {
            return Err(ReceiveError::WrongKind {
                expected: "binary",
                received: "text",
            });
        };
        let text = String::from_utf8_lossy(bytes);
        let text: String = text.chars().rev().collect();
        serde_json::from_str(&text).map_err(|error| ReceiveError::undecodable(&error))
    }
}

async fn encoded(mut handshake: Handshake<Command, Event>) -> Result {
    handshake.choose_encoding([
        #[cfg(feature = "msgpack")]
        Encoding::MessagePack,
        Encoding::Other(&Backwards),
        Encoding::Json,
    ]);
    play(handshake).await
}

#[tokio::test]
async fn an_encoding_of_ones_own_is_chosen_by_its_subprotocol() {
    let client = TestClient::new(App::new().route("/", encoded));
    let connected = client.connect("/").subprotocol("backwards").await.unwrap();
    assert_eq!(connected.subprotocol(), Some("backwards"));
    let mut socket = connected.typed_as::<Command, Event>(Encoding::Other(&Backwards));
    socket.send(&say("hi")).await;
    assert_eq!(
        socket.recv().await,
        Event::Said {
            text: "hi".to_owned()
        }
    );
    socket.untyped().send_binary("{{").await;
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::INVALID_PAYLOAD);
}

#[tokio::test]
#[cfg(feature = "msgpack")]
async fn message_pack_is_chosen_by_its_subprotocol() {
    let client = TestClient::new(App::new().route("/", encoded));
    let connect = async || {
        let connected = client
            .connect("/")
            .subprotocol("msgpack")
            .subprotocol("json")
            .await
            .unwrap();
        assert_eq!(connected.subprotocol(), Some("msgpack"));
        connected.typed_as::<Command, Event>(Encoding::MessagePack)
    };
    let mut socket = connect().await;
    socket.send(&say("hi")).await;
    assert_eq!(
        socket.recv().await,
        Event::Said {
            text: "hi".to_owned()
        }
    );
    // {"text": "hi", "type": "say"}, as the specification of MessagePack writes it: the tag last.
    socket
        .untyped()
        .send_binary(b"\x82\xa4text\xa2hi\xa4type\xa3say")
        .await;
    assert_eq!(
        socket.recv().await,
        Event::Said {
            text: "hi".to_owned()
        }
    );
    // {"type": "say", "text": ""}
    socket
        .untyped()
        .send_binary(b"\x82\xa4type\xa3say\xa4text\xa0")
        .await;
    let close = socket.recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    assert!(close.reason().contains("string_too_short"), "{close:?}");
    for (message, code) in [
        (&b"\x82\xa4type"[..], CloseCode::INVALID_PAYLOAD),
        (b"\xc1", CloseCode::INVALID_PAYLOAD),
        (b"\xc0\xc0", CloseCode::INVALID_PAYLOAD),
        (b"\xc0", CloseCode::POLICY_VIOLATION),
    ] {
        let mut socket = connect().await;
        socket.untyped().send_binary(message).await;
        assert_eq!(socket.recv_close().await.code(), code, "{message:?}");
    }
    let mut socket = connect().await;
    socket.untyped().send_text("{}").await;
    assert_eq!(socket.recv_close().await.code(), CloseCode::UNSUPPORTED_DATA);
}

#[test]
fn the_description_of_an_endpoint_has_both_schemas() {
    fn described<A, E: Endpoint<A, ()>>(endpoint: E) -> [Option<&'static Schema>; 2] {
        let description = endpoint.describe();
        [description.receives, description.sends]
    }
    for [receives, sends] in [described(board), described(play)] {
        assert_eq!(receives.map(Schema::name), Some(Command::schema().name()));
        assert_eq!(sends.map(Schema::name), Some("Event"));
    }
    async fn raw(_: Handshake) -> Result {
        Ok(())
    }
    assert!(described(raw).iter().all(Option::is_none));
}
