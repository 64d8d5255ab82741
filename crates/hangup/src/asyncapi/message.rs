//! Messages of an endpoint, in both directions.

use serde_json::{Value, json};

/// One message of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DescribedMessage {
    /// Its name in the channel and among the components.
    pub(super) name: String,
    pub(super) object: Value,
}

/// What a client may send, and what the server sends.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Messages {
    pub(super) incoming: Vec<DescribedMessage>,
    pub(super) outgoing: Vec<DescribedMessage>,
}

impl Messages {
    /// Of an endpoint without types: any text in both directions.
    pub(super) fn untyped() -> Self {
        let any = DescribedMessage {
            name: "Any".to_owned(),
            object: json!({
                "name": "Any",
                "title": "Any message",
                "summary": "Text or binary: the endpoint does not declare a type.",
                "contentType": "text/plain",
                "payload": {},
            }),
        };
        Self {
            incoming: vec![any.clone()],
            outgoing: vec![any],
        }
    }
}
