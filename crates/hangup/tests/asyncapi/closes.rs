//! Close codes: of error types, of `closes(..)`, of the framework under its settings.

use std::{collections::BTreeSet, time::Duration};

use hangup::{App, CloseCode, Handshake, IntoClose, Refusal, Result, Settings, websocket};
use serde_json::{Value, json};

use crate::{bare, channel, closes, entry, parameters::search};

#[derive(Debug, thiserror::Error, IntoClose)]
pub(crate) enum JoinError {
    /// The room is full. Come back when somebody has left.
    #[error("{0} people")]
    #[close(4001, "room is full")]
    Full(usize),
    #[error("you may not enter")]
    #[close(POLICY_VIOLATION)]
    Forbidden,
    #[error("no room {name:?}")]
    #[close(4004)]
    Unknown { name: String },
    #[error("the password of the database is wrong")]
    #[close(INTERNAL_ERROR, hidden)]
    Database,
}

#[websocket("/join")]
pub(crate) async fn join(_handshake: Handshake) -> std::result::Result<(), JoinError> {
    Err(JoinError::Forbidden)
}

#[test]
fn the_error_type_of_an_endpoint_tells_its_closes() {
    let plain = async |_: Handshake| -> std::result::Result<(), JoinError> { Err(JoinError::Database) };
    let document = App::<()>::new().endpoint(join).route("/plain", plain).asyncapi();
    for (_, channel) in document["channels"].as_object().unwrap() {
        assert_eq!(
            *entry(channel, 4001, "JoinError::Full"),
            json!({
                "code": 4001,
                "name": "Full",
                "reason": "room is full",
                "initiator": "server",
                "phase": "either",
                "retry": "never",
                "cause": "JoinError::Full",
                "description": "The room is full. Come back when somebody has left.",
            })
        );
        let forbidden = entry(channel, 1008, "JoinError::Forbidden");
        assert_eq!(
            [
                &forbidden["reason"],
                &forbidden["name"],
                &forbidden["description"]
            ],
            ["you may not enter", "POLICY_VIOLATION", "you may not enter"]
        );
        let unknown = entry(channel, 4004, "JoinError::Unknown");
        assert_eq!(unknown["reason"], Value::Null, "it varies");
        assert_eq!(unknown["description"], "no room {name:?}");
        let database = entry(channel, 1011, "JoinError::Database");
        assert_eq!([&database["reason"], &database["description"]], ["", ""]);
    }
    assert!(
        !document.to_string().contains("password"),
        "what is hidden from the peer is hidden from the document"
    );
}

const MOVED: CloseCode = CloseCode::of::<4300>();

#[websocket(
    "/kicks",
    subprotocols("chat.v2", "chat.v1"),
    closes(
        4100 = "kicked",
        /// Somebody else took the name.
        ///
        /// Choose another.
        4101,
        MOVED = "moved",
        SERVICE_RESTART = "later",
        JoinError,
    ),
)]
pub(crate) async fn kicks(_handshake: Handshake) -> Result {
    Ok(())
}

#[test]
fn what_closes_names_is_in_the_document() {
    let document = App::<()>::new().endpoint(kicks).asyncapi();
    let channel = channel(&document, "kicks");
    assert_eq!(channel["x-subprotocols"], json!(["chat.v2", "chat.v1"]));
    let kicked = entry(channel, 4100, "the endpoint");
    assert_eq!(
        [&kicked["reason"], &kicked["name"], &kicked["retry"]],
        ["kicked", "kicked", "never"]
    );
    let taken = entry(channel, 4101, "the endpoint");
    assert_eq!(taken["reason"], Value::Null);
    assert_eq!(taken["name"], "4101");
    assert_eq!(
        taken["description"],
        "Somebody else took the name.\n\nChoose another."
    );
    assert_eq!(entry(channel, 4300, "the endpoint")["name"], "MOVED");
    let restart = entry(channel, 1012, "the endpoint");
    assert_eq!(
        [&restart["name"], &restart["retry"]],
        ["SERVICE_RESTART", "backoff"]
    );
    entry(channel, 4001, "JoinError::Full");
}

#[test]
fn settings_decide_which_closes_there_are() {
    let with = |settings: Settings| App::<()>::new().route("/ws", bare).settings(settings).asyncapi();
    let seen = |document: &Value| -> BTreeSet<(u64, Option<String>)> {
        let closes = closes(channel(document, "bare"));
        let closes = closes.into_iter();
        closes
            .map(|(code, reason, _)| (code, reason.map(str::to_owned)))
            .collect()
    };
    let usual = seen(&with(Settings::new()));
    for (settings, code, reason) in [
        (Settings::new().idle_timeout(Duration::from_secs(1)), 1001, "idle"),
        (
            Settings::new().max_lifetime(Duration::from_secs(1)),
            1001,
            "lifetime",
        ),
        (Settings::new().messages_per_second(5), 1008, "too many messages"),
        (Settings::new().max_connections(5), 1013, "too many connections"),
        (
            Settings::new().max_connections_per_peer(5),
            1013,
            "too many connections",
        ),
    ] {
        let more: Vec<_> = seen(&with(settings)).difference(&usual).cloned().collect();
        assert_eq!(more, [(code, Some(reason.to_owned()))]);
    }
    for (settings, code, reason) in [
        (
            Settings::new().ping_interval(None),
            1011,
            "keepalive ping timeout",
        ),
        (
            Settings::new().receive_timeout(None),
            1008,
            "messages were not received",
        ),
    ] {
        let without = seen(&with(settings));
        let less: Vec<_> = usual.difference(&without).cloned().collect();
        assert_eq!(less, [(code, Some(reason.to_owned()))]);
    }
    let overload = Settings::new()
        .max_connections(1)
        .overload_code(CloseCode::GOING_AWAY);
    assert!(seen(&with(overload)).contains(&(1001, Some("too many connections".to_owned()))));
}

/// RFC 6455, 1.3: a handshake that is not completed ends without a Close frame.
#[test]
fn refusals_by_http_have_no_close_code() {
    let document = App::<()>::new()
        .endpoint(search)
        .endpoint(join)
        .refusal(Refusal::Http)
        .asyncapi();
    for name in ["search", "join"] {
        for (code, _, phase) in closes(channel(&document, name)) {
            assert_eq!(phase, "after accept", "{name}: {code}");
        }
    }
    let document = App::<()>::new().endpoint(search).asyncapi();
    assert!(closes(channel(&document, "search")).contains(&(1008, None, "before accept")));
    let document = App::<()>::new().route("/ws", bare).asyncapi();
    assert!(!closes(channel(&document, "bare")).contains(&(1008, None, "before accept")));
}

#[test]
fn settings_hold_for_the_endpoints_of_their_scope() {
    let idle = |seconds| Settings::new().idle_timeout(Duration::from_secs(seconds));
    let inner = App::<()>::new().route("/a", bare).settings(idle(7));
    let other = App::<()>::new().route("/b", bare);
    let middle = App::new().include(inner).nest("/nested", other).settings(idle(8));
    let document = App::new()
        .nest("/outer", middle)
        .route("/c", bare)
        .settings(idle(9))
        .asyncapi();
    let times: Vec<_> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .map(|channel| {
            let idle = entry(channel, 1001, "Settings::idle_timeout");
            let description = idle["description"].as_str().unwrap().to_owned();
            (channel["address"].as_str().unwrap().to_owned(), description)
        })
        .collect();
    for (address, time) in [("/c", "9s"), ("/outer/a", "7s"), ("/outer/nested/b", "8s")] {
        assert!(
            times
                .iter()
                .any(|(there, said)| there == address && said.contains(time)),
            "{times:?}"
        );
    }
    let names: Vec<_> = document["channels"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["bare", "bare_2", "bare_3"]);
}

#[derive(Debug, thiserror::Error, IntoClose)]
enum EnterError {
    #[error(transparent)]
    #[close(transparent)]
    Full(#[from] FullError),
    #[error(transparent)]
    #[close(transparent)]
    Receive(#[from] hangup::error::ReceiveError),
}

/// The room has no place left.
#[derive(Debug, thiserror::Error, IntoClose)]
#[error("the room is full")]
#[close(4010)]
struct FullError;

#[websocket("/enter")]
async fn enter(handshake: Handshake) -> Result<(), EnterError> {
    handshake
        .accept()
        .await
        .map_err(hangup::error::ReceiveError::from)?;
    Err(FullError.into())
}

#[test]
fn a_transparent_case_closes_as_its_field() {
    let document = App::<()>::new().endpoint(enter).asyncapi();
    let text = document.to_string();
    assert!(
        text.contains("4010") && text.contains("FullError"),
        "{document:#}"
    );
}
