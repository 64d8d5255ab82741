//! What JSON Schema says of parameter types under their rules, for documents.

use serde_json::{Map, Number as JsonNumber, Value, json};

use crate::rules::{Number, Rules};

/// A type by its name in JSON Schema.
pub(crate) fn of_type(name: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), name.into())])
}

/// Text in a format, such as `date`; no name is no format.
pub(crate) fn text_in(format: &str) -> Value {
    let mut schema = of_type("string");
    if !format.is_empty() {
        schema.insert("format".to_owned(), format.into());
    }
    schema.into()
}

/// Text with its length and its pattern.
pub(crate) fn text(rules: &Rules) -> Value {
    let mut schema = of_type("string");
    lengths(&mut schema, rules, ["minLength", "maxLength"]);
    if let Some(pattern) = rules.pattern {
        schema.insert("pattern".to_owned(), pattern.as_str().into());
    }
    schema.into()
}

/// A number with its bounds.
pub(crate) fn number(rules: &Rules) -> Value {
    let mut schema = of_type("number");
    bounds(&mut schema, rules);
    schema.into()
}

/// A whole number with its bounds, else with those of its type.
pub(crate) fn integer(rules: &Rules, min: Option<JsonNumber>, max: Option<JsonNumber>) -> Value {
    let mut schema = of_type("integer");
    bounds(&mut schema, rules);
    let is_bounded = |limits: [Option<Number>; 2]| limits.iter().any(Option::is_some);
    if let Some(min) = min.filter(|_| !is_bounded([rules.ge, rules.gt])) {
        schema.insert("minimum".to_owned(), min.into());
    }
    if let Some(max) = max.filter(|_| !is_bounded([rules.le, rules.lt])) {
        schema.insert("maximum".to_owned(), max.into());
    }
    schema.into()
}

/// A decimal: a number, or its exact text.
#[cfg(feature = "decimal")]
pub(crate) fn decimal(rules: &Rules) -> Value {
    json!({"anyOf": [number(rules), {"type": "string"}]})
}

/// Several values of one schema.
pub(crate) fn list(items: Value, rules: &Rules) -> Map<String, Value> {
    let mut schema = of_type("array");
    schema.insert("items".to_owned(), items);
    lengths(&mut schema, rules, ["minItems", "maxItems"]);
    schema
}

/// A fixed number of values, each of its own schema, as draft-07 says it.
pub(crate) fn tuple(items: Vec<Value>) -> Value {
    let length = items.len();
    json!({"type": "array", "items": items, "additionalItems": false, "minItems": length, "maxItems": length})
}

fn lengths(schema: &mut Map<String, Value>, rules: &Rules, keys: [&str; 2]) {
    for (key, length) in keys.into_iter().zip([rules.min_length, rules.max_length]) {
        schema.extend(length.map(|length| (key.to_owned(), length.into())));
    }
}

fn bounds(schema: &mut Map<String, Value>, rules: &Rules) {
    for (key, number) in [
        ("minimum", rules.ge),
        ("exclusiveMinimum", rules.gt),
        ("maximum", rules.le),
        ("exclusiveMaximum", rules.lt),
        ("multipleOf", rules.multiple_of),
    ] {
        let number = number.and_then(|number| match number {
            Number::Whole(value) => JsonNumber::from_i128(value).map(Value::Number),
            Number::Fraction(value) => Some(Value::from(value)),
            Number::Digits(text) => text.parse::<f64>().ok().map(Value::from),
        });
        schema.extend(number.map(|number| (key.to_owned(), number)));
    }
}
