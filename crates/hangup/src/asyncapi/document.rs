//! The whole document: AsyncAPI 3.0.0.

use serde_json::{Map, Value, json};

use super::{
    channel::{channel, operation},
    info::Info,
    listing::Listing,
    message::Messages,
};
use crate::settings::Settings;

/// The document of an app with these endpoints and these settings.
pub(crate) fn document(info: &Info, listing: &Listing, settings: Option<&Settings>) -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut components = Components::default();
    for endpoint in listing.described(settings) {
        let messages = Messages::untyped();
        let name = unused(endpoint.description.function, &channels);
        channels.insert(name.clone(), channel(&endpoint, &messages));
        for (action, messages) in [("receive", &messages.incoming), ("send", &messages.outgoing)] {
            operations.insert(
                format!("{name}.{action}"),
                operation(action, &name, &endpoint, messages),
            );
            for message in messages {
                components
                    .messages
                    .insert(message.name.clone(), message.object.clone());
            }
        }
        for (name, scheme) in endpoint.outline.described_request().security() {
            components
                .security_schemes
                .insert(name.to_owned(), scheme.to_json());
        }
    }
    json!({
        "asyncapi": "3.0.0",
        "info": info.to_json(),
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": components.into_json(),
    })
}

/// The Components Object.
#[derive(Default)]
struct Components {
    messages: Map<String, Value>,
    security_schemes: Map<String, Value>,
}

impl Components {
    fn into_json(self) -> Value {
        let mut components = Map::new();
        components.insert("messages".to_owned(), self.messages.into());
        if !self.security_schemes.is_empty() {
            components.insert("securitySchemes".to_owned(), self.security_schemes.into());
        }
        components.into()
    }
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
