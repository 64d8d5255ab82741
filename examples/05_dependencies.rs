//! A dependency, as FastAPI's `Depends(get_current_user)`: an extractor that takes parameters itself.
//!
//! `cargo run --example 05_dependencies`, then `wscat -c ws://127.0.0.1:8000/me -H 'x-token: alice-token'`.

use std::io::IsTerminal;

use axum::extract::FromRequestParts;
use hangup::{
    App, Error, Handshake, IntoClose, Params, Result,
    params::{Describe, Location, RequestDescription, SecurityScheme},
    websocket,
};
use http::request::Parts;

/// The user of the connection.
struct CurrentUser {
    name: String,
}

#[derive(Params)]
struct Token {
    #[header(min_length = 5)]
    x_token: String,
}

#[derive(Debug, thiserror::Error, IntoClose)]
enum LoginError {
    #[error("unknown token")]
    #[close(UNAUTHORIZED)]
    UnknownToken,
    #[error("{0} is banned")]
    #[close(FORBIDDEN, "you are banned")]
    Banned(String),
}

/// Its errors are handled as those of the endpoint: a missing header is a validation error; an unknown token closes with
/// the code of its type.
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Token { x_token } = Token::from_request_parts(parts, state).await?;
        match x_token.strip_suffix("-token") {
            Some("mallory") => Err(LoginError::Banned("mallory".to_owned()).into()),
            Some(name) => Ok(Self {
                name: name.to_owned(),
            }),
            None => Err(LoginError::UnknownToken.into()),
        }
    }
}

/// What the document of the app says of it.
impl Describe for CurrentUser {
    fn describe(request: &mut RequestDescription) {
        <Token as Describe>::describe(request);
        request.secured_by("token", SecurityScheme::api_key(Location::Header, "x-token"));
    }
}

/// Greets the user.
#[websocket("/me", closes(LoginError))]
async fn me(
    handshake: Handshake,
    user: CurrentUser,
    #[query(default = 1, ge = 1, le = 3)] times: u8,
) -> Result {
    let mut socket = handshake.accept().await?;
    for _ in 0..times {
        socket.send_text(format!("hello, {}", user.name)).await?;
    }
    Ok(())
}

pub(crate) fn app() -> App {
    App::new().endpoint(me)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt()
        .compact()
        .with_ansi(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    app().serve("127.0.0.1:8000").await
}
