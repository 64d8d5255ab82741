//! The checker of the page for JSON Schema, asked in the page itself; what is valid follows from the specification.

use serde_json::{Value, json};

use super::console::Place;
use super::tab::Tab;
use crate::failure::Result;

/// Schemas with values that are valid and values that are not.
fn table() -> Vec<(Value, Vec<Value>, Vec<Value>)> {
    let tagged = json!({ "oneOf": [
        { "type": "object", "properties": { "type": { "const": "a" }, "n": { "type": "integer" } }, "required": ["type", "n"] },
        { "type": "object", "properties": { "type": { "enum": ["b"] } }, "required": ["type"], "additionalProperties": false },
    ] });
    vec![
        (json!({}), vec![json!(null), json!([1, "a"])], vec![]),
        (json!(false), vec![], vec![json!(1)]),
        (
            json!({ "type": "integer" }),
            vec![json!(0), json!(-3)],
            vec![json!(1.5), json!("1"), json!(true), json!(null)],
        ),
        (
            json!({ "type": "number" }),
            vec![json!(1), json!(1.5)],
            vec![json!("1.5")],
        ),
        (
            json!({ "type": ["string", "null"] }),
            vec![json!("a"), json!(null)],
            vec![json!(1)],
        ),
        (
            json!({ "type": "boolean" }),
            vec![json!(true)],
            vec![json!(0), json!("true")],
        ),
        (
            json!({ "const": { "a": [1] } }),
            vec![json!({ "a": [1] })],
            vec![json!({ "a": [2] }), json!({ "a": [1], "b": 1 })],
        ),
        (
            json!({ "enum": ["a", 1, null] }),
            vec![json!("a"), json!(1), json!(null)],
            vec![json!("b"), json!("1")],
        ),
        (
            json!({ "minimum": 0, "exclusiveMaximum": 100 }),
            vec![json!(0), json!(99.9), json!("any")],
            vec![json!(-1), json!(100)],
        ),
        (
            json!({ "exclusiveMinimum": 0, "maximum": 1 }),
            vec![json!(1)],
            vec![json!(0), json!(2)],
        ),
        (
            json!({ "multipleOf": 0.1 }),
            vec![json!(0.3), json!(7)],
            vec![json!(0.35)],
        ),
        // Characters are code points.
        (
            json!({ "minLength": 2, "maxLength": 3 }),
            vec![json!("ab"), json!("\u{1f600}\u{1f600}\u{1f600}")],
            vec![json!("a"), json!("abcd"), json!("\u{1f600}")],
        ),
        (
            json!({ "pattern": "^a+$" }),
            vec![json!("aa"), json!(5)],
            vec![json!("ab")],
        ),
        (
            json!({ "type": "string", "format": "uuid" }),
            vec![json!("3f2b8c1e-5d4a-4f6b-9c7d-1e2f3a4b5c6d")],
            vec![json!("3f2b")],
        ),
        (
            json!({ "type": "string", "format": "date" }),
            vec![json!("2030-01-31")],
            vec![json!("2030-13-01"), json!("31.1.2030")],
        ),
        (
            json!({ "type": "string", "format": "no-such-format" }),
            vec![json!("anything")],
            vec![],
        ),
        (
            json!({ "items": { "type": "integer" }, "minItems": 1, "maxItems": 2 }),
            vec![json!([1]), json!([1, 2])],
            vec![json!([]), json!([1, 2, 3]), json!(["a"])],
        ),
        (
            json!({ "prefixItems": [{ "type": "integer" }, { "type": "string" }], "items": false }),
            vec![json!([1, "a"]), json!([1])],
            vec![json!(["a"]), json!([1, "a", 2])],
        ),
        (
            json!({ "items": [{ "type": "integer" }], "additionalItems": { "type": "string" } }),
            vec![json!([1, "a"])],
            vec![json!([1, 2])],
        ),
        (
            json!({ "uniqueItems": true }),
            vec![json!([1, "1", [1]])],
            vec![json!([{ "a": 1 }, { "a": 1 }])],
        ),
        (
            json!({ "contains": { "const": 1 } }),
            vec![json!([0, 1])],
            vec![json!([0])],
        ),
        (
            json!({ "properties": { "a": { "type": "string" } }, "required": ["b"] }),
            vec![json!({ "b": null }), json!([])],
            vec![json!({}), json!({ "a": 1, "b": 1 })],
        ),
        (
            json!({ "properties": { "a": {} }, "patternProperties": { "^x-": { "type": "integer" } }, "additionalProperties": false }),
            vec![json!({ "a": 1, "x-b": 2 })],
            vec![json!({ "b": 1 }), json!({ "x-b": "2" })],
        ),
        (
            json!({ "additionalProperties": { "type": "number" } }),
            vec![json!({ "any": 1 })],
            vec![json!({ "any": "1" })],
        ),
        (
            json!({ "propertyNames": { "maxLength": 2 }, "minProperties": 1 }),
            vec![json!({ "ab": 1 })],
            vec![json!({ "abc": 1 }), json!({})],
        ),
        // No property of the object itself that a document did not name.
        (
            json!({ "type": "object", "required": ["toString"] }),
            vec![json!({ "toString": 1 })],
            vec![json!({})],
        ),
        (
            json!({ "allOf": [{ "minimum": 1 }, { "maximum": 2 }] }),
            vec![json!(1), json!(2)],
            vec![json!(0), json!(3)],
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "minimum": 5 }] }),
            vec![json!("a"), json!(5)],
            vec![json!(1)],
        ),
        (
            json!({ "oneOf": [{ "multipleOf": 2 }, { "multipleOf": 3 }] }),
            vec![json!(2), json!(3)],
            vec![json!(6), json!(5)],
        ),
        (
            json!({ "not": { "type": "string" } }),
            vec![json!(1)],
            vec![json!("a")],
        ),
        (
            json!({ "if": { "minimum": 10 }, "then": { "multipleOf": 10 }, "else": { "multipleOf": 2 } }),
            vec![json!(20), json!(4)],
            vec![json!(15), json!(5)],
        ),
        (
            tagged,
            vec![json!({ "type": "a", "n": 1 }), json!({ "type": "b" })],
            vec![
                json!({ "type": "a" }),
                json!({ "type": "b", "n": 1 }),
                json!({ "type": "c" }),
                json!({}),
                json!(1),
            ],
        ),
        (
            json!({ "$ref": "#/components/schemas/Command" }),
            vec![json!({ "type": "say", "text": "x" })],
            vec![
                json!({ "type": "say", "text": "" }),
                json!({ "type": "move", "x": 100 }),
            ],
        ),
        (json!({ "$ref": "#/nowhere" }), vec![json!(1)], vec![]),
    ]
}

pub(crate) fn check(tab: &mut Tab, place: &Place) -> Result<()> {
    place.open(tab, "")?;
    for (schema, valid, invalid) in table() {
        for (values, expected) in [(valid, true), (invalid, false)] {
            for value in values {
                let errors = tab.evaluate(&format!("check({schema}, {value})"))?;
                let is_valid = errors.as_array().is_some_and(Vec::is_empty);
                if is_valid != expected {
                    return Err(format!("{value} by {schema}: {errors}").into());
                }
            }
        }
    }
    // Numbers that JavaScript cannot hold, keys that occur twice, escapes: shown as they came.
    let text = "{\"a\":12345678901234567890,\"a\":1.0,\"b\":[\"\\u00e9, {\\\"}\"],\"c\":{},\"d\":[]}";
    let expected = "{\n  \"a\": 12345678901234567890,\n  \"a\": 1.0,\n  \"b\": [\n    \"\\u00e9, {\\\"}\"\n  ],\n  \"c\": {},\n  \"d\": []\n}";
    let shown = tab.evaluate(&format!("pretty({})", Value::from(text)))?;
    if shown != expected {
        return Err(format!("{text} is shown as {shown}").into());
    }
    let deep = tab.evaluate("pretty('['.repeat(50000) + ']'.repeat(50000)).length < 10000000")?;
    if deep != true {
        return Err("what is deeply nested grows with the square of its depth".into());
    }
    let message = json!({ "type": "say", "text": 1 });
    let found = tab.evaluate(&format!(
        "check({{ $ref: '#/components/schemas/Command' }}, {message})"
    ))?;
    if found != json!([{ "at": ["text"], "text": "must be a string, and is an integer" }]) {
        return Err(
            format!("of a tagged union the branch with the tag alone is told of, and not {found}").into(),
        );
    }
    Ok(())
}
