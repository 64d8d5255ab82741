//! Extractors: what they read, and how they refuse.

use axum::{
    extract::{Extension, FromRequestParts, State},
    response::{IntoResponse, Response},
};
use hangup::{
    App, Handshake, IntoClose, Result,
    asyncapi::{Describe, RequestDescription, SecurityScheme},
    params::{Field, Location},
    websocket,
};
use http::{StatusCode, request::Parts};
use serde_json::json;

use crate::{channel, entry, parameters::Paging};

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
