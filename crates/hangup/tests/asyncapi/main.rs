//! The AsyncAPI document of an app: parameters, close codes and their three sources, scopes, messages.
#![allow(clippy::unwrap_used, reason = "a test fails where something is missing")]
#![allow(
    dead_code,
    unused_variables,
    reason = "endpoints that are described and never run"
)]

mod closes;
mod extractors;
mod messages;
#[cfg(feature = "docs")]
mod pages;
mod parameters;

use hangup::{App, Handshake, Result};
use serde_json::{Value, json};

pub(crate) fn channel<'d>(document: &'d Value, name: &str) -> &'d Value {
    let channel = &document["channels"][name];
    assert!(channel.is_object(), "{document:#}");
    channel
}

/// The close codes of a channel with their reasons and phases.
pub(crate) fn closes(channel: &Value) -> Vec<(u64, Option<&str>, &str)> {
    let closes = channel["x-close-codes"].as_array().unwrap().iter();
    closes
        .map(|close| {
            let phase = close["phase"].as_str().unwrap();
            (close["code"].as_u64().unwrap(), close["reason"].as_str(), phase)
        })
        .collect()
}

pub(crate) fn entry<'c>(channel: &'c Value, code: u16, cause: &str) -> &'c Value {
    let mut closes = channel["x-close-codes"].as_array().unwrap().iter();
    let found = closes.find(|close| close["code"] == code && close["cause"] == cause);
    found.unwrap_or_else(|| panic!("no {code} from {cause} in {channel:#}"))
}

pub(crate) async fn bare(_: Handshake) -> Result {
    Ok(())
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
        .version("of spring")
        .description("Draw together.")
        .asyncapi();
    assert_eq!(document["asyncapi"], "3.0.0");
    assert_eq!(
        document["info"],
        json!({"title": "Board", "version": "of spring", "description": "Draw together."})
    );
    let document = App::<()>::new().asyncapi();
    assert_eq!(document["info"]["title"], "hangup");
    assert!(document["info"]["version"].as_str().unwrap().starts_with("0.1"));
    assert_eq!(document["channels"], json!({}));
}

/// The order of everything is the same each time: nothing comes out of a hash map.
#[test]
fn the_document_is_the_same_each_time() {
    let document = || {
        let app = App::<()>::new()
            .endpoint(parameters::search)
            .endpoint(messages::sums)
            .endpoint(closes::kicks)
            .endpoint(closes::join);
        serde_json::to_string_pretty(&app.asyncapi()).unwrap()
    };
    assert_eq!(document(), document());
}
