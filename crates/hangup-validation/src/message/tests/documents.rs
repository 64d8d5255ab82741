//! Schemas as JSON Schema.

use std::collections::BTreeMap;

use serde_json::json;

use crate::message::Model;
use crate::message::json_schema::{Dialect, JsonSchemas};
use crate::message::schema::{Alternative, Member, Object, OtherKeys, Schema, SchemaOf, Shape, Union};
use crate::message::tagging::Tagging;
use crate::rules::Rules;

fn item() -> &'static Schema {
    fn rules() -> &'static Rules {
        static RULES: Rules = Rules::new().min_length(1).max_length(5);
        &RULES
    }
    static SCHEMA: Schema = Schema::new(Shape::Object(Object {
        class: "",
        members: &[
            Member::new("name", String::schema)
                .ruled(rules)
                .described("Its name."),
            Member::new("parts", <Vec<Parts>>::schema).default_from(|| json!([])),
            Member::new("count", u8::schema).optional(),
        ],
        others: OtherKeys::Forbidden,
    }))
    .named("Item", || "Item")
    .described("A thing.");
    &SCHEMA
}

struct Parts;

impl Model for Parts {
    fn schema() -> &'static Schema {
        item()
    }

    fn read<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self)
    }

    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }

    fn obeys(&self, _: &Rules) -> bool {
        true
    }
}

#[test]
fn a_type_with_a_name_is_defined_once_and_may_hold_itself() {
    assert_eq!(
        item().to_json_schema(),
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": "#/$defs/Item",
            "$defs": {"Item": {
                "title": "Item",
                "description": "A thing.",
                "type": "object",
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 5, "description": "Its name."},
                    "parts": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "default": []},
                    "count": {"type": "integer", "minimum": 0, "maximum": 255},
                },
                "required": ["name"],
                "additionalProperties": false,
            }},
        })
    );
}

#[test]
fn shapes_are_those_of_the_dialect() {
    let of = |schema: SchemaOf, dialect| JsonSchemas::new(dialect, "#/").render(schema());
    let pair: SchemaOf = <(i8, Option<bool>)>::schema;
    assert_eq!(
        of(pair, Dialect::Draft07),
        json!({
            "type": "array", "minItems": 2, "maxItems": 2, "additionalItems": false,
            "items": [
                {"type": "integer", "minimum": -128, "maximum": 127},
                {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
            ],
        })
    );
    assert_eq!(
        of(pair, Dialect::Draft202012)["prefixItems"][1]["anyOf"][1],
        json!({"type": "null"})
    );
    assert_eq!(
        of(<BTreeMap<u32, [f64; 2]>>::schema, Dialect::Draft07),
        json!({
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "propertyNames": {"pattern": "^\\d+$"},
        })
    );
}

#[test]
fn a_tag_stands_before_the_keys_of_its_variant() {
    fn say() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::Object(Object {
            class: "",
            members: &[Member::new("text", String::schema)],
            others: OtherKeys::Ignored,
        }));
        &SCHEMA
    }
    static SCHEMA: Schema = Schema::new(Shape::Union(Union {
        tagging: Tagging::Internal("type"),
        variants: &[
            Alternative::with("say", say).described("Say it."),
            Alternative::unit("ping"),
        ],
    }));
    assert_eq!(
        JsonSchemas::new(Dialect::Draft07, "#/").render(&SCHEMA),
        json!({"oneOf": [
            {
                "description": "Say it.",
                "type": "object",
                "properties": {"type": {"const": "say"}, "text": {"type": "string"}},
                "required": ["type", "text"],
            },
            {"type": "object", "properties": {"type": {"const": "ping"}}, "required": ["type"]},
        ]})
    );
}
