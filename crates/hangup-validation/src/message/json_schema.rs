//! A [`Schema`] as JSON Schema, for documents.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json_bounds::{examples, integer_bounds, keys_of, of_properties};
use super::schema::{Alternative, Member, Object, OtherKeys, Schema, Shape, Union};
use super::tagging::Tagging;
use crate::json::{lengths, number_bounds};
use crate::rules::Rules;
use crate::types::Choice;

/// The version of JSON Schema that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Dialect {
    /// 2020-12: that of OpenAPI 3.1.
    #[default]
    Draft202012,
    /// Draft-07: that of AsyncAPI.
    Draft07,
}

/// Writes schemas as JSON Schema; types with a name are defined once and referred to.
///
/// ```
/// use hangup_validation::message::{Dialect, JsonSchemas, Model};
///
/// let mut schemas = JsonSchemas::new(Dialect::Draft07, "#/components/schemas/");
/// assert_eq!(schemas.render(<Vec<String>>::schema()), serde_json::json!({"type": "array", "items": {"type": "string"}}));
/// assert!(schemas.into_definitions().is_empty());
/// ```
#[derive(Debug)]
pub struct JsonSchemas {
    dialect: Dialect,
    prefix: String,
    definitions: Map<String, Value>,
    /// Names in the document, by the identity of the type.
    names: BTreeMap<&'static str, String>,
}

impl JsonSchemas {
    /// With references that begin with `prefix`, such as `#/components/schemas/`.
    pub fn new(dialect: Dialect, prefix: impl Into<String>) -> Self {
        Self {
            dialect,
            prefix: prefix.into(),
            definitions: Map::new(),
            names: BTreeMap::new(),
        }
    }

    /// The schema of a value: a reference for a type with a name.
    pub fn render(&mut self, schema: &'static Schema) -> Value {
        match schema.identity() {
            Some(identity) => {
                let name = self.define(schema, identity);
                json!({ "$ref": format!("{}{name}", self.prefix) })
            }
            None => Value::Object(self.inline(schema, &Rules::new())),
        }
    }

    /// The schema of one variant of a union: what a message of its own in a document has.
    pub fn render_variant(&mut self, union: &Union, variant: &Alternative) -> Value {
        Value::Object(self.variant(union.tagging, variant))
    }

    /// All types with a name that were referred to, by the name.
    #[must_use]
    pub fn into_definitions(self) -> Map<String, Value> {
        self.definitions
    }

    fn define(&mut self, schema: &'static Schema, identity: &'static str) -> String {
        if let Some(name) = self.names.get(identity) {
            return name.clone();
        }
        let mut name = schema.name().to_owned();
        let mut count = 1;
        while self.names.values().any(|taken| *taken == name) {
            count += 1;
            name = format!("{}{count}", schema.name());
        }
        self.names.insert(identity, name.clone());
        let mut definition = self.inline(schema, &Rules::new());
        let mut titled = Map::new();
        titled.insert("title".to_owned(), schema.name().into());
        if !schema.description().is_empty() {
            titled.insert("description".to_owned(), schema.description().into());
        }
        titled.append(&mut definition);
        examples(&mut titled, schema.examples());
        self.definitions.insert(name.clone(), Value::Object(titled));
        name
    }

    /// The schema itself, never a reference to it.
    fn inline(&mut self, schema: &'static Schema, rules: &Rules) -> Map<String, Value> {
        let mut out = Map::new();
        let mut set = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        match schema.shape() {
            Shape::Any => {}
            Shape::Null => set("type", "null".into()),
            Shape::Boolean => set("type", "boolean".into()),
            Shape::Integer(integer) => {
                set("type", "integer".into());
                integer_bounds(&mut out, integer, rules);
            }
            Shape::Float => {
                set("type", "number".into());
                number_bounds(&mut out, rules);
            }
            Shape::Text => {
                set("type", "string".into());
                lengths(&mut out, rules, ["minLength", "maxLength"]);
                if let Some(pattern) = rules.pattern {
                    out.insert("pattern".to_owned(), pattern.as_str().into());
                }
            }
            Shape::Character => {
                set("type", "string".into());
                set("minLength", 1.into());
                set("maxLength", 1.into());
            }
            Shape::Formatted(format) if format.takes_numbers => {
                let mut number = Map::from_iter([("type".to_owned(), "number".into())]);
                number_bounds(&mut number, rules);
                set("anyOf", json!([number, {"type": "string"}]));
            }
            Shape::Formatted(format) => {
                set("type", "string".into());
                if !format.name.is_empty() {
                    set("format", format.name.into());
                }
            }
            Shape::Choice(choices) => {
                let values = choices.values().iter().map(|choice| match choice {
                    Choice::Str(text) => Value::from(*text),
                    Choice::Int(number) => Value::from(*number),
                    Choice::Bool(flag) => Value::from(*flag),
                });
                let values: Vec<Value> = values.collect();
                if values.iter().all(Value::is_string) {
                    set("type", "string".into());
                } else if values.iter().all(Value::is_i64) {
                    set("type", "integer".into());
                }
                match <[Value; 1]>::try_from(values) {
                    Ok([only]) => set("const", only),
                    Err(values) => set("enum", values.into()),
                }
            }
            Shape::Nullable(inner) => {
                let inner = self.ruled(inner(), rules);
                out.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
            }
            Shape::List(items) | Shape::Set(items) => {
                let is_set = matches!(schema.shape(), Shape::Set(_));
                let items = self.render(items());
                set("type", "array".into());
                set("items", items);
                if is_set {
                    set("uniqueItems", true.into());
                }
                lengths(&mut out, rules, ["minItems", "maxItems"]);
            }
            Shape::Array(items, length) => {
                let items = self.render(items());
                set("type", "array".into());
                set("items", items);
                set("minItems", (*length).into());
                set("maxItems", (*length).into());
            }
            Shape::Tuple(places) => {
                let items: Vec<Value> = places.iter().map(|place| self.render(place())).collect();
                let (ours, rest) = match self.dialect {
                    Dialect::Draft202012 => ("prefixItems", "items"),
                    Dialect::Draft07 => ("items", "additionalItems"),
                };
                out.insert("type".to_owned(), "array".into());
                out.insert("minItems".to_owned(), items.len().into());
                out.insert("maxItems".to_owned(), items.len().into());
                if !items.is_empty() {
                    out.insert(ours.to_owned(), items.into());
                    out.insert(rest.to_owned(), false.into());
                }
            }
            Shape::Map { keys, values, .. } => {
                let names = keys_of(keys());
                let values = self.render(values());
                set("type", "object".into());
                set("additionalProperties", values);
                if let Some(names) = names {
                    set("propertyNames", names);
                }
                lengths(&mut out, rules, ["minProperties", "maxProperties"]);
            }
            Shape::Object(object) => self.object(object, &mut out),
            Shape::Newtype(member) => {
                let Value::Object(inner) = self.ruled(member.schema(), member.rules()) else {
                    return out;
                };
                return inner;
            }
            Shape::Union(union) => {
                let variants: Vec<Value> = union
                    .variants
                    .iter()
                    .map(|variant| Value::Object(self.variant(union.tagging, variant)))
                    .collect();
                let key = if union.tagging == Tagging::Untagged {
                    "anyOf"
                } else {
                    "oneOf"
                };
                out.insert(key.to_owned(), variants.into());
            }
        }
        out
    }

    fn object(&mut self, object: &Object, out: &mut Map<String, Value>) {
        out.insert("type".to_owned(), "object".into());
        let mut properties = Map::new();
        let mut required = Vec::new();
        for member in object.members {
            if member.is_required() {
                required.push(Value::from(member.name()));
            }
            properties.insert(member.name().to_owned(), self.member(member));
        }
        if !properties.is_empty() {
            out.insert("properties".to_owned(), properties.into());
        }
        if !required.is_empty() {
            out.insert("required".to_owned(), required.into());
        }
        match object.others {
            OtherKeys::Ignored => {}
            OtherKeys::Forbidden => {
                out.insert("additionalProperties".to_owned(), false.into());
            }
            OtherKeys::Kept(values) => {
                let values = self.render(values());
                out.insert("additionalProperties".to_owned(), values);
            }
        }
    }

    fn member(&mut self, member: &Member) -> Value {
        let schema = self.ruled(member.schema(), member.rules());
        let mut said = Map::new();
        if !member.description().is_empty() {
            said.insert("description".to_owned(), member.description().into());
        }
        if let Some(default) = member.default() {
            said.insert("default".to_owned(), default);
        }
        examples(&mut said, member.examples());
        if member.is_deprecated() {
            said.insert("deprecated".to_owned(), true.into());
        }
        self.with(schema, said)
    }

    /// Draft-07 overlooks what stands beside a reference.
    fn with(&self, schema: Value, mut said: Map<String, Value>) -> Value {
        if said.is_empty() {
            return schema;
        }
        match schema {
            Value::Object(reference)
                if reference.contains_key("$ref") && self.dialect == Dialect::Draft07 =>
            {
                said.insert("allOf".to_owned(), json!([reference]));
                said.into()
            }
            Value::Object(mut schema) => {
                schema.append(&mut said);
                schema.into()
            }
            other => other,
        }
    }

    /// A type under the rules of a member.
    fn ruled(&mut self, schema: &'static Schema, rules: &Rules) -> Value {
        if schema.identity().is_some() {
            // A type with a name has its own rules; those that a member adds to a newtype stand beside it.
            return self.render(schema);
        }
        Value::Object(self.inline(schema, rules))
    }

    fn variant(&mut self, tagging: Tagging, variant: &Alternative) -> Map<String, Value> {
        let body = variant.body();
        let mut out = match tagging {
            Tagging::Internal(tag) => self.tagged(tag, variant),
            Tagging::Adjacent { tag, content } => {
                let mut properties = Map::from_iter([(tag.to_owned(), json!({"const": variant.name()}))]);
                let mut required = vec![Value::from(tag)];
                if let Some(body) = body {
                    properties.insert(content.to_owned(), self.render(body));
                    required.push(content.into());
                }
                of_properties(properties, required)
            }
            Tagging::External => match body {
                Some(body) => {
                    let properties = Map::from_iter([(variant.name().to_owned(), self.render(body))]);
                    let mut out = of_properties(properties, vec![variant.name().into()]);
                    out.insert("additionalProperties".to_owned(), false.into());
                    out
                }
                None => Map::from_iter([("const".to_owned(), variant.name().into())]),
            },
            Tagging::Untagged => match body.map(|body| self.render(body)) {
                Some(Value::Object(body)) => body,
                _ => Map::from_iter([("type".to_owned(), "null".into())]),
            },
        };
        if !variant.description().is_empty() {
            let description = Map::from_iter([("description".to_owned(), variant.description().into())]);
            if let Value::Object(described) = self.with(Value::Object(out.clone()), description) {
                out = described;
            }
        }
        out
    }

    /// The keys of the body with the tag before them.
    fn tagged(&mut self, tag: &str, variant: &Alternative) -> Map<String, Value> {
        let tag_is = json!({"const": variant.name()});
        match variant.body() {
            None => of_properties(Map::from_iter([(tag.to_owned(), tag_is)]), vec![tag.into()]),
            Some(body) => match body.shape() {
                Shape::Object(object) if body.identity().is_none() => {
                    let mut out = Map::new();
                    self.object(object, &mut out);
                    let mut properties = Map::from_iter([(tag.to_owned(), tag_is)]);
                    if let Some(Value::Object(mut own)) = out.remove("properties") {
                        properties.append(&mut own);
                    }
                    let mut required = vec![Value::from(tag)];
                    if let Some(Value::Array(own)) = out.remove("required") {
                        required.extend(own);
                    }
                    out.insert("properties".to_owned(), properties.into());
                    out.insert("required".to_owned(), required.into());
                    out
                }
                _ => {
                    let body = self.render(body);
                    let tagged = of_properties(Map::from_iter([(tag.to_owned(), tag_is)]), vec![tag.into()]);
                    Map::from_iter([("allOf".to_owned(), json!([tagged, body]))])
                }
            },
        }
    }
}

impl Schema {
    /// The whole as one JSON Schema of 2020-12, with its definitions under `$defs`.
    #[must_use]
    pub fn to_json_schema(&'static self) -> Value {
        self.to_json_schema_of(Dialect::Draft202012)
    }

    /// The whole as one JSON Schema, with its definitions under `$defs` or, in draft-07, `definitions`.
    #[must_use]
    pub fn to_json_schema_of(&'static self, dialect: Dialect) -> Value {
        let (key, url) = match dialect {
            Dialect::Draft202012 => ("$defs", "https://json-schema.org/draft/2020-12/schema"),
            Dialect::Draft07 => ("definitions", "http://json-schema.org/draft-07/schema#"),
        };
        let mut schemas = JsonSchemas::new(dialect, format!("#/{key}/"));
        let top = match schemas.render(self) {
            Value::Object(top) => top,
            _ => Map::new(),
        };
        let mut out = Map::from_iter([("$schema".to_owned(), Value::from(url))]);
        if dialect == Dialect::Draft07 && top.contains_key("$ref") {
            out.insert("allOf".to_owned(), json!([top]));
        } else {
            out.extend(top);
        }
        let definitions = schemas.into_definitions();
        if !definitions.is_empty() {
            out.insert(key.to_owned(), definitions.into());
        }
        out.into()
    }
}
