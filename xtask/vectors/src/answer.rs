//! What every generated endpoint does: it accepts and sends its parameters as one text message.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use hangup::{Handshake, Result};
use http::request::Parts;
use serde_json::Value;

/// Accepts, sends the values, and ends.
///
/// # Errors
///
/// The client left.
pub async fn answer(handshake: Handshake, values: Value) -> Result {
    let mut socket = handshake.accept().await?;
    socket.send_text(values.to_string()).await?;
    Ok(())
}

/// An extractor of nothing, for endpoints that leave a parameter of their path unread.
#[derive(Debug)]
pub struct Unread;

impl<S: Sync> FromRequestParts<S> for Unread {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self)
    }
}
