//! Why a receive gave no message of the kind that was asked for.

use std::fmt;

use hangup_protocol::{Close, CloseCode, Reason};
use serde_json::json;

use super::Disconnect;

/// Why `recv_text`, `recv_binary` or `recv_json` gave nothing.
///
/// An endpoint that passes it on with `?` ends as the variant says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The peer has left: the endpoint ends, and no error is logged.
    Disconnect(Disconnect),
    /// The message was of the other kind: closes with 1003 (RFC 6455, section 7.4.1).
    WrongKind {
        /// The kind that was asked for: `text` or `binary`.
        expected: &'static str,
        /// The kind that came.
        received: &'static str,
    },
    /// The text was not JSON (closes with 1007), or not of the shape that was asked for (1008).
    Json(JsonError),
}

impl ReceiveError {
    /// What the error stands for on the wire; nothing where the peer has left.
    pub(crate) fn to_close(&self) -> Option<Close> {
        match self {
            Self::Disconnect(_) => None,
            Self::WrongKind { expected, .. } => Some(Close::new(
                CloseCode::UNSUPPORTED_DATA,
                format!("expected a {expected} message"),
            )),
            Self::Json(error) => Some(error.to_close()),
        }
    }
}

impl From<Disconnect> for ReceiveError {
    fn from(disconnect: Disconnect) -> Self {
        Self::Disconnect(disconnect)
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnect(disconnect) => disconnect.fmt(f),
            Self::WrongKind { expected, received } => {
                write!(f, "expected a {expected} message, received a {received} one")
            }
            Self::Json(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReceiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disconnect(disconnect) => Some(disconnect),
            Self::WrongKind { .. } => None,
            Self::Json(error) => Some(error),
        }
    }
}

/// A text message that `recv_json` could not turn into the type that was asked for.
#[derive(Clone, Debug)]
pub struct JsonError {
    is_syntax: bool,
    path: String,
    message: String,
}

impl JsonError {
    pub(crate) fn new(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let inner = error.inner();
        let is_syntax = !matches!(inner.classify(), serde_json::error::Category::Data);
        let text = inner.to_string();
        // serde_json ends its texts with " at line L column C", which says nothing about a shape.
        let message = match text.rfind(" at line ") {
            Some(end) if !is_syntax => text[..end].to_owned(),
            _ => text,
        };
        Self {
            is_syntax,
            path: error.path().to_string(),
            message,
        }
    }

    /// Something stood behind the value.
    pub(crate) fn trailing(error: &serde_json::Error) -> Self {
        Self {
            is_syntax: true,
            path: ".".to_owned(),
            message: error.to_string(),
        }
    }

    /// Whether the text was no JSON at all, and not JSON of another shape.
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.is_syntax
    }

    /// Where in the value the shape differs, such as `items[3].price`; `.` for the value itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn to_close(&self) -> Close {
        if self.is_syntax {
            return Close::new(CloseCode::INVALID_PAYLOAD, "the text is not JSON");
        }
        let full = json!([{ "type": self.kind(), "loc": self.path, "msg": self.message }]).to_string();
        let without_msg = || json!([{ "type": self.kind(), "loc": self.path }]).to_string();
        let type_alone = || json!([{ "type": self.kind() }]).to_string();
        let fits = |json: &String| json.len() <= Reason::MAX_BYTES;
        let reason = Some(full)
            .filter(fits)
            .or_else(|| Some(without_msg()).filter(fits));
        Close::new(CloseCode::POLICY_VIOLATION, reason.unwrap_or_else(type_alone))
    }

    fn kind(&self) -> &'static str {
        if self.message.starts_with("missing field") {
            "missing"
        } else {
            "invalid"
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_syntax {
            write!(f, "the text is not JSON: {}", self.message)
        } else {
            write!(
                f,
                "the JSON has another shape at `{}`: {}",
                self.path, self.message
            )
        }
    }
}

impl std::error::Error for JsonError {}
