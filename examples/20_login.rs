//! Who connects: by the cookie of a login, by a token in the subprotocol, or by the first message.
//!
//! `cargo run --example 20_login`, then `wscat -c ws://127.0.0.1:8000/token -s app.v1 -s token.secret-of-ann`.

use std::{io::IsTerminal, time::Duration};

use axum::{
    Router,
    http::{StatusCode, header::SET_COOKIE},
    routing::post,
};
use hangup::{App, Handshake, IntoClose, Result, WebSocket, websocket};
use serde::Deserialize;
use tokio::time::timeout;

/// Every way ends with 3000, which a browser sees as its `CloseEvent`: it asks for a login, and does not try again.
#[derive(Debug, thiserror::Error, IntoClose)]
enum NotLoggedIn {
    #[error("log in first")]
    #[close(UNAUTHORIZED)]
    Missing,
    #[error("this token is not valid")]
    #[close(UNAUTHORIZED)]
    Unknown,
    #[error("no token within 5 s")]
    #[close(UNAUTHORIZED)]
    Late,
}

/// Stands for the table of sessions.
fn user_of(token: &str) -> Result<&'static str, NotLoggedIn> {
    match token {
        "secret-of-ann" => Ok("ann"),
        "secret-of-bob" => Ok("bob"),
        _ => Err(NotLoggedIn::Unknown),
    }
}

/// The page and the socket are of one site: the browser sends the cookie with the handshake, and hangup refuses pages of
/// other sites, which would send it too.
#[websocket("/cookie")]
async fn by_cookie(handshake: Handshake, #[cookie] session: Option<String>) -> Result {
    let user = user_of(&session.ok_or(NotLoggedIn::Missing)?)?;
    greet(handshake.accept().await?, user).await
}

/// For another site, or a token that is no cookie. A browser can set no header but this one:
/// `new WebSocket(url, ["app.v1", "token." + token])`. A query would stand in the logs of every proxy.
#[websocket("/token")]
async fn by_subprotocol(mut handshake: Handshake) -> Result {
    let token = handshake
        .subprotocols()
        .find_map(|name| name.strip_prefix("token."));
    let user = user_of(token.ok_or(NotLoggedIn::Missing)?)?;
    // Never the token: what is chosen stands in the response.
    handshake.choose_subprotocol(["app.v1"]);
    greet(handshake.accept().await?, user).await
}

#[derive(Deserialize)]
struct Hello {
    token: String,
}

/// For any client. Nobody holds a connection without saying who they are.
#[websocket("/message")]
async fn by_first_message(handshake: Handshake) -> Result {
    let mut socket = handshake.accept().await?;
    let hello = timeout(Duration::from_secs(5), socket.recv_json::<Hello>()).await;
    let hello = hello.map_err(|_| NotLoggedIn::Late)??;
    let user = user_of(&hello.token)?;
    greet(socket, user).await
}

async fn greet(mut socket: WebSocket, user: &str) -> Result {
    // A login ends, and so does what it has opened.
    socket.expire_in(Duration::from_secs(3600));
    socket.send_text(format!("hello {user}")).await?;
    loop {
        socket.recv().await?;
    }
}

/// Stands for a form with a password.
async fn log_in(user: String) -> Result<[(axum::http::HeaderName, String); 1], StatusCode> {
    let token = format!("secret-of-{user}");
    user_of(&token).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let cookie = format!("session={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600");
    Ok([(SET_COOKIE, cookie)])
}

pub(crate) fn app() -> App {
    App::new()
        .endpoint(by_cookie)
        .endpoint(by_subprotocol)
        .endpoint(by_first_message)
        .merge(Router::new().route("/login", post(log_in)))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
