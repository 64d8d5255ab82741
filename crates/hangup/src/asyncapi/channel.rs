//! One endpoint as a channel and its two operations.

use serde_json::{Map, Value, json};

use super::{address::Address, close_codes, listing::DescribedEndpoint, message::NamedMessages};
use crate::params::{DescribedParameter, Location, RequestDescription};

/// The Channel Object.
pub(super) fn channel(
    endpoint: &DescribedEndpoint,
    incoming: &NamedMessages,
    outgoing: &NamedMessages,
) -> Value {
    let DescribedEndpoint {
        path,
        description,
        outline,
        settings,
    } = endpoint;
    let request = outline.described_request();
    let address = Address::of(path);
    let mut channel = Map::new();
    let mut set = |key: &str, value: Value| {
        channel.insert(key.to_owned(), value);
    };
    set("title", title(description.function).into());
    if !description.documentation.is_empty() {
        set("description", description.documentation.into());
    }
    if !address.parameters.is_empty() {
        set("parameters", path_parameters(&address, request));
    }
    set("address", address.text.into());
    let all = incoming.all.iter().chain(&outgoing.all);
    let references = all.map(|message| (message.clone(), reference(&["components", "messages", message])));
    set("messages", references.collect::<Map<_, _>>().into());
    set(
        "bindings",
        json!({"ws": {
            "method": "GET",
            "query": object_of(request, Location::Query),
            "headers": object_of(request, Location::Header),
            "bindingVersion": "0.1.0",
        }}),
    );
    set("x-cookies", object_of(request, Location::Cookie));
    set("x-subprotocols", outline.declared_subprotocols().into());
    set("x-close-codes", close_codes::of(outline, settings));
    channel.into()
}

/// The two operations: `receive` is what a client may send, `send` what the server sends.
pub(super) fn operations_of(
    channel: &str,
    endpoint: &DescribedEndpoint,
    incoming: &NamedMessages,
    outgoing: &NamedMessages,
) -> [(String, Value); 2] {
    let of_channel = |messages: &[String]| -> Value {
        let references = messages
            .iter()
            .map(|message| reference(&["channels", channel, "messages", message]));
        references.collect::<Vec<_>>().into()
    };
    let mut receive = operation("receive", "What a client may send", channel, endpoint);
    receive.insert("messages".to_owned(), of_channel(&incoming.all));
    if !incoming.correlated.is_empty() && !outgoing.correlated.is_empty() {
        let messages = of_channel(&outgoing.correlated);
        let reply = json!({ "channel": reference(&["channels", channel]), "messages": messages });
        receive.insert("reply".to_owned(), reply);
    }
    let mut send = operation("send", "What the server sends", channel, endpoint);
    send.insert("messages".to_owned(), of_channel(&outgoing.all));
    [
        (format!("{channel}.receive"), receive.into()),
        (format!("{channel}.send"), send.into()),
    ]
}

/// An Operation Object without its messages.
fn operation(action: &str, summary: &str, channel: &str, endpoint: &DescribedEndpoint) -> Map<String, Value> {
    let mut operation = Map::new();
    operation.insert("action".to_owned(), action.into());
    operation.insert("channel".to_owned(), reference(&["channels", channel]));
    operation.insert("summary".to_owned(), summary.into());
    let request = endpoint.outline.described_request();
    let security: Vec<_> = request
        .security()
        .map(|(name, _)| reference(&["components", "securitySchemes", name]))
        .collect();
    if !security.is_empty() {
        operation.insert("security".to_owned(), security.into());
    }
    operation
}

/// A reference within the document, by the segments of its JSON pointer (RFC 6901).
pub(super) fn reference(segments: &[&str]) -> Value {
    let mut pointer = "#".to_owned();
    for segment in segments {
        pointer.push('/');
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    }
    json!({ "$ref": pointer })
}

/// `item_socket` is `Item Socket`, as FastAPI titles its operations.
fn title(function: &str) -> String {
    let words = function.split('_').filter(|word| !word.is_empty());
    let words = words.map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The Parameter Objects, which have no schema: it stands beside them.
fn path_parameters(address: &Address, request: &RequestDescription) -> Value {
    let parameters = address.parameters.iter().map(|(name, by_convertor)| {
        let declared = request
            .parameters()
            .iter()
            .find(|known| known.location == Location::Path && known.name == name);
        let schema = declared.map_or(by_convertor, |declared| &declared.schema);
        let mut parameter = Map::new();
        if let Some(description) = schema.get("description") {
            parameter.insert("description".to_owned(), description.clone());
        }
        for key in ["enum", "examples"] {
            if let Some(Value::Array(values)) = schema.get(key) {
                let texts: Vec<_> = values.iter().map(text).collect();
                parameter.insert(key.to_owned(), texts.into());
            }
        }
        parameter.insert("x-schema".to_owned(), schema.clone());
        (name.clone(), parameter.into())
    });
    parameters.collect::<Map<_, _>>().into()
}

/// A value as it stands in a path.
fn text(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        other => other.to_string().into(),
    }
}

/// All parameters of one place, as the properties of an object.
fn object_of(request: &RequestDescription, location: Location) -> Value {
    let there: Vec<&DescribedParameter> = request
        .parameters()
        .iter()
        .filter(|parameter| parameter.location == location)
        .collect();
    let properties: Map<_, _> = there
        .iter()
        .map(|parameter| (parameter.name.to_owned(), parameter.schema.clone()))
        .collect();
    let required: Vec<_> = there
        .iter()
        .filter(|parameter| parameter.is_required)
        .map(|parameter| parameter.name)
        .collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    object.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_become_titles() {
        assert_eq!(title("item_socket"), "Item Socket");
        assert_eq!(title("_echo"), "Echo");
    }

    #[test]
    fn references_escape_what_a_pointer_reserves() {
        assert_eq!(reference(&["channels", "a/b~c"])["$ref"], "#/channels/a~1b~0c");
    }
}
