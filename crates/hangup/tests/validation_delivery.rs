//! How validation errors reach the client: as the reason, as a body, as a message, and through a handler.
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]

use hangup::{
    App, Close, CloseCode, Failure, Handshake, Refusal, Result, Settings, ValidationError,
    testing::{HttpResponse, TestClient},
    websocket,
};
use serde_json::{Value, json};

#[websocket("/items/{item_id}")]
async fn item(
    handshake: Handshake,
    #[path] item_id: i64,
    #[query(le = 5)] size: u8,
    #[query(min_length = 3)] word: String,
    #[header] x_token: String,
) -> Result {
    let mut socket = handshake.accept().await?;
    socket
        .send_text(format!("{item_id} {size} {word} {x_token}"))
        .await?;
    Ok(())
}

const BAD: &str = "/items/x?size=9&word=ab";

/// FastAPI's answer to [`BAD`].
fn errors() -> Value {
    json!([
        {
            "type": "int_parsing",
            "loc": ["path", "item_id"],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": "x",
        },
        {
            "type": "less_than_equal",
            "loc": ["query", "size"],
            "msg": "Input should be less than or equal to 5",
            "input": "9",
            "ctx": { "le": 5 },
        },
        {
            "type": "string_too_short",
            "loc": ["query", "word"],
            "msg": "String should have at least 3 characters",
            "input": "ab",
            "ctx": { "min_length": 3 },
        },
        { "type": "missing", "loc": ["header", "x-token"], "msg": "Field required", "input": null },
    ])
}

#[tokio::test]
async fn the_reason_holds_as_many_errors_as_fit_and_a_count_of_the_rest() {
    let client = TestClient::new(App::new().endpoint(item));
    let close = client.connect(BAD).await.unwrap().recv_close().await;
    assert_eq!(close.code(), CloseCode::POLICY_VIOLATION);
    assert!(close.reason().len() <= 123);
    let reason: Value = serde_json::from_str(close.reason()).unwrap();
    assert_eq!(
        reason[0],
        json!({ "type": "int_parsing", "loc": ["path", "item_id"] })
    );
    let reason = reason.as_array().unwrap();
    let (rest, named) = reason.split_last().unwrap();
    assert_eq!(*rest, json!({ "more": 4 - named.len() }));
}

#[tokio::test]
async fn the_whole_list_is_the_body_of_an_http_refusal() {
    let client = TestClient::new(App::new().endpoint(item).refusal(Refusal::Http));
    let refused: HttpResponse = client.connect(BAD).await.unwrap_err();
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.json(), json!({ "detail": errors(), "code": 1008 }));
}

#[tokio::test]
async fn error_message_sends_the_whole_list_before_the_close() {
    let settings = Settings::new().error_message(true);
    let client = TestClient::new(App::new().endpoint(item).settings(settings.clone()));
    let mut socket = client.connect(BAD).await.unwrap();
    assert_eq!(socket.recv_json::<Value>().await, errors());
    assert_eq!(socket.recv_close().await.code(), CloseCode::POLICY_VIOLATION);

    // There is no socket to send it on, and no need.
    let client = TestClient::new(
        App::new()
            .endpoint(item)
            .settings(settings.refusal(Refusal::Http)),
    );
    assert_eq!(client.connect(BAD).await.unwrap_err().status(), 422);
}

#[tokio::test]
async fn a_handler_knows_the_errors_and_the_endpoint_on_every_route_of_a_function() {
    let mounted = || App::new().endpoint(item);
    let app = App::new()
        .nest("/a", mounted())
        .nest("/b", App::new().nest("/c", mounted()))
        .error_handler(async |failed: Failure<ValidationError>| {
            let (error, endpoint) = (failed.error(), failed.error().endpoint());
            let said = format!("{} {} {}", error.errors().len(), endpoint.function, endpoint.path);
            let is_here = endpoint.file.ends_with("validation_delivery.rs") && endpoint.line > 1;
            let text = error.to_string();
            let is_named = text.starts_with("4 validation errors:") && text.contains(&*endpoint.path);
            Close::new(
                CloseCode::UNSUPPORTED_DATA,
                format!("{said} {is_here} {is_named}"),
            )
        });
    let client = TestClient::new(app);
    for prefix in ["/a", "/b/c", "/a"] {
        let mut socket = client.connect(&format!("{prefix}{BAD}")).await.unwrap();
        let reason = format!("4 item {prefix}/items/{{item_id}} true true");
        socket.assert_closed(CloseCode::UNSUPPORTED_DATA, &reason).await;
    }
}
