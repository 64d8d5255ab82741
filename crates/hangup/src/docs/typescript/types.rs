//! JSON Schema as types of TypeScript.

use serde_json::{Map, Value};

use super::names::{Names, property, text};

/// Deeper schemas are `unknown`: a document may be made by anybody.
const DEEPEST: usize = 32;

/// The schemas of a document, and what their types are called.
pub(super) struct Types<'a> {
    document: &'a Value,
    names: Names,
}

const SCHEMAS: &str = "/components/schemas";

impl<'a> Types<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        let schemas = document.pointer(SCHEMAS).and_then(Value::as_object);
        let names = Names::of(schemas.into_iter().flat_map(Map::keys));
        Self { document, names }
    }

    /// The declarations of all named types.
    pub(super) fn declarations(&self) -> String {
        let schemas = self.document.pointer(SCHEMAS).and_then(Value::as_object);
        let mut out = String::new();
        for (name, schema) in schemas.into_iter().flatten() {
            let Some(name) = self.names.get(name) else {
                continue;
            };
            out.push_str(&comment(schema, ""));
            out.push_str(&format!("export type {name} = {};\n\n", self.declared(schema)));
        }
        out
    }

    /// A union with each branch on a line of its own and its description above it.
    fn declared(&self, schema: &Value) -> String {
        if self.resolved(schema).get("$ref").is_some() {
            return "unknown".to_owned();
        }
        let Some(branches) = branches(schema).filter(|branches| branches.len() > 1) else {
            return self.of_schema(schema, 0);
        };
        branches
            .iter()
            .map(|branch| format!("\n{}  | {}", comment(branch, "  "), self.of_schema(branch, 1)))
            .collect()
    }

    /// Follows `$ref`s to the schema itself.
    pub(super) fn resolved<'s>(&'s self, mut schema: &'s Value) -> &'s Value {
        for _ in 0..DEEPEST {
            let target = schema.get("$ref").and_then(Value::as_str);
            match target.and_then(|target| self.document.pointer(target.strip_prefix('#')?)) {
                Some(found) => schema = found,
                None => break,
            }
        }
        schema
    }

    pub(super) fn of_schema(&self, schema: &Value, depth: usize) -> String {
        let Some(object) = schema.as_object() else {
            return if schema == &Value::Bool(false) {
                "never"
            } else {
                "unknown"
            }
            .to_owned();
        };
        if depth > DEEPEST {
            return "unknown".to_owned();
        }
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let named = target
                .strip_prefix("#/components/schemas/")
                .and_then(|name| self.names.get(name));
            return match named {
                Some(name) => name.to_owned(),
                None => match self.resolved(schema) {
                    found if found.get("$ref").is_none() => self.of_schema(found, depth + 1),
                    _ => "unknown".to_owned(),
                },
            };
        }
        if let Some(value) = object.get("const") {
            return literal(value);
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            return union(values.iter().map(literal));
        }
        let mut parts = Vec::new();
        if let Some(branches) = branches(schema) {
            parts.push(union(
                branches.iter().map(|branch| self.of_schema(branch, depth + 1)),
            ));
        }
        for part in object
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            parts.push(self.of_schema(part, depth + 1));
        }
        if parts.is_empty() || object.contains_key("properties") {
            parts.push(self.of_type(object, depth));
        }
        parts.retain(|part| part != "unknown");
        match parts.len() {
            0 => "unknown".to_owned(),
            1 => parts.swap_remove(0),
            _ => parts
                .iter()
                .map(|part| grouped(part))
                .collect::<Vec<_>>()
                .join(" & "),
        }
    }

    fn of_type(&self, object: &Map<String, Value>, depth: usize) -> String {
        match object.get("type") {
            Some(Value::Array(types)) => union(
                types
                    .iter()
                    .map(|kind| self.of_kind(kind.as_str().unwrap_or_default(), object, depth)),
            ),
            Some(Value::String(kind)) => self.of_kind(kind, object, depth),
            _ if object.contains_key("properties") => self.of_kind("object", object, depth),
            _ => "unknown".to_owned(),
        }
    }

    fn of_kind(&self, kind: &str, object: &Map<String, Value>, depth: usize) -> String {
        match kind {
            "string" => "string".to_owned(),
            "integer" | "number" => "number".to_owned(),
            "boolean" => "boolean".to_owned(),
            "null" => "null".to_owned(),
            "array" => self.of_array(object, depth),
            "object" => self.of_object(object, depth),
            _ => "unknown".to_owned(),
        }
    }

    fn of_array(&self, object: &Map<String, Value>, depth: usize) -> String {
        let first = object
            .get("prefixItems")
            .or_else(|| object.get("items").filter(|items| items.is_array()))
            .and_then(Value::as_array);
        if let Some(first) = first {
            let items: Vec<_> = first.iter().map(|item| self.of_schema(item, depth + 1)).collect();
            return format!("[{}]", items.join(", "));
        }
        match object.get("items") {
            Some(items) => format!("{}[]", grouped(&self.of_schema(items, depth + 1))),
            None => "unknown[]".to_owned(),
        }
    }

    fn of_object(&self, object: &Map<String, Value>, depth: usize) -> String {
        let names = object.get("required").and_then(Value::as_array);
        let required: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
        let mut properties: Vec<(&String, &Value)> = object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .collect();
        // The tag first, then as the required ones were declared: the map itself may be sorted by name.
        properties.sort_by_key(|(name, schema)| {
            let place = required.iter().position(|one| one == name).unwrap_or(usize::MAX);
            (schema.get("const").is_none(), place)
        });
        let mut members: Vec<String> = Vec::new();
        for (name, schema) in properties {
            let mark = if required.contains(&name.as_str()) {
                ""
            } else {
                "?"
            };
            members.push(format!(
                "{}{mark}: {}",
                property(name),
                self.of_schema(schema, depth + 1)
            ));
        }
        let others = match object.get("additionalProperties") {
            Some(Value::Bool(true)) => Some("unknown".to_owned()),
            Some(schema @ Value::Object(_)) => Some(self.of_schema(schema, depth + 1)),
            _ => None,
        };
        match (members.is_empty(), others) {
            (true, Some(others)) => format!("Record<string, {others}>"),
            (true, None) if object.get("additionalProperties") == Some(&Value::Bool(false)) => {
                "Record<string, never>".to_owned()
            }
            (true, None) => "Record<string, unknown>".to_owned(),
            // An index signature beside properties would have to hold for those too.
            (false, _) => format!("{{ {} }}", members.join("; ")),
        }
    }
}

pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()
}

/// The parameters of one place as an object type; without any nothing may be given.
pub(super) fn parameters(types: &Types<'_>, schema: &Value) -> String {
    let object = types.resolved(schema).as_object();
    match object.filter(|object| {
        object
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|all| !all.is_empty())
    }) {
        Some(object) => types.of_object(object, 0),
        None => "{ [name: string]: never }".to_owned(),
    }
}

pub(super) fn union(types: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for one in types {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    match all.is_empty() {
        true => "never".to_owned(),
        false => all.join(" | "),
    }
}

fn grouped(kind: &str) -> String {
    if kind.contains('|') || kind.contains('&') {
        format!("({kind})")
    } else {
        kind.to_owned()
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", property(name), literal(value)))
                .collect();
            format!("{{ {} }}", members.join("; "))
        }
        Value::String(value) => text(value),
        _ => value.to_string(),
    }
}

/// The description of a schema, as a comment.
pub(super) fn comment(schema: &Value, indent: &str) -> String {
    match schema.get("description").and_then(Value::as_str).map(str::trim) {
        None | Some("") => String::new(),
        Some(words) => {
            let safe = words.replace("*/", "*\u{200b}/");
            let lines: Vec<_> = safe.lines().map(str::trim_end).collect();
            match lines.as_slice() {
                [line] => format!("{indent}/** {line} */\n"),
                lines => {
                    let body: String = lines
                        .iter()
                        .map(|line| format!("{indent} * {line}\n").replace(" \n", "\n"))
                        .collect();
                    format!("{indent}/**\n{body}{indent} */\n")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(schema: Value) -> String {
        let document = json!({ "components": { "schemas": { "Item": { "type": "object" } } } });
        Types::of(&document).of_schema(&schema, 0)
    }

    #[test]
    fn each_form_of_a_schema_has_its_type() {
        for (schema, expected) in [
            (json!({}), "unknown"),
            (json!(true), "unknown"),
            (json!(false), "never"),
            (json!({ "type": "integer" }), "number"),
            (json!({ "type": ["string", "null"] }), "string | null"),
            (json!({ "const": "a\"b" }), "\"a\\\"b\""),
            (json!({ "enum": ["a", 1, null] }), "\"a\" | 1 | null"),
            (
                json!({ "type": "array", "items": { "type": ["string", "null"] } }),
                "(string | null)[]",
            ),
            (
                json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "number" }] }),
                "[string, number]",
            ),
            (
                json!({ "type": "object", "additionalProperties": { "type": "number" } }),
                "Record<string, number>",
            ),
            (
                json!({ "type": "object", "properties": { "a-b": { "type": "string" }, "c": {} }, "required": ["c"] }),
                "{ c: unknown; \"a-b\"?: string }",
            ),
            (json!({ "$ref": "#/components/schemas/Item" }), "Item"),
            (json!({ "$ref": "#/nowhere" }), "unknown"),
            (
                json!({ "anyOf": [{ "$ref": "#/components/schemas/Item" }, { "type": "null" }] }),
                "Item | null",
            ),
            (
                json!({ "allOf": [{ "$ref": "#/components/schemas/Item" }] }),
                "Item",
            ),
        ] {
            assert_eq!(made(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn references_in_a_circle_end() {
        let document = json!({ "a": { "$ref": "#/b" }, "b": { "$ref": "#/a" } });
        assert_eq!(
            Types::of(&document).of_schema(&json!({ "$ref": "#/a" }), 0),
            "unknown"
        );
    }

    #[test]
    fn a_type_is_not_declared_by_itself() {
        let document =
            json!({ "components": { "schemas": { "Loop": { "$ref": "#/components/schemas/Loop" } } } });
        assert!(
            Types::of(&document)
                .declarations()
                .contains("export type Loop = unknown;")
        );
    }

    #[test]
    fn no_description_ends_its_comment() {
        let made = comment(&json!({ "description": "a */ alert(1) /*" }), "");
        assert_eq!(made.matches("*/").count(), 1);
    }
}
