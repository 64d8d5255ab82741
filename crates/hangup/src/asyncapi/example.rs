//! A value for each type of messages, where none is declared: what a reader of the document begins with.

use serde_json::{Map, Value, json};

use crate::params::message::{Alternative, IntegerType, Member, Object, Schema, Shape, Tagging, Union};
use crate::params::{Choice, Number, Rules};

/// Below it what may be left out is left out.
const DEEP: usize = 4;

/// Below it there is no example.
const TOO_DEEP: usize = 8;

/// A value of the type; `None` where none can be made up, as for a pattern.
pub(super) fn of_schema(schema: &'static Schema) -> Option<Value> {
    valued(schema, &Rules::new(), 0)
}

/// A whole message of one variant.
pub(super) fn of_variant(union: &Union, variant: &Alternative) -> Option<Value> {
    of_variant_at(union, variant, 0)
}

fn valued(schema: &'static Schema, rules: &Rules, depth: usize) -> Option<Value> {
    if depth > TOO_DEEP {
        return None;
    }
    if let Some(example) = schema.examples().into_iter().next() {
        return Some(example);
    }
    let within = |schema: &'static Schema| valued(schema, &Rules::new(), depth + 1);
    match schema.shape() {
        Shape::Any => Some("any value".into()),
        Shape::Null => Some(Value::Null),
        Shape::Boolean => Some(true.into()),
        Shape::Integer(integer) => whole(integer, rules),
        Shape::Float => float(rules).map(Value::from),
        Shape::Text => text(rules),
        Shape::Character => Some("a".into()),
        Shape::Formatted(format) if format.takes_numbers => {
            let number = float(rules)?;
            (format.check)(&number.to_string(), rules).ok()?;
            Some(number.into())
        }
        Shape::Formatted(format) => {
            let text = formatted(format.name);
            (format.check)(text, rules).ok()?;
            Some(text.into())
        }
        Shape::Choice(choices) => choices.values().first().map(|choice| match choice {
            Choice::Str(text) => (*text).into(),
            Choice::Int(number) => (*number).into(),
            Choice::Bool(flag) => (*flag).into(),
            _ => Value::Null,
        }),
        Shape::Nullable(_) if depth >= DEEP => Some(Value::Null),
        Shape::Nullable(inner) => Some(valued(inner(), rules, depth + 1).unwrap_or(Value::Null)),
        Shape::List(items) => {
            let most = rules.max_length.unwrap_or(usize::MAX);
            let usual = usize::from(depth < DEEP).min(most);
            let count = rules.min_length.unwrap_or(usual);
            (count <= 16).then_some(())?;
            std::iter::repeat_n((), count).map(|()| within(items())).collect()
        }
        Shape::Set(items) => match (rules.min_length, rules.max_length) {
            (None | Some(0), _) if depth >= DEEP => Some(json!([])),
            (_, Some(0)) => Some(json!([])),
            (None | Some(0 | 1), _) => Some(json!([within(items())?])),
            _ => None,
        },
        Shape::Array(items, length) => {
            (*length <= 16).then_some(())?;
            std::iter::repeat_n((), *length)
                .map(|()| within(items()))
                .collect()
        }
        Shape::Tuple(places) => places.iter().map(|place| within(place())).collect(),
        Shape::Map { .. } if rules.min_length.is_none_or(|min| min == 0) => Some(json!({})),
        Shape::Object(object) => of_object(object, depth).map(Value::Object),
        Shape::Newtype(member) => of_member(member, depth),
        Shape::Union(union) => {
            let is_unit = |variant: &&Alternative| variant.body().is_none();
            let first = union.variants.first();
            let variant = if depth >= DEEP {
                union.variants.iter().find(is_unit).or(union.variants.last())
            } else {
                first
            };
            of_variant_at(union, variant?, depth + 1)
        }
        _ => None,
    }
}

fn of_object(object: &Object, depth: usize) -> Option<Map<String, Value>> {
    let mut example = Map::new();
    for member in object.members {
        if depth >= DEEP && !member.is_required() {
            continue;
        }
        match of_member(member, depth) {
            Some(value) => {
                example.insert(member.name().to_owned(), value);
            }
            None if member.is_required() => return None,
            None => {}
        }
    }
    Some(example)
}

fn of_member(member: &Member, depth: usize) -> Option<Value> {
    let declared = member.examples().into_iter().next().or_else(|| member.default());
    declared.or_else(|| valued(member.schema(), member.rules(), depth + 1))
}

fn of_variant_at(union: &Union, variant: &Alternative, depth: usize) -> Option<Value> {
    let name = variant.name();
    let body = match variant.body() {
        Some(body) => Some(valued(body, &Rules::new(), depth + 1)?),
        None => None,
    };
    Some(match (union.tagging, body) {
        (Tagging::Internal(tag), body) => {
            let mut example = Map::from_iter([(tag.to_owned(), name.into())]);
            if let Some(Value::Object(body)) = body {
                example.extend(body);
            }
            example.into()
        }
        (Tagging::Adjacent { tag, .. }, None) => json!({ tag: name }),
        (Tagging::Adjacent { tag, content }, Some(body)) => json!({ tag: name, content: body }),
        (Tagging::External, None) => name.into(),
        (Tagging::External, Some(body)) => json!({ name: body }),
        (_, body) => body.unwrap_or_default(),
    })
}

fn whole(integer: &IntegerType, rules: &Rules) -> Option<Value> {
    let bound = |number: Option<Number>, more: i128| match number {
        Some(Number::Whole(number)) => number.checked_add(more),
        _ => None,
    };
    let least = bound(rules.ge, 0).or(bound(rules.gt, 1)).unwrap_or(integer.min);
    let most = bound(rules.le, 0)
        .or(bound(rules.lt, -1))
        .or(i128::try_from(integer.max).ok())
        .unwrap_or(i128::MAX);
    (least <= most).then_some(())?;
    let mut value = 1.clamp(least, most);
    if let Some(Number::Whole(step)) = rules.multiple_of.filter(|step| *step != Number::Whole(0)) {
        value = value.checked_add(step.checked_sub(value.checked_rem_euclid(step)?)? % step)?;
    }
    (integer.check)(&value.to_string(), rules).ok()?;
    serde_json::Number::from_i128(value).map(Value::Number)
}

fn float(rules: &Rules) -> Option<f64> {
    let bound = |number: Option<Number>| match number? {
        Number::Whole(number) => Some(number as f64),
        Number::Fraction(number) => Some(number),
        Number::Digits(text) => text.parse().ok(),
        _ => None,
    };
    if let Some(step) = bound(rules.multiple_of) {
        return Some(step).filter(|step| is_within(*step, rules, bound));
    }
    let (least, most) = (
        bound(rules.ge).or(bound(rules.gt)),
        bound(rules.le).or(bound(rules.lt)),
    );
    let value = match (least, most) {
        (Some(least), Some(most)) => f64::midpoint(least, most),
        (Some(least), None) => least + 1.0,
        (None, Some(most)) => most - 1.0,
        (None, None) => 1.5,
    };
    Some(value).filter(|value| is_within(*value, rules, bound))
}

fn is_within(value: f64, rules: &Rules, bound: impl Fn(Option<Number>) -> Option<f64>) -> bool {
    bound(rules.ge).is_none_or(|least| value >= least)
        && bound(rules.gt).is_none_or(|least| value > least)
        && bound(rules.le).is_none_or(|most| value <= most)
        && bound(rules.lt).is_none_or(|most| value < most)
}

fn text(rules: &Rules) -> Option<Value> {
    let least = rules.min_length.unwrap_or(0);
    let most = rules.max_length.unwrap_or(usize::MAX);
    (least <= most && least <= 256).then_some(())?;
    let mut example = "text".repeat(least.div_ceil(4).max(1));
    example.truncate(most.min(least.max(4)));
    match rules.pattern {
        Some(pattern) if !pattern.is_match(&example) => None,
        _ => Some(example.into()),
    }
}

/// A text in a format of JSON Schema; without a name it is an IP address.
fn formatted(name: &str) -> &'static str {
    match name {
        "uuid" => "12345678-1234-5678-1234-567812345678",
        "uri" => "https://example.com/",
        "email" => "ann@example.com",
        "date" => "2026-01-31",
        "time" => "12:30:00",
        "date-time" => "2026-01-31T12:30:00Z",
        "duration" => "PT30S",
        "ipv6" => "::1",
        _ => "127.0.0.1",
    }
}
