//! The whole document: AsyncAPI 3.0.0.

use serde_json::{Map, Value, json};

use super::{
    channel::{channel, operations_of},
    info::Info,
    listing::Listing,
    message::MessageComponents,
};
use crate::settings::Settings;

/// The document of an app with these endpoints and these settings.
pub(crate) fn document(info: &Info, listing: &Listing, settings: Option<&Settings>) -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = MessageComponents::new();
    let mut security_schemes = Map::new();
    for endpoint in listing.described(settings) {
        let incoming = messages.add(endpoint.description.receives);
        let outgoing = messages.add(endpoint.description.sends);
        let name = unused(endpoint.description.function, &channels);
        channels.insert(name.clone(), channel(&endpoint, &incoming, &outgoing));
        operations.extend(operations_of(&name, &endpoint, &incoming, &outgoing));
        for (name, scheme) in endpoint.outline.described_request().security() {
            security_schemes.insert(name.to_owned(), scheme.to_json());
        }
    }
    let (messages, schemas) = messages.into_parts();
    let mut components = Map::new();
    for (kind, part) in [
        ("messages", messages),
        ("schemas", schemas),
        ("securitySchemes", security_schemes),
    ] {
        if !part.is_empty() {
            components.insert(kind.to_owned(), part.into());
        }
    }
    json!({
        "asyncapi": "3.0.0",
        "info": info.to_json(),
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": components,
    })
}

/// The name of a function, with a number where another channel has that name.
fn unused(function: &str, channels: &Map<String, Value>) -> String {
    let mut name = function.to_owned();
    let mut count = 1;
    while channels.contains_key(&name) {
        count += 1;
        name = format!("{function}_{count}");
    }
    name
}
