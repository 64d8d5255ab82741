//! The value of every variant, and what is wrong with them.

use syn::{Ident, ext::IdentExt, spanned::Spanned};

use super::{
    ast::{Choices, Variant},
    attr::{self, OutOfRange, Value, ValueKind},
};
use crate::diagnostics::Diagnostics;

/// The enum with a value for every variant.
pub(crate) struct Values<'i> {
    pub(crate) is_literal: bool,
    pub(crate) values: Vec<(&'i Ident, ValueKind)>,
}

pub(crate) fn values<'i>(choices: Choices<'i>, diagnostics: &mut Diagnostics) -> Values<'i> {
    let numbered = choices
        .variants
        .iter()
        .all(|variant| variant.discriminant.is_some());
    let mut found: Vec<(&Ident, Value)> = Vec::new();
    for variant in &choices.variants {
        let Some(value) = value(variant, numbered, diagnostics) else {
            continue;
        };
        let same =
            |(_, other): &&(_, Value)| other.kind == value.kind && value.kind != ValueKind::Discriminant;
        if let Some((first, _)) = found.iter().find(same) {
            diagnostics.at_span(
                value.place,
                format!(
                    "`{}` and `{first}` have the same value, {}",
                    variant.name,
                    shown(&value.kind)
                ),
            );
        }
        found.push((variant.name, value));
    }
    if !choices.is_literal {
        alike(&found, diagnostics);
    }
    let values = found.into_iter().map(|(name, value)| (name, value.kind));
    Values {
        is_literal: choices.is_literal,
        values: values.collect(),
    }
}

/// What `rename` or `value` says; else the discriminant, if all are written; else the name in snake_case.
fn value(variant: &Variant<'_>, numbered: bool, diagnostics: &mut Diagnostics) -> Option<Value> {
    if variant.given.is_some() {
        return variant.given.clone();
    }
    let Some(discriminant) = variant.discriminant.filter(|_| numbered) else {
        if let Some(discriminant) = variant.discriminant {
            diagnostics.at(
                discriminant,
                format!(
                    "the value of `{0}` is this number only if every variant has one; else say `#[param(value = ..)]` or \
                     `#[param(rename = \"..\")]` above `{0}`",
                    variant.name
                ),
            );
            return None;
        }
        return Some(Value {
            kind: ValueKind::Text(snake_case(&variant.name.unraw().to_string())),
            place: variant.name.span(),
        });
    };
    let kind = match attr::number(discriminant) {
        Some(Ok(number)) => ValueKind::Number(number),
        Some(Err(OutOfRange)) => {
            diagnostics.at(discriminant, "this number does not fit an `i64`");
            return None;
        }
        None => ValueKind::Discriminant,
    };
    Some(Value {
        kind,
        place: discriminant.span(),
    })
}

/// A Python `Enum` prints text or numbers; what is mixed, or a flag, is a `Literal`.
fn alike(values: &[(&Ident, Value)], diagnostics: &mut Diagnostics) {
    let is_text = |value: &Value| matches!(value.kind, ValueKind::Text(_));
    let Some((first, first_value)) = values.first() else {
        return;
    };
    for (name, value) in values {
        if matches!(value.kind, ValueKind::Flag(_)) {
            diagnostics.at_span(
                value.place,
                "`true` and `false` are values of `#[param(literal)]` alone; for both of them take `bool`",
            );
        } else if is_text(value) != is_text(first_value) && !matches!(first_value.kind, ValueKind::Flag(_)) {
            diagnostics.at_span(
                value.place,
                format!(
                    "`{first}` is {} and `{name}` is {}: all are text or all are numbers, unless the enum has \
                     `#[param(literal)]`",
                    shown(&first_value.kind),
                    shown(&value.kind)
                ),
            );
        }
    }
}

fn shown(value: &ValueKind) -> String {
    match value {
        ValueKind::Text(text) => format!("{text:?}"),
        ValueKind::Number(number) => number.to_string(),
        ValueKind::Flag(flag) => flag.to_string(),
        ValueKind::Discriminant => "a number".to_owned(),
    }
}

/// `LeNet` is `le_net`, `HTTPError` is `http_error`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (place, &char) in chars.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| chars.get(before));
        let begins_word = char.is_uppercase()
            && before.is_some_and(|before| {
                let is_last_of_capitals = chars.get(place + 1).is_some_and(|next| next.is_lowercase());
                *before != '_' && (!before.is_uppercase() || is_last_of_capitals)
            });
        if begins_word {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (name, snake) in [
            ("Alexnet", "alexnet"),
            ("LeNet", "le_net"),
            ("HTTPError", "http_error"),
            ("V2", "v2"),
            ("Snake_Case", "snake_case"),
            ("ABC", "abc"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
