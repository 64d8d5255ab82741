//! `#[websocket]`: an endpoint by its name, its parameters, its extractors, and all of their errors at once.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails where something is missing"
)]

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{FromRef, FromRequestParts, State},
};
use hangup::{
    App, CloseCode, Handshake, HttpError, IntoClose, Refusal, Result, ValidationError,
    endpoint::{Endpoint, Routed},
    testing::TestClient,
    websocket,
};
use http::request::Parts;

/// Talk about one item.
///
/// With others.
#[websocket("/items/{item_id}/ws")]
async fn item_socket(
    handshake: Handshake,
    #[cookie] session: Option<String>,
    #[path(gt = 0)] item_id: i64,
    /// How many at once.
    #[query(default = 10, ge = 1, le = MOST)]
    limit: i64,
    #[query(default = [])] tags: Vec<String>,
    #[query(alias = "item-query", default = "none")] query: String,
    #[query(default = ["a"])] set: BTreeSet<String>,
    #[header(min_length = 3, pattern = "^[a-z]+$")] mut x_token: Option<String>,
    #[header(convert_underscores = false)] under_score: Option<String>,
    #[query(gt = -1.5, lt = 1, default = 0.5)] ratio: f64,
    #[query(default = -7)] offset: Option<i8>,
) -> Result {
    x_token.get_or_insert_default().push('!');
    let mut socket = handshake.accept().await?;
    let answer = format!(
        "{session:?} {item_id} {limit} {tags:?} {query} {set:?} {x_token:?} {under_score:?} {ratio} {offset:?}"
    );
    socket.send_text(answer).await?;
    Ok(())
}

const MOST: i64 = 100;

async fn text(client: &TestClient, path: &str) -> String {
    client.connect(path).await.unwrap().recv_text().await
}

#[tokio::test]
async fn parameters_come_from_all_over_the_request() {
    let client = TestClient::new(App::new().endpoint(item_socket));
    assert_eq!(
        text(&client, "/items/5/ws").await,
        r#"None 5 10 [] none {"a"} Some("!") None 0.5 Some(-7)"#
    );
    let client = client
        .header(http::header::COOKIE, "session=abc".parse().unwrap())
        .header("x-token".parse().unwrap(), "xyz".parse().unwrap())
        .header("under_score".parse().unwrap(), "seen".parse().unwrap());
    assert_eq!(
        text(
            &client,
            "/items/5/ws?limit=7&tags=x&tags=y&item-query=q&set=b&ratio=-1&offset=3"
        )
        .await,
        r#"Some("abc") 5 7 ["x", "y"] q {"b"} Some("xyz!") Some("seen") -1 Some(3)"#
    );
}

async fn errors(app: App, path: &str) -> Vec<String> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = std::sync::Mutex::new(Some(sender));
    let app = app.error_handler(move |failed: hangup::Failure<ValidationError>| {
        let errors = failed.error().errors().iter();
        let places = errors
            .map(|item| serde_json::to_value(item).unwrap()["loc"].to_string())
            .collect();
        let endpoint = failed.error().endpoint();
        assert_eq!(endpoint, failed.endpoint());
        assert!(endpoint.file.ends_with("macros_websocket.rs") && endpoint.line > 0);
        sender.lock().unwrap().take().unwrap().send(places).unwrap();
        async { hangup::Close::new(CloseCode::UNSUPPORTED_DATA, "seen") }
    });
    let mut socket = TestClient::new(app).connect(path).await.unwrap();
    socket.assert_closed(CloseCode::UNSUPPORTED_DATA, "seen").await;
    receiver.await.unwrap()
}

#[tokio::test]
async fn all_errors_come_at_once_in_the_order_of_fastapi() {
    let app = App::new().endpoint(item_socket);
    let found = errors(app, "/items/0/ws?limit=101&ratio=1&offset=x").await;
    assert_eq!(
        found,
        [
            r#"["path","item_id"]"#,
            r#"["query","limit"]"#,
            r#"["query","ratio"]"#,
            r#"["query","offset"]"#
        ]
    );
}

#[test]
fn an_endpoint_describes_itself() {
    let described = Endpoint::<_, ()>::describe(&item_socket);
    assert_eq!(described.function, "item_socket");
    assert_eq!(described.documentation, "Talk about one item.\n\nWith others.");
    let (file, line) = described.declared_at.unwrap();
    assert!(file.ends_with("macros_websocket.rs"));
    let line = include_str!("macros_websocket.rs")
        .lines()
        .nth(line as usize - 1)
        .unwrap();
    assert_eq!(line, "async fn item_socket(");
    assert!(described.settings.is_none());
    assert_eq!(item_socket.path(), "/items/{item_id}/ws");
    assert_eq!(rest.path(), "/n/{n:int}/{*rest}");
}

#[websocket("/n/{n:int}/{rest:path}")]
async fn rest(handshake: Handshake, #[path] n: u8, #[path] rest: String) -> Result {
    handshake.accept().await?.send_text(format!("{n} {rest}")).await?;
    Ok(())
}

#[tokio::test]
async fn convertors_are_those_of_fastapi() {
    let client = TestClient::new(App::new().endpoint(rest));
    assert_eq!(text(&client, "/n/7/a/b/c").await, "7 a/b/c");
}

/// A database that tests do not reach; private, behind a public endpoint.
#[derive(Clone)]
struct Database(&'static str);

#[derive(Clone)]
struct AppState {
    database: Database,
}

impl FromRef<AppState> for Database {
    fn from_ref(state: &AppState) -> Self {
        state.database.clone()
    }
}

/// Who asks: `None` if a query parameter says so.
struct User(String);

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = hangup::Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match parts.headers.get("x-user") {
            Some(name) => Ok(Self(name.to_str().unwrap_or_default().to_owned())),
            None => Err(HttpError::new(http::StatusCode::UNAUTHORIZED, "who are you?").into()),
        }
    }
}

/// Any endpoint may be public.
#[websocket("/rooms/{room}")]
pub async fn room(
    State(database): State<Database>,
    #[path] room: u32,
    User(user): User,
    handshake: Handshake,
) -> Result<(), RoomError> {
    if room == 13 {
        return Err(RoomError::Unlucky(room));
    }
    let Ok(mut socket) = handshake.accept().await else {
        return Ok(());
    };
    let _ = socket.send_text(format!("{} {room} {user}", database.0)).await;
    Ok(())
}

#[derive(Debug, thiserror::Error, IntoClose)]
pub enum RoomError {
    #[error("room {0} is not for you")]
    #[close(4013)]
    Unlucky(u32),
}

#[tokio::test]
async fn extractors_have_the_state_of_the_router() {
    let state = AppState {
        database: Database("db"),
    };
    let router = Router::new()
        .route(room.path(), hangup::route(room))
        .with_state(state.clone());
    let client = TestClient::new(router).header("x-user".parse().unwrap(), "ada".parse().unwrap());
    assert_eq!(text(&client, "/rooms/7").await, "db 7 ada");
    let mut socket = client.connect("/rooms/13").await.unwrap();
    socket
        .assert_closed(CloseCode::of::<4013>(), "room 13 is not for you")
        .await;

    let client = TestClient::new(App::new().endpoint(room).with_state(state));
    let refused = client.connect("/rooms/x").await.unwrap_err();
    assert_eq!(refused.status(), 401);
}

#[websocket("/strict", refuse = "http", error_message)]
async fn strict(handshake: Handshake, #[query] limit: i64) -> Result {
    handshake.accept().await?.send_text(limit.to_string()).await?;
    Ok(())
}

#[tokio::test]
async fn a_route_has_settings_of_its_own() {
    let client = TestClient::new(App::new().refusal(Refusal::Close).endpoint(strict));
    let refused = client.connect("/strict").await.unwrap_err();
    assert_eq!(refused.status(), 422);
    let described = Endpoint::<_, ()>::describe(&strict);
    assert!(format!("{:?}", described.settings).contains("error_message: Some(true)"));
}

#[websocket("/nothing")]
async fn nothing(_: hangup::Handshake) {}

#[websocket("/async")]
async fn r#async(
    handshake: Handshake,
    #[query] r#type: u8,
    #[allow(unused)]
    #[header]
    r#in_use: Option<u8>,
) -> Result {
    handshake.accept().await?.send_text(r#type.to_string()).await?;
    Ok(())
}

#[tokio::test]
async fn odd_endpoints_work_too() {
    let mut socket = TestClient::new(App::new().endpoint(nothing))
        .connect("/nothing")
        .await
        .unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
    let client = TestClient::new(App::new().endpoint(r#async));
    assert_eq!(text(&client, "/async?type=7").await, "7");
}

#[tokio::test]
async fn a_local_may_have_the_name_of_an_endpoint() {
    let nothing = App::new().endpoint(nothing);
    let mut socket = TestClient::new(nothing).connect("/nothing").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
}

#[tokio::test]
async fn an_endpoint_inside_of_a_function_has_a_state_of_any_type() {
    #[websocket("/local")]
    async fn local(handshake: Handshake, State(word): State<&'static str>) -> Result {
        handshake.accept().await?.send_text(word).await?;
        Ok(())
    }
    let client = TestClient::new(App::new().endpoint(local).with_state("hello"));
    assert_eq!(text(&client, "/local").await, "hello");
}
