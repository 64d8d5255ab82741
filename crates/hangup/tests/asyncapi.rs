//! The AsyncAPI document of an app: parameters, close codes and their three sources, scopes, messages.
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]
#![allow(
    dead_code,
    unused_variables,
    reason = "endpoints that are described and never run"
)]

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use axum::{
    extract::{Extension, FromRequestParts, State},
    response::{IntoResponse, Response},
};
use hangup::{
    App, CloseCode, Handshake, IntoClose, Param, Params, Refusal, Result, Settings,
    asyncapi::{Describe, RequestDescription, SecurityScheme},
    model,
    params::{Field, Location},
    websocket,
};
use http::{StatusCode, request::Parts};
use serde_json::{Value, json};

fn channel<'d>(document: &'d Value, name: &str) -> &'d Value {
    let channel = &document["channels"][name];
    assert!(channel.is_object(), "{document:#}");
    channel
}

/// The close codes of a channel with their reasons and phases.
fn closes(channel: &Value) -> Vec<(u64, Option<&str>, &str)> {
    let closes = channel["x-close-codes"].as_array().unwrap().iter();
    closes
        .map(|close| {
            let phase = close["phase"].as_str().unwrap();
            (close["code"].as_u64().unwrap(), close["reason"].as_str(), phase)
        })
        .collect()
}

fn entry<'c>(channel: &'c Value, code: u16, cause: &str) -> &'c Value {
    let mut closes = channel["x-close-codes"].as_array().unwrap().iter();
    let found = closes.find(|close| close["code"] == code && close["cause"] == cause);
    found.unwrap_or_else(|| panic!("no {code} from {cause} in {channel:#}"))
}

#[derive(Param)]
enum Sort {
    Newest,
    #[param(rename = "most-liked")]
    Liked,
}

#[derive(Param)]
enum Level {
    Low = 1,
    High = 2,
}

/// A user's own type.
struct Room(String);

impl Param for Room {
    fn parse(text: &str, _: &hangup::params::Rules) -> std::result::Result<Self, hangup::params::Invalid> {
        Ok(Self(text.to_owned()))
    }
}

#[derive(Params)]
struct Paging {
    /// How many are left out.
    #[query(default = 0, ge = 0)]
    offset: i64,
    #[query(default = MOST, gt = 0, lt = 1000, multiple_of = 5)]
    limit: i64,
}

const MOST: i64 = 100;

/// Searches a shop.
#[websocket("/shops/{shop_id:int}/{*rest}")]
async fn search(
    _handshake: Handshake,
    #[path(gt = 0)] shop_id: u32,
    #[path] rest: String,
    #[query(alias = "q", min_length = 3, max_length = 50, pattern = "^[a-z]+$", examples = ["ball", "net"])]
    query: String,
    #[query(default = Sort::Newest)] sort: Sort,
    #[query] level: Option<Level>,
    #[query(min_length = 1, max_length = 3, default = ["a", "b"])] tags: Vec<String>,
    #[query(default = 0.5, ge = 0.0, le = 1.0)] weight: f32,
    #[query(default = -1)] delta: i8,
    #[query] pair: Option<(i64, bool)>,
    #[query(default = Duration::from_secs(1).as_millis() as u64)] wait: u64,
    #[query(deprecated, description = "The room.")] room: Option<Room>,
    #[params] paging: Paging,
    #[header] x_token: String,
    #[header(convert_underscores = false, default = Ipv4Addr::LOCALHOST)] origin_ip: Ipv4Addr,
    #[cookie] session: Option<Ipv6Addr>,
) -> Result {
    Ok(())
}

#[test]
fn parameters_have_their_schema_at_their_place() {
    let document = App::<()>::new().endpoint(search).asyncapi();
    let channel = channel(&document, "search");
    assert_eq!(channel["address"], "/shops/{shop_id}/{rest}");
    assert_eq!(channel["description"], "Searches a shop.");
    assert_eq!(
        channel["parameters"],
        json!({
            // A bound of its own is in place of that of the type.
            "shop_id": {"x-schema": {"type": "integer", "exclusiveMinimum": 0, "maximum": u32::MAX}},
            "rest": {"x-schema": {"type": "string"}},
        })
    );
    assert_eq!(
        channel["bindings"]["ws"]["query"],
        json!({
            "type": "object",
            "required": ["q"],
            "properties": {
                "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many are left out."},
                "limit": {
                    "type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1000, "multipleOf": 5, "default": 100,
                },
                "q": {
                    "type": "string", "minLength": 3, "maxLength": 50, "pattern": "^[a-z]+$",
                    "examples": ["ball", "net"],
                },
                "sort": {"type": "string", "enum": ["newest", "most-liked"], "default": "newest"},
                "level": {"type": "integer", "enum": [1, 2]},
                "tags": {
                    "type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "default": ["a", "b"],
                },
                "weight": {"type": "number", "minimum": 0.0, "maximum": 1.0, "default": 0.5},
                "delta": {"type": "integer", "minimum": -128, "maximum": 127, "default": -1},
                "pair": {
                    "type": "array", "items": [{"type": "integer"}, {"type": "boolean"}], "additionalItems": false,
                    "minItems": 2, "maxItems": 2,
                },
                // Its default is computed for each request.
                "wait": {"type": "integer", "minimum": 0},
                "room": {"type": "string", "deprecated": true, "description": "The room."},
            },
        })
    );
    assert_eq!(
        channel["bindings"]["ws"]["headers"],
        json!({
            "type": "object",
            "required": ["x-token"],
            "properties": {
                "x-token": {"type": "string"},
                "origin_ip": {"type": "string", "format": "ipv4", "default": "127.0.0.1"},
            },
        })
    );
    assert_eq!(
        channel["x-cookies"],
        json!({"type": "object", "properties": {"session": {"type": "string", "format": "ipv6"}}})
    );
}

#[derive(Debug, thiserror::Error, IntoClose)]
enum JoinError {
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
async fn join(_handshake: Handshake) -> std::result::Result<(), JoinError> {
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
async fn kicks(_handshake: Handshake) -> Result {
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

async fn bare(_: Handshake) -> Result {
    Ok(())
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

struct User(String);

/// An extractor with an answer of its own.
struct Refused;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::FORBIDDEN.into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Refused;

    async fn from_request_parts(_: &mut Parts, _: &S) -> std::result::Result<Self, Refused> {
        Err(Refused)
    }
}

impl Describe for User {
    fn describe(request: &mut RequestDescription) {
        static TOKEN: Field = Field::header("authorization").described("A bearer token.");
        request.parameter::<String>(&TOKEN);
        request.secured_by("token", SecurityScheme::http("bearer"));
        request.secured_by("session", SecurityScheme::api_key(Location::Cookie, "session"));
    }
}

/// One whose rejection says itself how it closes.
struct Member;

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("members only")]
#[close(4403)]
struct MembersOnly;

impl IntoResponse for MembersOnly {
    fn into_response(self) -> Response {
        StatusCode::FORBIDDEN.into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Member {
    type Rejection = MembersOnly;

    async fn from_request_parts(_: &mut Parts, _: &S) -> std::result::Result<Self, MembersOnly> {
        Err(MembersOnly)
    }
}

#[websocket("/user")]
async fn user(_handshake: Handshake, _user: User, _paging: Paging) -> Result {
    Ok(())
}

#[websocket("/member")]
async fn member(_handshake: Handshake, _member: Member, _state: State<u8>, _count: Extension<u8>) -> Result {
    Ok(())
}

#[test]
fn extractors_tell_what_they_read_and_how_they_refuse() {
    let document = App::new()
        .endpoint(user)
        .endpoint(member)
        .with_state(1)
        .asyncapi();
    let user = channel(&document, "user");
    let headers = &user["bindings"]["ws"]["headers"];
    assert_eq!(
        headers["properties"]["authorization"],
        json!({"type": "string", "description": "A bearer token."})
    );
    assert_eq!(headers["required"], json!(["authorization"]));
    assert_eq!(
        user["bindings"]["ws"]["query"]["properties"]["offset"]["minimum"], 0,
        "a group is described as an extractor too"
    );
    for code in [1008, 1013, 3000, 3003, 3008] {
        entry(user, code, "the rejection of an extractor");
    }
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "httpApiKey", "in": "cookie", "name": "session"},
        })
    );
    assert_eq!(
        document["operations"]["user.receive"]["security"],
        json!([
            {"$ref": "#/components/securitySchemes/token"},
            {"$ref": "#/components/securitySchemes/session"},
        ])
    );

    let member = channel(&document, "member");
    entry(member, 4403, "MembersOnly");
    let causes = member["x-close-codes"].as_array().unwrap().iter();
    assert!(
        causes
            .map(|close| &close["cause"])
            .all(|cause| cause != "the rejection of an extractor" && cause != "ValidationError"),
        "State and Extension refuse with nothing but 1011"
    );
    assert_eq!(document["operations"]["member.receive"].get("security"), None);
}

/// What a client asks.
#[model(tag = "type", content = "data")]
enum Question {
    /// Adds numbers.
    Sum {
        #[field(correlation)]
        id: String,
        numbers: Vec<f64>,
    },
    Stop,
}

#[model]
struct Answer {
    #[field(correlation)]
    id: String,
    sum: f64,
}

#[websocket("/sums")]
async fn sums(_handshake: Handshake<Question, Answer>) -> Result {
    Ok(())
}

#[websocket("/numbers")]
async fn numbers(_handshake: Handshake<Vec<u8>, String>) -> Result {
    Ok(())
}

#[test]
fn typed_endpoints_have_their_messages() {
    let document = App::<()>::new().endpoint(sums).endpoint(numbers).asyncapi();
    let messages = &document["components"]["messages"];
    let sum = &messages["Question.Sum"];
    assert_eq!([&sum["name"], &sum["summary"]], ["Sum", "Adds numbers."]);
    assert_eq!(sum["correlationId"]["location"], "$message.payload#/data/id");
    assert_eq!(
        sum["examples"][0]["payload"],
        json!({"type": "Sum", "data": {"id": "text", "numbers": [1.5]}})
    );
    assert_eq!(messages["Question.Stop"]["correlationId"], Value::Null);
    assert_eq!(
        messages["Answer"]["payload"],
        json!({"$ref": "#/components/schemas/Answer"})
    );
    assert_eq!(
        document["components"]["schemas"]["Answer"]["required"],
        json!(["id", "sum"])
    );
    let receive = &document["operations"]["sums.receive"];
    assert_eq!(
        receive["reply"]["messages"],
        json!([{"$ref": "#/channels/sums/messages/Answer"}])
    );
    assert_eq!(document["operations"]["sums.send"].get("reply"), None);
    assert_eq!(
        document["operations"]["numbers.receive"]["messages"],
        json!([{"$ref": "#/channels/numbers/messages/List"}])
    );
    assert_eq!(messages["Text"]["payload"], json!({"type": "string"}));
}

#[test]
fn untyped_endpoints_have_any_message_in_both_directions() {
    let document = App::<()>::new().route("/ws", bare).asyncapi();
    let any = json!([{"$ref": "#/channels/bare/messages/Any"}]);
    for (operation, action) in [("bare.receive", "receive"), ("bare.send", "send")] {
        let operation = &document["operations"][operation];
        assert_eq!(
            [&operation["messages"], &operation["action"]],
            [&any, &json!(action)]
        );
    }
    let message = &document["components"]["messages"]["Any"];
    assert_eq!(
        [&message["payload"], &message["contentType"]],
        [&json!({}), &json!("text/plain")]
    );
}

#[test]
fn the_document_says_what_it_is_of() {
    let document = App::<()>::new()
        .title("Board")
        .version("2.1.0")
        .description("Draw together.")
        .asyncapi();
    assert_eq!(document["asyncapi"], "3.0.0");
    assert_eq!(
        document["info"],
        json!({"title": "Board", "version": "2.1.0", "description": "Draw together."})
    );
    let document = App::<()>::new().asyncapi();
    assert_eq!(document["info"], json!({"title": "hangup", "version": "0.1.0"}));
    assert_eq!(document["channels"], json!({}));
}

/// The order of everything is the same each time: nothing comes out of a hash map.
#[test]
fn the_document_is_the_same_each_time() {
    let document = || {
        let app = App::<()>::new()
            .endpoint(search)
            .endpoint(sums)
            .endpoint(kicks)
            .endpoint(join);
        serde_json::to_string_pretty(&app.asyncapi()).unwrap()
    };
    assert_eq!(document(), document());
}
