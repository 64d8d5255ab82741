//! The walker against the crate `jsonschema`: over random schemas and values both find the same ones valid.

use std::cell::RefCell;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::errors;
use crate::message::schema::{Alternative, Member, Object, OtherKeys, Schema, SchemaOf, Shape, Union};
use crate::message::tagging::Tagging;
use crate::message::{Dialect, Model};
use crate::rules::RulesOf;
use crate::rules::{Number, Rules};
use crate::types::{Choice, Choices};

const NODES: usize = 12;

thread_local! {
    /// The schema and the rules of each node. A schema refers to others by functions, so these look it up.
    static NODE: RefCell<Vec<(&'static Schema, &'static Rules)>> = const { RefCell::new(Vec::new()) };
}

fn node<const N: usize>() -> &'static Schema {
    NODE.with_borrow(|nodes| nodes[N].0)
}

fn rules_of<const N: usize>() -> &'static Rules {
    NODE.with_borrow(|nodes| nodes[N].1)
}

macro_rules! table {
    ($($n:literal)*) => {
        const SCHEMAS: [SchemaOf; NODES] = [$(node::<$n>),*];
        const RULES: [RulesOf; NODES] = [$(rules_of::<$n>),*];
    };
}

table!(0 1 2 3 4 5 6 7 8 9 10 11);

/// Few and simple: what counts is that a seed gives the same case again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

const NAMES: [&str; 5] = ["a", "b", "type", "ü", "k"];

static CHOICES: Choices = Choices::of_enum(&[Choice::Str("a"), Choice::Str("b"), Choice::Int(1)]);

/// Fills the table from its end: a node refers to later ones alone.
fn schemas(dice: &mut Dice) {
    NODE.with_borrow_mut(|nodes| {
        nodes.clear();
        nodes.resize(NODES, (leak(Schema::new(Shape::Null)), leak(Rules::new())));
    });
    for place in (0..NODES).rev() {
        let rules = leak(rules(dice));
        NODE.with_borrow_mut(|nodes| nodes[place].1 = rules);
        let shape = shape(dice, place);
        NODE.with_borrow_mut(|nodes| nodes[place].0 = leak(Schema::new(shape)));
    }
}

fn rules(dice: &mut Dice) -> Rules {
    let mut rules = Rules::new();
    if dice.one_in(2) {
        rules = rules.min_length(dice.below(3));
    }
    if dice.one_in(2) {
        rules = rules.max_length(1 + dice.below(3));
    }
    if dice.one_in(2) {
        rules = rules.ge(Number::whole(dice.below(5) as i128 - 2));
    } else {
        rules = rules.gt(Number::whole(dice.below(5) as i128 - 2));
    }
    if dice.one_in(2) {
        rules = rules.lt(Number::whole(dice.below(5) as i128));
    }
    rules
}

fn shape(dice: &mut Dice, place: usize) -> Shape {
    let leaf = |dice: &mut Dice| match dice.below(8) {
        0 => Shape::Null,
        1 => Shape::Boolean,
        2 => *i64::schema().shape(),
        3 => *u8::schema().shape(),
        4 => Shape::Float,
        5 => Shape::Text,
        6 => Shape::Choice(&CHOICES),
        _ => Shape::Any,
    };
    if place + 1 >= NODES {
        return leaf(dice);
    }
    let child = |dice: &mut Dice| SCHEMAS[place + 1 + dice.below(NODES - place - 1)];
    match dice.below(12) {
        0 => leaf(dice),
        1 => Shape::Nullable(child(dice)),
        2 => Shape::List(child(dice)),
        3 => Shape::Array(child(dice), dice.below(3)),
        4 => {
            let places: Vec<SchemaOf> = (0..dice.below(3)).map(|_| child(dice)).collect();
            Shape::Tuple(leak(places))
        }
        5 => Shape::Map {
            keys: String::schema,
            check_key: |_| Ok(()),
            values: child(dice),
        },
        6 | 7 => Shape::Newtype(leak(Member::new("", child(dice)).ruled(RULES[place]))),
        8 | 9 => Shape::Object(object(dice, place, "")),
        10 => {
            let tagging = match dice.below(3) {
                0 => Tagging::Internal("type"),
                1 => Tagging::Adjacent {
                    tag: "type",
                    content: "k",
                },
                _ => Tagging::External,
            };
            let tag = if tagging == Tagging::Internal("type") {
                "type"
            } else {
                ""
            };
            let body = leak_schema(Shape::Object(object(dice, place, tag)), place);
            let variants = vec![Alternative::with("a", body), Alternative::unit("b")];
            Shape::Union(Union {
                tagging,
                variants: leak(variants),
            })
        }
        _ => {
            let variants = vec![
                Alternative::with("a", child(dice)),
                Alternative::with("b", child(dice)),
                Alternative::unit("none"),
            ];
            Shape::Union(Union {
                tagging: Tagging::Untagged,
                variants: leak(variants),
            })
        }
    }
}

thread_local! {
    /// The bodies of variants, by the place of their union.
    static BODY: RefCell<Vec<&'static Schema>> = const { RefCell::new(Vec::new()) };
}

fn body<const N: usize>() -> &'static Schema {
    BODY.with_borrow(|bodies| bodies[N])
}

const BODIES: [SchemaOf; NODES] = [
    body::<0>, body::<1>, body::<2>, body::<3>, body::<4>, body::<5>, body::<6>, body::<7>, body::<8>,
    body::<9>, body::<10>, body::<11>,
];

fn leak_schema(shape: Shape, place: usize) -> SchemaOf {
    BODY.with_borrow_mut(|bodies| {
        bodies.resize(NODES, leak(Schema::new(Shape::Null)));
        bodies[place] = leak(Schema::new(shape));
    });
    BODIES[place]
}

fn object(dice: &mut Dice, place: usize, tag: &str) -> Object {
    let mut members = Vec::new();
    for name in NAMES.into_iter().filter(|name| *name != tag) {
        if dice.one_in(2) {
            let schema = SCHEMAS[place + 1 + dice.below(NODES - place - 1)];
            let mut member = Member::new(name, schema);
            if dice.one_in(2) {
                member = member.ruled(RULES[place]);
            }
            if dice.one_in(2) {
                member = member.optional();
            }
            members.push(member);
        }
    }
    Object {
        class: "",
        members: leak(members),
        others: match dice.below(3) {
            0 => OtherKeys::Forbidden,
            1 => OtherKeys::Kept(SCHEMAS[NODES - 1]),
            _ => OtherKeys::Ignored,
        },
    }
}

/// A value that may well be valid.
fn value(dice: &mut Dice, schema: &'static Schema, depth: usize) -> Value {
    if depth > 8 || dice.one_in(9) {
        return anything(dice, 2);
    }
    match schema.shape() {
        Shape::Null => Value::Null,
        Shape::Boolean => Value::Bool(dice.one_in(2)),
        Shape::Integer(_) => json!(dice.below(6) as i64 - 2),
        Shape::Float => number(dice),
        Shape::Text => text(dice),
        Shape::Choice(_) => [json!("a"), json!("b"), json!(1), json!("c")][dice.below(4)].clone(),
        Shape::Nullable(inner) if dice.one_in(3) => {
            let _ = inner;
            Value::Null
        }
        Shape::Nullable(inner) => value(dice, inner(), depth),
        Shape::List(items) => (0..dice.below(4))
            .map(|_| value(dice, items(), depth + 1))
            .collect(),
        Shape::Array(items, length) => {
            let length = length + usize::from(dice.one_in(6));
            (0..length).map(|_| value(dice, items(), depth + 1)).collect()
        }
        Shape::Tuple(places) => places
            .iter()
            .map(|place| value(dice, place(), depth + 1))
            .collect(),
        Shape::Map { values, .. } => {
            let entries =
                (0..dice.below(4)).map(|at| (NAMES[at].to_owned(), value(dice, values(), depth + 1)));
            Value::Object(entries.collect())
        }
        Shape::Newtype(member) => value(dice, member.schema(), depth),
        Shape::Object(object) => Value::Object(entries(dice, object, depth)),
        Shape::Union(union) => {
            let Some(body) = union.variants[0].body() else {
                return Value::Null;
            };
            match union.tagging {
                Tagging::Untagged => {
                    let variant = &union.variants[dice.below(3)];
                    variant
                        .body()
                        .map_or(Value::Null, |body| value(dice, body, depth + 1))
                }
                Tagging::Internal(tag) => {
                    let mut object = match value(dice, body, depth) {
                        Value::Object(object) => object,
                        other => return other,
                    };
                    object.insert(tag.to_owned(), json!(["a", "b", "c"][dice.below(3)]));
                    Value::Object(object)
                }
                Tagging::Adjacent { tag, content } => {
                    let mut object = Map::new();
                    object.insert(tag.to_owned(), json!(["a", "b"][dice.below(2)]));
                    if !dice.one_in(4) {
                        object.insert(content.to_owned(), value(dice, body, depth + 1));
                    }
                    Value::Object(object)
                }
                Tagging::External if dice.one_in(3) => json!(["a", "b"][dice.below(2)]),
                Tagging::External => json!({ "a": value(dice, body, depth + 1) }),
            }
        }
        _ => anything(dice, 2),
    }
}

fn entries(dice: &mut Dice, object: &Object, depth: usize) -> Map<String, Value> {
    let mut entries = Map::new();
    for member in object.members {
        if member.is_required() && !dice.one_in(12) || dice.one_in(2) {
            entries.insert(member.name().to_owned(), value(dice, member.schema(), depth + 1));
        }
    }
    if dice.one_in(8) {
        entries.insert("other".to_owned(), anything(dice, 1));
    }
    entries
}

/// Never a whole number as a float: JSON Schema takes 1.0 for an integer, pydantic's strict mode does not.
fn number(dice: &mut Dice) -> Value {
    if dice.one_in(2) {
        json!(dice.below(6) as i64 - 2)
    } else {
        json!(dice.below(6) as f64 - 2.5)
    }
}

fn text(dice: &mut Dice) -> Value {
    json!(["", "a", "ü", "ab", "🚀🚀", "a\"\\b", "a\u{0}b\n"][dice.below(7)])
}

fn anything(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 4 } else { 6 }) {
        0 => Value::Null,
        1 => Value::Bool(true),
        2 => number(dice),
        3 => text(dice),
        4 => (0..dice.below(3)).map(|_| anything(dice, depth - 1)).collect(),
        _ => {
            let entries = (0..dice.below(3)).map(|at| (NAMES[at].to_owned(), anything(dice, depth - 1)));
            Value::Object(entries.collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn both_find_the_same_values_valid(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        schemas(&mut dice);
        let schema = node::<0>();
        for dialect in [Dialect::Draft202012, Dialect::Draft07] {
            let document = schema.to_json_schema_of(dialect);
            let validator = jsonschema::validator_for(&document).unwrap();
            for _ in 0..8 {
                let value = value(&mut dice, schema, 0);
                let found = errors(&value.to_string(), schema);
                prop_assert_eq!(
                    found.is_none(),
                    validator.is_valid(&value),
                    "{} {} {:?}",
                    value,
                    document,
                    found
                );
            }
        }
    }
}

#[test]
fn valid_and_invalid_values_are_both_met() {
    let (mut valid, mut invalid) = (0, 0);
    for seed in 0..300 {
        let mut dice = Dice(seed);
        schemas(&mut dice);
        let value = value(&mut dice, node::<0>(), 0);
        match errors(&value.to_string(), node::<0>()) {
            None => valid += 1,
            Some(_) => invalid += 1,
        }
    }
    assert!(valid > 30 && invalid > 30, "{valid} valid, {invalid} invalid");
}
