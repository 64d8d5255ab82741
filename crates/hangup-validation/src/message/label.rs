//! What pydantic calls a type, in the places of errors of unions without a tag.

use super::schema::{Schema, Shape};

/// The name of a type; `None` where there is none.
pub(super) fn label(schema: &'static Schema) -> Option<String> {
    let of = |schema: &'static Schema| label(schema).unwrap_or_else(|| "any".to_owned());
    if !schema.name().is_empty() {
        return Some(match schema.shape() {
            Shape::Choice(_) => format!("enum[{}]", schema.name()),
            _ => schema.name().to_owned(),
        });
    }
    Some(match schema.shape() {
        Shape::Any => "any".to_owned(),
        Shape::Null => "none".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Integer(_) => "int".to_owned(),
        Shape::Float => "float".to_owned(),
        Shape::Text | Shape::Character => "str".to_owned(),
        Shape::Formatted(format) if format.takes_numbers => "decimal".to_owned(),
        Shape::Formatted(format) => match format.name {
            "" | "ipv4" | "ipv6" | "email" => "str".to_owned(),
            "date-time" => "datetime".to_owned(),
            "duration" => "timedelta".to_owned(),
            "uri" => "url".to_owned(),
            name => name.to_owned(),
        },
        Shape::Nullable(inner) => format!("nullable[{}]", of(inner())),
        Shape::List(items) => format!("list[{}]", of(items())),
        Shape::Set(items) => format!("set[{}]", of(items())),
        Shape::Array(items, length) => {
            let items = of(items());
            format!("tuple[{}]", vec![items.as_str(); *length].join(", "))
        }
        Shape::Tuple(places) => {
            let places: Vec<_> = places.iter().map(|place| of(place())).collect();
            format!("tuple[{}]", places.join(", "))
        }
        Shape::Map { keys, values, .. } => format!("dict[{},{}]", of(keys()), of(values())),
        Shape::Newtype(member) => return label(member.schema()),
        Shape::Choice(_) | Shape::Object(_) | Shape::Union(_) => return None,
    })
}
