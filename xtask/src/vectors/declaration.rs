//! One parameter as the macros take it: its attribute, its name and its type.

use serde_json::Value;

use super::choices::Choices;
use super::declared_type::Type;
use super::literal;
use super::skip::Skip;
use super::vector::Param;

pub(crate) struct Declaration {
    pub(crate) identifier: String,
    /// `#[query(alias = "item-query")] q: i64`
    pub(crate) source: String,
}

/// `fallback` is the name for a parameter whose own name Rust cannot have.
pub(crate) fn of(
    param: &Param,
    fallback: &str,
    int: &str,
    choices: &mut Choices,
) -> Result<Declaration, Skip> {
    let mut options = Vec::new();
    let own = literal::identifier(&param.name);
    let identifier = own.clone().unwrap_or_else(|| fallback.to_owned());
    match (&param.alias, own) {
        (Some(alias), _) => options.push(format!("alias = {}", literal::text(alias))),
        (None, Some(_)) if !param.convert_underscores => {
            options.push("convert_underscores = false".to_owned())
        }
        (None, Some(_)) => {}
        (None, None) => {
            let is_converted = param.source == "header" && param.convert_underscores;
            let name = if is_converted {
                param.name.replace('_', "-")
            } else {
                param.name.clone()
            };
            options.push(format!("alias = {}", literal::text(&name)));
        }
    }
    for (name, value) in &param.constraints {
        options.extend(constraint(name, value, &param.ty)?);
    }

    let mut ty = spelled(&param.ty, int, choices);
    match &param.default {
        None => {}
        Some(default) => match literal::default(&param.ty, default, choices) {
            Some(value) if param.is_nullable => {
                ty = format!("Option<{ty}>");
                options.push(match literal::is_wrapped_by_macro(&value) {
                    true => format!("default = {value}"),
                    false => format!("default = Some({value})"),
                });
            }
            Some(value) => options.push(format!("default = {value}")),
            // Null, or a default of another type: what is left of it is that the parameter may be absent.
            None => ty = format!("Option<{ty}>"),
        },
    }
    let source = &param.source;
    let attribute = match options.is_empty() {
        true => format!("#[{source}]"),
        false => format!("#[{source}({})]", options.join(", ")),
    };
    Ok(Declaration {
        source: format!("{attribute} {identifier}: {ty}"),
        identifier,
    })
}

/// The type's name in Rust.
fn spelled(ty: &Type, int: &str, choices: &mut Choices) -> String {
    let simple = match ty {
        Type::Int => int,
        Type::Float => "f64",
        Type::Str => "String",
        Type::Bool => "bool",
        Type::Uuid => "vectors::uuid::Uuid",
        Type::DateTime => "vectors::speedate::DateTime",
        Type::Date => "vectors::speedate::Date",
        Type::Time => "vectors::speedate::Time",
        Type::TimeDelta => "vectors::speedate::Duration",
        Type::Decimal => "hangup::params::Decimal",
        Type::Ipv4 => "std::net::Ipv4Addr",
        Type::Ipv6 => "std::net::Ipv6Addr",
        Type::Url => "vectors::url::Url",
        Type::Email => "hangup::params::Email",
        Type::Choices { is_literal, values } => return choices.name(*is_literal, values),
        Type::List(item) => return format!("Vec<{}>", spelled(item, int, choices)),
        Type::Set(item) => return format!("std::collections::BTreeSet<{}>", spelled(item, int, choices)),
        Type::Tuple(items) => {
            let items = items
                .iter()
                .map(|item| format!("{},", spelled(item, int, choices)));
            return format!("({})", items.collect::<String>());
        }
    };
    simple.to_owned()
}

/// The option for a constraint; none for a flag that is off anyway.
fn constraint(name: &str, value: &Value, ty: &Type) -> Result<Option<String>, Skip> {
    let unknown = || Skip::Constraint(format!("`{name} = {value}` of {ty:?}"));
    let source = match name {
        "gt" | "ge" | "lt" | "le" | "multiple_of" => {
            let number = match ty {
                Type::Int => literal::integer(value),
                Type::Float => literal::integer(value).or_else(|| literal::float(value)),
                Type::Decimal => {
                    let exact = value["$decimal"].as_str().map(literal::text);
                    exact
                        .or_else(|| literal::integer(value))
                        .or_else(|| literal::float(value))
                }
                _ => None,
            };
            number.ok_or_else(unknown)?
        }
        "min_length" | "max_length" | "max_digits" | "decimal_places" => {
            value.as_u64().ok_or_else(unknown)?.to_string()
        }
        "pattern" => literal::text(value.as_str().ok_or_else(unknown)?),
        "strict" if value.as_bool() == Some(false) => return Ok(None),
        "strict" | "allow_inf_nan" => value.as_bool().ok_or_else(unknown)?.to_string(),
        _ => return Err(unknown()),
    };
    Ok(Some(format!("{name} = {source}")))
}
