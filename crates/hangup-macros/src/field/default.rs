//! The expression of `default = ..`: literals become the type that the parameter has.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, ExprArray, ExprLit, ExprUnary, Lit, Type, UnOp, spanned::Spanned};

use crate::shape;

/// The default as an expression of the parameter's type: text and lists are converted, and a literal for an
/// `Option` is wrapped; any other expression is left as it is.
pub(crate) fn adapted(default: &Expr, ty: &Type) -> TokenStream {
    let value = converted(default);
    if is_literal(default) && shape::in_option(ty).is_some() {
        return quote_spanned!(default.span()=> ::core::option::Option::Some(#value));
    }
    value
}

/// Whether the default is the same for every request, as a document may show it: a literal, a list of such, or a path
/// to a constant or a variant.
pub(super) fn is_constant(default: &Expr) -> bool {
    match default {
        Expr::Path(_) => true,
        Expr::Array(ExprArray { elems, .. }) => elems.iter().all(is_constant),
        other => is_literal(other),
    }
}

fn converted(value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
            quote_spanned!(value.span()=> ::core::convert::Into::into(#value))
        }
        Expr::Array(ExprArray { elems, .. }) => {
            let items = elems.iter().map(converted);
            quote_spanned!(value.span()=> ::core::convert::Into::into([#(#items),*]))
        }
        _ => quote!(#value),
    }
}

fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) | Expr::Array(_) => true,
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => matches!(**expr, Expr::Lit(_)),
        _ => false,
    }
}
