//! Names of TypeScript: identifiers made of the names of a document, each once.

use std::collections::{BTreeMap, HashSet};

/// What the client itself names, and the names of the language that it uses.
const RESERVED: [&str; 44] = [
    "Answer",
    "Array",
    "ArrayBuffer",
    "Asked",
    "AsyncIterable",
    "AsyncIterator",
    "CLOSES",
    "Channel",
    "Channels",
    "CloseCode",
    "Connection",
    "Ending",
    "Error",
    "Extract",
    "FORMS",
    "IteratorResult",
    "JSON",
    "Listeners",
    "Map",
    "Math",
    "NotConnected",
    "Object",
    "Options",
    "Parameters",
    "Part",
    "Partial",
    "Promise",
    "ReasonError",
    "Received",
    "Reconnection",
    "Record",
    "Retry",
    "ReturnType",
    "Scalar",
    "Sent",
    "Set",
    "Socket",
    "String",
    "Symbol",
    "TextDecoder",
    "TypeError",
    "URL",
    "Uint8Array",
    "WebSocket",
];

/// The type of each schema of the document, by its name there.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn of<'a>(schemas: impl Iterator<Item = &'a String>) -> Self {
        let mut taken: HashSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        let mut names = BTreeMap::new();
        for schema in schemas {
            let name = unique(type_name(schema), &mut taken);
            names.insert(schema.clone(), name);
        }
        Self(names)
    }

    pub(super) fn get(&self, schema: &str) -> Option<&str> {
        self.0.get(schema).map(String::as_str)
    }
}

fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    if taken.contains(&candidate) {
        candidate = format!("{name}Message");
    }
    while taken.contains(&candidate) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    taken.insert(candidate.clone());
    candidate
}

/// `invalid_item`, `invalid-item` and `Page<Item>` as `InvalidItem` and `PageItem`.
fn type_name(name: &str) -> String {
    let mut made = String::new();
    for word in name.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = word.chars();
        made.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        made.push_str(letters.as_str());
    }
    if made.starts_with(|c: char| !c.is_alphabetic()) {
        made.insert(0, 'T');
    }
    made
}

/// The name of a property: bare where it is an identifier, else in quotes.
pub(super) fn property(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$');
    if first && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$') {
        name.to_owned()
    } else {
        text(name)
    }
}

/// A string literal.
pub(super) fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        let schemas: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = Names::of(schemas.iter());
        schemas
            .iter()
            .map(|name| made.get(name).unwrap().to_owned())
            .collect()
    }

    #[test]
    fn names_are_identifiers() {
        assert_eq!(
            named(&["Command", "page_of-items", "3d", "Page<Item>", "größe"]),
            ["Command", "PageOfItems", "T3d", "PageItem", "Größe"]
        );
    }

    #[test]
    fn no_name_is_used_twice_or_hides_one_that_the_client_uses() {
        assert_eq!(
            named(&["Error", "Map", "a_b", "A-B", "a b"]),
            ["ErrorMessage", "MapMessage", "AB", "ABMessage", "AB2"]
        );
    }

    #[test]
    fn properties_that_are_no_identifiers_are_quoted() {
        assert_eq!(property("x_1"), "x_1");
        assert_eq!(property("x-token"), "\"x-token\"");
        assert_eq!(property("1"), "\"1\"");
        assert_eq!(property("a\"\n"), "\"a\\\"\\n\"");
    }
}
