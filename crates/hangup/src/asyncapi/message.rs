//! The messages of endpoints, in both directions: one for each type, with an example of each variant.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::example;
use crate::params::message::{Alternative, Dialect, JsonSchemas, Object, Schema, Shape, Tagging, Union};

/// The messages and the schemas of a whole document, each defined once.
pub(super) struct MessageComponents {
    schemas: JsonSchemas,
    messages: Map<String, Value>,
    /// The names of types in messages, by their identity.
    names: BTreeMap<&'static str, String>,
}

/// What messages of one direction are called, and which of them are answers or ask for one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NamedMessages {
    pub(super) all: Vec<String>,
    pub(super) correlated: Vec<String>,
}

impl MessageComponents {
    pub(super) fn new() -> Self {
        Self {
            schemas: JsonSchemas::new(Dialect::Draft07, "#/components/schemas/"),
            messages: Map::new(),
            names: BTreeMap::new(),
        }
    }

    /// Adds the messages of a type; without one, any text.
    pub(super) fn add(&mut self, schema: Option<&'static Schema>) -> NamedMessages {
        let mut named = NamedMessages::default();
        match schema {
            None => named.all.push(self.any()),
            Some(schema) => {
                let name = self.name_of(schema);
                let correlation = correlation(schema);
                if correlation.is_some() {
                    named.correlated.push(name.clone());
                }
                let message = self.of_schema(schema, &name, correlation);
                self.messages.insert(name.clone(), message);
                named.all.push(name);
            }
        }
        named
    }

    /// The messages and the schemas.
    pub(super) fn into_parts(self) -> (Map<String, Value>, Map<String, Value>) {
        (self.messages, self.schemas.into_definitions())
    }

    fn any(&mut self) -> String {
        let name = "Any".to_owned();
        self.messages.insert(
            name.clone(),
            json!({
                "name": "Any",
                "title": "Any message",
                "summary": "Text or binary: the endpoint does not declare a type.",
                "contentType": "text/plain",
                "payload": {},
            }),
        );
        name
    }

    /// The name of a type, with a number where another type has it.
    fn name_of(&mut self, schema: &'static Schema) -> String {
        let own = match (schema.name(), schema.shape()) {
            ("", Shape::Text) => "Text",
            ("", Shape::Integer(_) | Shape::Float) => "Number",
            ("", Shape::Boolean) => "Flag",
            ("", Shape::List(_) | Shape::Set(_) | Shape::Array(..) | Shape::Tuple(_)) => "List",
            ("", _) => "Value",
            (name, _) => name,
        };
        let identity = match schema.identity() {
            Some(identity) => identity,
            None => return self.unused(&component_name(own)),
        };
        if let Some(name) = self.names.get(identity) {
            return name.clone();
        }
        let name = self.unused(&component_name(own));
        self.names.insert(identity, name.clone());
        name
    }

    fn unused(&self, own: &str) -> String {
        let is_taken =
            |name: &str| self.names.values().any(|taken| taken == name) || self.messages.contains_key(name);
        let mut name = own.to_owned();
        let mut count = 1;
        while is_taken(&name) {
            count += 1;
            name = format!("{own}{count}");
        }
        name
    }

    fn of_schema(&mut self, schema: &'static Schema, name: &str, correlation: Option<String>) -> Value {
        let payload = self.schemas.render(schema);
        let mut message = message(name, schema.description(), payload, correlation);
        let examples = examples(schema);
        if !examples.is_empty() {
            message.insert("examples".to_owned(), examples.into());
        }
        message.into()
    }
}

fn message(
    name: &str,
    documentation: &str,
    payload: Value,
    correlation: Option<String>,
) -> Map<String, Value> {
    let mut message = Map::new();
    let mut set = |key: &str, value: Value| {
        message.insert(key.to_owned(), value);
    };
    set("name", name.into());
    set("title", title(name).into());
    let (summary, more) = documentation.split_once("\n\n").unwrap_or((documentation, ""));
    if !summary.is_empty() {
        set("summary", summary.into());
    }
    if !more.is_empty() {
        set("description", documentation.into());
    }
    set("contentType", "application/json".into());
    set("payload", payload);
    if let Some(pointer) = correlation {
        set(
            "correlationId",
            json!({ "location": format!("$message.payload#{pointer}") }),
        );
    }
    message
}

/// One for each variant of a type whose messages tell themselves apart, under its name.
fn examples(schema: &'static Schema) -> Vec<Value> {
    match variants(schema) {
        Some(union) if schema.examples().is_empty() => {
            let examples = union.variants.iter().filter_map(|variant| {
                let payload = example::of_variant(union, variant)?;
                Some(json!({ "name": variant.name(), "payload": payload }))
            });
            examples.collect()
        }
        _ => {
            let example = example::of_schema(schema);
            example
                .map(|payload| json!({ "payload": payload }))
                .into_iter()
                .collect()
        }
    }
}

/// The union of a type whose messages tell themselves apart.
fn variants(schema: &'static Schema) -> Option<&'static Union> {
    match schema.shape() {
        Shape::Union(union) if union.tagging != Tagging::Untagged => Some(union),
        _ => None,
    }
}

fn object(schema: &'static Schema) -> Option<&'static Object> {
    match schema.shape() {
        Shape::Object(object) => Some(object),
        Shape::Newtype(member) => object(member.schema()),
        _ => None,
    }
}

/// The JSON pointer to the member of an object that is marked `correlation`.
fn member_of(object: &'static Object) -> Option<String> {
    let member = object.members.iter().find(|member| member.is_correlation())?;
    Some(format!("/{}", pointer_segment(member.name())))
}

/// The same in any message of a type: that of the first variant which has one.
fn correlation(schema: &'static Schema) -> Option<String> {
    match variants(schema) {
        Some(union) => union
            .variants
            .iter()
            .find_map(|variant| of_variant(union, variant)),
        None => object(schema).and_then(member_of),
    }
}

fn of_variant(union: &Union, variant: &Alternative) -> Option<String> {
    let member = member_of(object(variant.body()?)?)?;
    Some(match union.tagging {
        Tagging::Adjacent { content, .. } => format!("/{}{member}", pointer_segment(content)),
        Tagging::External => format!("/{}{member}", pointer_segment(variant.name())),
        _ => member,
    })
}

/// RFC 6901, section 3.
fn pointer_segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Keys of components have letters, digits, points, hyphens and underscores.
fn component_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

/// `user_joined` is `User joined`.
fn title(name: &str) -> String {
    let words = name.replace(['_', '-', '.', '/'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_components_hold_nothing_strange() {
        assert_eq!(component_name("room/joined é"), "room_joined__");
        assert_eq!(title("room_joined"), "Room joined");
        assert_eq!(pointer_segment("a/b~c"), "a~1b~0c");
    }
}
