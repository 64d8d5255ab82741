//! `#[param(literal)]` above the enum; `#[param(rename = "..")]` and `#[param(value = ..)]` above a variant.

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Lit, UnOp, spanned::Spanned};

use crate::{diagnostics::Diagnostics, setting};

/// A value that a client may write, and where it is written.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) kind: ValueKind,
    pub(crate) place: Span,
}

#[derive(Clone, PartialEq)]
pub(crate) enum ValueKind {
    Text(String),
    Number(i64),
    Flag(bool),
    /// The number of a discriminant that is no literal.
    Discriminant,
}

pub(crate) fn is_literal(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> bool {
    let mut is_literal = false;
    for setting in settings(attrs, diagnostics) {
        if setting.name == "literal" {
            is_literal = setting.flag(diagnostics).unwrap_or(true);
        } else {
            setting.is_unknown(&["literal"], &[], diagnostics);
        }
    }
    is_literal
}

pub(crate) fn value(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut value: Option<Value> = None;
    for setting in settings(attrs, diagnostics) {
        let read = match &*setting.name.to_string() {
            "rename" => setting.text("\"resnet-50\"", diagnostics).map(|text| Value {
                kind: ValueKind::Text(text.value()),
                place: text.span(),
            }),
            "value" => setting
                .value("1", diagnostics)
                .and_then(|value| of_literal(value, diagnostics)),
            _ => {
                setting.is_unknown(
                    &["rename", "value"],
                    &[("alias", "rename"), ("name", "rename")],
                    diagnostics,
                );
                continue;
            }
        };
        if value.is_some() {
            diagnostics.at(
                &setting.name,
                "a variant has one value: give `rename` or `value`, not both",
            );
        }
        value = read.or(value);
    }
    value
}

fn settings(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<setting::Setting> {
    let attrs = attrs.iter().filter(|attr| attr.path().is_ident("param"));
    let settings: Vec<_> = attrs.flat_map(|attr| setting::of(attr, diagnostics)).collect();
    setting::once_each(settings, diagnostics)
}

/// The value of a literal: text, a whole number, `true` or `false`.
fn of_literal(value: &Expr, diagnostics: &mut Diagnostics) -> Option<Value> {
    let place = value.span();
    let kind = match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(ValueKind::Text(text.value())),
        Expr::Lit(ExprLit {
            lit: Lit::Bool(flag), ..
        }) => Some(ValueKind::Flag(flag.value)),
        _ => match number(value) {
            Some(Ok(number)) => Some(ValueKind::Number(number)),
            Some(Err(OutOfRange)) => {
                diagnostics.at(value, "this number does not fit an `i64`");
                return None;
            }
            None => None,
        },
    };
    if kind.is_none() {
        diagnostics.at(
            value,
            "a value is a literal: text, a whole number, `true` or `false`",
        );
    }
    kind.map(|kind| Value { kind, place })
}

pub(crate) struct OutOfRange;

/// The number of a literal; nothing if the expression is none.
pub(crate) fn number(value: &Expr) -> Option<Result<i64, OutOfRange>> {
    let (literal, sign) = match value {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => (&**expr, "-"),
        other => (other, ""),
    };
    match literal {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => {
            let number = format!("{sign}{}", number.base10_digits()).parse();
            Some(number.map_err(|_| OutOfRange))
        }
        _ => None,
    }
}
