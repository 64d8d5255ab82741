//! What is wrong with the options of a parameter, where the macro itself can see it.

use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Type};

use super::{
    Source,
    options::{Options, Rule, RuleKind},
};
use crate::{diagnostics::Diagnostics, shape};

pub(super) fn field(
    source: Source,
    options: &Options,
    name: &Ident,
    ty: &Type,
    diagnostics: &mut Diagnostics,
) {
    owned(ty, diagnostics);
    if source == Source::Path {
        always_there(options, name, ty, diagnostics);
    }
    if let Some(place) = &options.convert_underscores_at
        && source != Source::Header
    {
        diagnostics.at(
            place,
            format!(
                "`convert_underscores` is for headers: the underscores of a {} parameter stay as they are",
                source.name()
            ),
        );
    }
    if let (Some(place), Some(_)) = (&options.convert_underscores_at, &options.alias)
        && source == Source::Header
    {
        diagnostics.at(place, "an `alias` is never converted: one of the two is enough");
    }
    if let Some(alias) = &options.alias {
        let text = alias.value();
        if text.is_empty() {
            diagnostics.at(alias, "a parameter cannot be found under an empty name");
        } else if matches!(source, Source::Header | Source::Cookie) && !is_token(&text) {
            diagnostics.at(
                alias,
                format!("`{text}` cannot be the name of a {}", source.name()),
            );
        }
    }
    for (strict, loose) in [("gt", "ge"), ("lt", "le")] {
        if let (Some(_), Some(second)) = (options.rule(strict), options.rule(loose)) {
            diagnostics.at(
                &second.name,
                format!("`{strict}` and `{loose}` are one bound each: give one of them"),
            );
        }
    }
    satisfiable(options, diagnostics);
}

pub(super) fn group(marker: &Attribute, ty: &Type, diagnostics: &mut Diagnostics) {
    if !matches!(marker.meta, Meta::Path(_)) {
        diagnostics.at(
            marker,
            "`#[params]` has no options: they are given at the fields of the struct",
        );
    }
    if shape::in_option(ty).is_some() {
        diagnostics.at(
            ty,
            "a group of parameters is always read: make its fields optional, not the group",
        );
    }
}

/// A path parameter is a part of the path, so it is never absent.
fn always_there(options: &Options, name: &Ident, ty: &Type, diagnostics: &mut Diagnostics) {
    if let Some((place, _)) = &options.default {
        diagnostics.at(
            place,
            format!("a path parameter has no default: without `{name}` the path is another one"),
        );
    }
    if let Some(inner) = shape::in_option(ty) {
        diagnostics.at(
            ty,
            format!(
                "a path parameter is never absent: without `{name}` the path is another one; write `{}`",
                shape::written(inner)
            ),
        );
    }
}

fn owned(ty: &Type, diagnostics: &mut Diagnostics) {
    match shape::in_option(ty).unwrap_or(ty) {
        Type::Reference(reference) => {
            let instead = match &*reference.elem {
                Type::Slice(slice) => format!("Vec<{}>", shape::written(&slice.elem)),
                inner if shape::last_name(inner).as_deref() == Some("str") => "String".to_owned(),
                inner => shape::written(inner),
            };
            diagnostics.at(
                reference,
                format!("a parameter owns its value, it does not borrow it: write `{instead}`"),
            );
        }
        Type::ImplTrait(_) => diagnostics.at(ty, "a parameter needs a type with a name"),
        _ => {}
    }
}

/// Bounds of which no value can be on both sides.
pub(crate) fn satisfiable(options: &Options, diagnostics: &mut Diagnostics) {
    for low in ["gt", "ge"].iter().filter_map(|name| options.rule(name)) {
        for high in ["lt", "le"].iter().filter_map(|name| options.rule(name)) {
            let is_closed = low.name == "ge" && high.name == "le";
            no_value(low, high, is_closed, diagnostics);
        }
    }
    if let (Some(low), Some(high)) = (options.rule("min_length"), options.rule("max_length")) {
        no_value(low, high, true, diagnostics);
    }
}

fn no_value(low: &Rule, high: &Rule, is_closed: bool, diagnostics: &mut Diagnostics) {
    if let (Some(least), Some(most)) = (size(low), size(high))
        && (least > most || (least == most && !is_closed))
    {
        diagnostics.at(
            &high.name,
            format!(
                "no value has both `{} = {least}` and `{} = {most}`",
                low.name, high.name
            ),
        );
    }
}

fn size(rule: &Rule) -> Option<f64> {
    match &rule.kind {
        RuleKind::Bound(bound) => bound.as_f64(),
        RuleKind::Length(Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        })) => number.base10_parse().ok(),
        _ => None,
    }
}

/// RFC 9110, 5.6.2: what the name of a header is made of; RFC 6265, 4.1.1 says the same of a cookie's.
pub(crate) fn is_token(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
