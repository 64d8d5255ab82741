//! The types of the vectors: `int`, `list[str]`, `enum:["a","b"]`, ...

use serde_json::Value;

use super::skip::Skip;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Int,
    Float,
    Str,
    Bool,
    Uuid,
    DateTime,
    Date,
    Time,
    TimeDelta,
    Decimal,
    Ipv4,
    Ipv6,
    Url,
    Email,
    Choices { is_literal: bool, values: Vec<Value> },
    List(Box<Type>),
    Set(Box<Type>),
    Tuple(Vec<Type>),
}

impl Type {
    pub(crate) fn read(text: &str) -> Result<Self, Skip> {
        let text = text.trim();
        let simple = match text {
            "int" => Self::Int,
            "float" => Self::Float,
            "str" => Self::Str,
            "bool" => Self::Bool,
            "uuid" => Self::Uuid,
            "datetime" => Self::DateTime,
            "date" => Self::Date,
            "time" => Self::Time,
            "timedelta" => Self::TimeDelta,
            "decimal" => Self::Decimal,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "url" => Self::Url,
            "email" => Self::Email,
            _ => return Self::read_compound(text),
        };
        Ok(simple)
    }

    fn read_compound(text: &str) -> Result<Self, Skip> {
        let unknown = || Skip::Type(text.to_owned());
        if let Some((kind @ ("enum" | "literal"), values)) = text.split_once(':') {
            let values = serde_json::from_str::<Vec<Value>>(values).map_err(|_| unknown())?;
            return choices(kind == "literal", &values);
        }
        let (name, inside) = text
            .split_once('[')
            .and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?)))
            .ok_or_else(unknown)?;
        match name {
            "list" => one_value(inside).map(|item| Self::List(Box::new(item))),
            "set" | "frozenset" => {
                let item = one_value(inside)?;
                match item {
                    Self::Float
                    | Self::Decimal
                    | Self::DateTime
                    | Self::Date
                    | Self::Time
                    | Self::TimeDelta => Err(Skip::UnorderedSet),
                    _ => Ok(Self::Set(Box::new(item))),
                }
            }
            "tuple" => {
                let items = split(inside);
                if items.len() > 6 || items.iter().any(|item| item.trim() == "...") {
                    return Err(Skip::LongTuple);
                }
                items
                    .into_iter()
                    .map(one_value)
                    .collect::<Result<_, _>>()
                    .map(Self::Tuple)
            }
            "union" => Err(Skip::Union),
            _ => Err(unknown()),
        }
    }

    /// Whether it is this type, or a list, set or tuple of it.
    pub(crate) fn holds(&self, what: &Self) -> bool {
        match self {
            Self::List(item) | Self::Set(item) => item.holds(what),
            Self::Tuple(items) => items.iter().any(|item| item.holds(what)),
            other => other == what,
        }
    }
}

/// A type of one value, as the items of a list are.
fn one_value(text: &str) -> Result<Type, Skip> {
    match Type::read(text)? {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
            Err(Skip::Type(format!("{text}, inside of another")))
        }
        item => Ok(item),
    }
}

/// An enum or literal whose values the macro can write, each once.
fn choices(is_literal: bool, given: &[Value]) -> Result<Type, Skip> {
    let mut values: Vec<Value> = Vec::new();
    for value in given {
        let is_known = match value {
            Value::String(_) => true,
            Value::Number(number) => number.is_i64(),
            Value::Bool(_) => is_literal,
            _ => false,
        };
        if !is_known {
            return Err(Skip::Choice(value.to_string()));
        }
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let has_text = values.iter().any(Value::is_string);
    if !is_literal && has_text && !values.iter().all(Value::is_string) {
        return Err(Skip::MixedEnum);
    }
    Ok(Type::Choices { is_literal, values })
}

/// Splits at the commas that are in no bracket and in no string.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut in_string, mut escaped, mut start) = (0usize, false, false, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_read() {
        assert_eq!(Type::read("list[int]"), Ok(Type::List(Box::new(Type::Int))));
        assert_eq!(Type::read("frozenset[str]"), Ok(Type::Set(Box::new(Type::Str))));
        let letters = Type::Choices {
            is_literal: false,
            values: vec![json!("a,]"), json!("\"b")],
        };
        assert_eq!(
            Type::read(r#"tuple[enum:["a,]","\"b"],list,int]"#),
            Err(Skip::Type("list".into()))
        );
        assert_eq!(
            Type::read(r#"tuple[enum:["a,]","\"b"],int]"#),
            Ok(Type::Tuple(vec![letters, Type::Int]))
        );
    }

    #[test]
    fn what_rust_does_not_have_has_a_reason() {
        assert_eq!(Type::read("union[int,str]"), Err(Skip::Union));
        assert_eq!(Type::read("list[union[int,str]]"), Err(Skip::Union));
        assert_eq!(Type::read("set[float]"), Err(Skip::UnorderedSet));
        assert_eq!(Type::read("tuple[int,...]"), Err(Skip::LongTuple));
        assert_eq!(Type::read(r#"enum:["a",1]"#), Err(Skip::MixedEnum));
        assert_eq!(Type::read("enum:[1.5]"), Err(Skip::Choice("1.5".into())));
        for unknown in [
            "",
            "model",
            "dict[str,int]",
            "list[list[int]]",
            "list[int",
            "enum:x",
        ] {
            assert!(matches!(Type::read(unknown), Err(Skip::Type(_))), "{unknown}");
        }
    }

    #[test]
    fn a_list_holds_its_items() {
        assert!(Type::List(Box::new(Type::Int)).holds(&Type::Int));
        assert!(!Type::Str.holds(&Type::Int));
    }
}
