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

/// The default as an `Option` of JSON, for a document. What is no literal, no list of such and no path to a constant or
/// a variant may differ from one request to the next, and is not shown.
pub(super) fn shown(default: &Expr) -> TokenStream {
    match default {
        Expr::Path(_) => {
            quote_spanned!(default.span()=> ::hangup::__v1::Parameter::as_default(&#default))
        }
        _ => match json(default) {
            Some(json) => quote!(::core::option::Option::Some(#json)),
            None => quote!(::core::option::Option::None),
        },
    }
}

/// A literal, or a list of such, as JSON.
pub(super) fn json(value: &Expr) -> Option<TokenStream> {
    match value {
        Expr::Array(ExprArray { elems, .. }) => {
            let items: Option<Vec<_>> = elems.iter().map(json).collect();
            let items = items?;
            Some(quote!(::hangup::__v1::Json::Array(::std::vec![#(#items),*])))
        }
        other if is_literal(other) => Some(quote!(::hangup::__v1::Json::from(#other))),
        _ => None,
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
