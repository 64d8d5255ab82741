//! The parts of JSON Schema: rules, limits, keys.

use serde_json::{Map, Number as JsonNumber, Value, json};

use super::scalar_type::IntegerType;
use super::schema::{Schema, Shape};
use crate::json::number_bounds;
use crate::rules::{Number, Rules};
use crate::types::Choice;

/// The keys of a map, where they are no plain strings.
pub(super) fn keys_of(keys: &'static Schema) -> Option<Value> {
    match keys.shape() {
        Shape::Integer(integer) if integer.min == 0 => Some(json!({"pattern": "^\\d+$"})),
        Shape::Integer(_) => Some(json!({"pattern": "^-?\\d+$"})),
        Shape::Formatted(format) if !format.name.is_empty() => Some(json!({"format": format.name})),
        Shape::Choice(choices) => {
            let names = choices.values().iter().filter_map(|choice| match choice {
                Choice::Str(text) => Some(Value::from(*text)),
                Choice::Int(number) => Some(Value::from(number.to_string())),
                Choice::Bool(_) => None,
            });
            Some(json!({"enum": names.collect::<Vec<_>>()}))
        }
        Shape::Character => Some(json!({"minLength": 1, "maxLength": 1})),
        _ => None,
    }
}

/// The rules, and the limits of the type where the rules are wider.
pub(super) fn integer_bounds(out: &mut Map<String, Value>, integer: &IntegerType, rules: &Rules) {
    number_bounds(out, rules);
    let is_bound_from = |number: Option<Number>| match number {
        Some(Number::Whole(number)) => number >= integer.min,
        number => number.is_some(),
    };
    let is_bound_to = |number: Option<Number>| match number {
        Some(Number::Whole(number)) => {
            u128::try_from(number).is_ok_and(|number| number <= integer.max) || number < 0
        }
        number => number.is_some(),
    };
    if !is_bound_from(rules.ge) && !is_bound_from(rules.gt) {
        out.remove("exclusiveMinimum");
        let min = JsonNumber::from_i128(integer.min);
        out.extend(min.map(|min| ("minimum".to_owned(), Value::Number(min))));
    }
    if !is_bound_to(rules.le) && !is_bound_to(rules.lt) {
        out.remove("exclusiveMaximum");
        let max = JsonNumber::from_u128(integer.max);
        out.extend(max.map(|max| ("maximum".to_owned(), Value::Number(max))));
    }
}

pub(super) fn of_properties(properties: Map<String, Value>, required: Vec<Value>) -> Map<String, Value> {
    Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), properties.into()),
        ("required".to_owned(), required.into()),
    ])
}

pub(super) fn examples(out: &mut Map<String, Value>, examples: Vec<Value>) {
    if !examples.is_empty() {
        out.insert("examples".to_owned(), examples.into());
    }
}
