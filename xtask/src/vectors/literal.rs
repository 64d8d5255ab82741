//! Values of the vectors as Rust source: bounds, defaults, names.

use serde_json::Value;

use super::choices::Choices;
use super::declared_type::Type;

const KEYWORDS: [&str; 47] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "static", "struct", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract", "become",
    "box", "do", "final", "gen", "macro", "override", "priv", "try", "typeof", "unsized", "virtual",
];

/// A string literal.
pub(crate) fn text(text: &str) -> String {
    format!("{text:?}")
}

/// The identifier for a name of Python's, if Rust can have the same.
pub(crate) fn identifier(name: &str) -> Option<String> {
    let is_ascii = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_name =
        is_ascii && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.trim_matches('_').is_empty();
    if !is_name || ["self", "Self", "super", "crate", "yield", "union"].contains(&name) {
        return None;
    }
    Some(match KEYWORDS.contains(&name) {
        true => format!("r#{name}"),
        false => name.to_owned(),
    })
}

/// The digits of an integer, tagged or not.
pub(crate) fn integer(json: &Value) -> Option<String> {
    match json {
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => json["$int"].as_str().map(str::to_owned),
    }
}

/// A float literal, or one of the constants that are none.
pub(crate) fn float(json: &Value) -> Option<String> {
    match json {
        Value::Number(number) if number.is_f64() => number.as_f64().map(|value| format!("{value:?}")),
        _ => match json["$float"].as_str()? {
            "inf" => Some("f64::INFINITY".to_owned()),
            "-inf" => Some("f64::NEG_INFINITY".to_owned()),
            _ => Some("f64::NAN".to_owned()),
        },
    }
}

/// A default as the macros take it. `None` if it is not of the type.
pub(crate) fn default(ty: &Type, json: &Value, choices: &mut Choices) -> Option<String> {
    match ty {
        Type::Int => integer(json),
        Type::Float => float(json),
        Type::Str => json.as_str().map(text),
        Type::Bool => json.as_bool().map(|value| value.to_string()),
        Type::Decimal => json["$decimal"].as_str().map(parsed),
        Type::TimeDelta => {
            let count = integer(&json["$us"])?;
            Some(format!("vectors::microseconds({count})"))
        }
        Type::Uuid
        | Type::DateTime
        | Type::Date
        | Type::Time
        | Type::Ipv4
        | Type::Ipv6
        | Type::Url
        | Type::Email => json.as_str().map(parsed),
        Type::Choices { is_literal, values } => {
            let place = values.iter().position(|value| value == json)?;
            Some(format!("{}::V{place}", choices.name(*is_literal, values)))
        }
        Type::List(item) => list(item, json.as_array()?, choices),
        Type::Set(item) => list(item, json["$set"].as_array()?, choices),
        Type::Tuple(items) => {
            let values = json.as_array().filter(|values| values.len() == items.len())?;
            let values = items.iter().zip(values).map(|(item, value)| {
                let value_source = default(item, value, choices)?;
                Some(if *item == Type::Str {
                    format!("{value_source}.to_owned(),")
                } else {
                    format!("{value_source},")
                })
            });
            Some(format!("({})", values.collect::<Option<String>>()?))
        }
    }
}

/// Whether the macros wrap this default in `Some` by themselves.
pub(crate) fn is_wrapped_by_macro(source: &str) -> bool {
    source.starts_with(|c: char| c.is_ascii_digit() || "-\"[".contains(c))
        || source == "true"
        || source == "false"
}

fn parsed(value: &str) -> String {
    format!("vectors::parsed({})", text(value))
}

fn list(item: &Type, values: &[Value], choices: &mut Choices) -> Option<String> {
    let values: Option<Vec<String>> = values.iter().map(|value| default(item, value, choices)).collect();
    Some(format!("[{}]", values?.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pythons_names() {
        assert_eq!(identifier("type").as_deref(), Some("r#type"));
        assert_eq!(identifier("item_id").as_deref(), Some("item_id"));
        for odd in ["", "_", "self", "yield", "über", "item-id", "1a"] {
            assert_eq!(identifier(odd), None, "{odd}");
        }
    }

    #[test]
    fn defaults_have_the_type_or_are_none() {
        let mut choices = Choices::default();
        let mut source = |ty: &str, json: Value| default(&Type::read(ty).ok()?, &json, &mut choices);
        assert_eq!(source("int", json!(5)).as_deref(), Some("5"));
        assert_eq!(source("int", json!("seven")), None);
        assert_eq!(source("float", json!(1)), None);
        assert_eq!(source("list[str]", json!(["a"])).as_deref(), Some("[\"a\"]"));
        assert_eq!(
            source("tuple[str]", json!(["a"])).as_deref(),
            Some("(\"a\".to_owned(),)")
        );
        assert_eq!(
            source("decimal", json!({"$decimal": "1.10"})).as_deref(),
            Some("vectors::parsed(\"1.10\")")
        );
        assert_eq!(
            source("literal:[\"a\",\"b\"]", json!("b")).as_deref(),
            Some("Choice0::V1")
        );
    }
}
